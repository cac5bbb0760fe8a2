"""What was typed and not saved is kept with the sitting: the table of drafts was never filled"""

from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table('draft')


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
