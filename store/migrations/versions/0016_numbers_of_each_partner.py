"""Control numbers of each trading partner, holidays, what was asked of another desk, the units that were paid"""

from alembic import op
import sqlalchemy as sa
import sqlmodel
import store.tables.base

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('control_number',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('series', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('series'),
    sqlite_autoincrement=True
    )
    op.create_table('holiday',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('day'),
    sqlite_autoincrement=True
    )
    for table, name in (
        ('claim', 'routed_to'), ('claim', 'routed_question'), ('remit_line', 'units'), ('batch', 'series')):
        op.add_column(table, sa.Column(
            name, sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
    op.execute(
        "UPDATE batch SET series = CASE WHEN kind = 'paper' THEN 'paper' "
        "ELSE coalesce(CAST(partner_id AS varchar), '') || usage END")
    op.execute("INSERT INTO control_number (series, last) SELECT series, max(interchange) FROM batch GROUP BY series")
    if op.get_bind().dialect.name == 'sqlite':
        _made_anew()
        return
    for column in ('interchange', 'group'):
        op.drop_constraint(f'batch_{column}_key', 'batch')
        op.create_unique_constraint(f'batch_series_{column}_key', 'batch', ['series', column])


_COLUMNS = (
    'id', 'series', 'interchange', 'group', 'set_control', 'reference', 'file_name', 'sha256', 'usage', 'state',
    'made_at', 'claims', 'charge', 'kind', 'partner_id', 'failure', 'awaits_until', 'review')


def _made_anew() -> None:
    """SQLite can't drop a constraint: the table is copied.  `store.migrations.upgrade` checks references after."""
    op.create_table('batch_anew',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('interchange', sa.Integer(), nullable=False),
    sa.Column('group', sa.Integer(), nullable=False),
    *(sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False)
      for name in ('set_control', 'reference', 'file_name', 'sha256', 'usage', 'state')),
    sa.Column('made_at', store.tables.base.MomentType(timezone=True), nullable=False),
    sa.Column('claims', sa.Integer(), nullable=False),
    sa.Column('charge', store.tables.base.CentsType(), nullable=False),
    *(sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=default)
      for name, default in (('series', ''), ('kind', '837P'), ('failure', ''))),
    sa.Column('partner_id', sa.Integer(), nullable=True),
    sa.Column('awaits_until', sa.Date(), nullable=True),
    sa.Column('review', sa.Integer(), nullable=False, server_default='1'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('series', 'interchange'),
    sa.UniqueConstraint('series', 'group'),
    sa.UniqueConstraint('reference'),
    sqlite_autoincrement=True
    )
    columns = ', '.join(f'"{name}"' for name in _COLUMNS)
    op.execute(f'INSERT INTO batch_anew ({columns}) SELECT {columns} FROM batch')
    op.execute('DROP TABLE batch')
    op.execute('ALTER TABLE batch_anew RENAME TO batch')


def downgrade() -> None:
    raise NotImplementedError("an older program never opens a newer database")
