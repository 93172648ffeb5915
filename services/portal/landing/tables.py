"""The portal's copy of how the functions are: one row a contract, the newest record of notifier.state.v1."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.portal.metadata import metadata

portal_state = sa.Table(
    "portal_state",
    metadata,
    sa.Column("contract_id", sa.Text, primary_key=True),
    sa.Column("generation", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("document", JSONB, nullable=False),
)
