"""What keeps a claim from being sent, how far a rejection is looked at, and messages that are filed by rule"""

from alembic import op
import sqlalchemy as sa
import sqlmodel

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table('message_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', text(), nullable=False),
    sa.Column('pattern', text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name'),
    sqlite_autoincrement=True
    )
    op.add_column('claim', sa.Column('edit_severity', text(), server_default='', nullable=False))
    op.add_column('claim', sa.Column('edit_count', sa.Integer(), server_default='0', nullable=False))
    op.add_column('claim', sa.Column('edit_code', text(), server_default='', nullable=False))
    op.add_column('claim', sa.Column('review', sa.Integer(), server_default='1', nullable=False))


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
