"""What coding and billing cost the practice in a month, and what a statement costs, as an administrator tells it"""

from alembic import op
import sqlalchemy as sa
import sqlmodel

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column('practice', sa.Column('billing_cost', text(), server_default='', nullable=False))
    op.add_column('practice', sa.Column('statement_cost', text(), server_default='', nullable=False))


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
