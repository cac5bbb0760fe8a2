"""${message}"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
