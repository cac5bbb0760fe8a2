"""What the code search learns here: picks for a phrase, and favourites"""

from alembic import op
import sqlalchemy as sa
import sqlmodel

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('code_pick',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('phrase', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('picked_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('code_pick', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_code_pick_phrase'), ['phrase'], unique=False)

    op.create_table('code_favourite',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('user_id', 'code'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('code_favourite', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_code_favourite_user_id'), ['user_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
