"""How much each function was used, by day: the figures of the monthly reports."""

import sqlalchemy as sa

from services.notifier.metadata import metadata

function_activity = sa.Table(
    "function_activity",
    metadata,
    sa.Column("contract_id", sa.Text, primary_key=True),
    sa.Column("function", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("counter", sa.Text, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)
