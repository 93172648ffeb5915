"""Programs that speak for an organization, and the assertions they have used."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, UUID

from services.auth.metadata import metadata

# `public_key` is a JWK; the private half never leaves the client.
api_client = sa.Table(
    "api_client",
    metadata,
    sa.Column("client_id", sa.Text, primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False, unique=True),
    sa.Column("public_key", JSONB, nullable=False),
)

used_assertion = sa.Table(
    "used_assertion",
    metadata,
    sa.Column("key", BYTEA, primary_key=True),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
)
