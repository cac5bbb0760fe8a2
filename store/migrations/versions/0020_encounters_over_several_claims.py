"""An encounter may stand on several claims, and a claim bill several encounters"""

from alembic import op
import sqlalchemy as sa

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('claim_line', sa.Column('encounter_id', sa.Integer(), nullable=True))
    op.create_index('ix_claim_line_encounter_id', 'claim_line', ['encounter_id'])
    op.execute(
        'UPDATE claim_line SET encounter_id = (SELECT encounter_id FROM claim WHERE claim.id = claim_line.claim_id)'
    )
    op.add_column('payer', sa.Column('combine_days', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
