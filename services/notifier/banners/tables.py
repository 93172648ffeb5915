"""What was last told of all functions."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.notifier.metadata import metadata

portal_state = sa.Table(
    "portal_state",
    metadata,
    sa.Column("contract_id", sa.Text, primary_key=True),
    sa.Column("generation", sa.BigInteger, nullable=False, server_default="1"),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("situation", JSONB, nullable=False),
)

function_performance = sa.Table(
    "function_performance",
    metadata,
    sa.Column("function", sa.Text, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("degraded", sa.Boolean, nullable=False),
)
