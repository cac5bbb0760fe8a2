"""The address to which payers send money, where it is another than the practice's own"""

from alembic import op
import sqlalchemy as sa
import sqlmodel

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column('practice', sa.Column('pay_to', text(), server_default='', nullable=False))


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
