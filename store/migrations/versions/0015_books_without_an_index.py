"""Postings are found by claim, account or entry: an index by book leads through all of them"""

from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_posting_book', table_name='posting')


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
