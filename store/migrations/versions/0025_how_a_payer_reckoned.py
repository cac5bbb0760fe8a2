"""What an answer says of a stay or a visit as a whole (MIA, MOA) is kept for the claim to the next payer"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column('remit_claim', sa.Column('adjudication', text(), server_default='', nullable=False))


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
