"""Programs that speak for an organization, and the assertions they have used."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, UUID

from services.auth.metadata import metadata

api_client = sa.Table(
    "api_client",
    metadata,
    sa.Column("client_id", sa.Text, primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False, unique=True),
)

# `public_key` is a JWK, `key_id` its thumbprint (RFC 7638); the private half never leaves the client. `added_by` is
# empty for the first key. A key counts until it ends: replaced, or revoked.
client_key = sa.Table(
    "client_key",
    metadata,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("client_id", sa.Text, sa.ForeignKey("api_client.client_id"), nullable=False),
    sa.Column("public_key", JSONB, nullable=False),
    sa.Column("added_by", UUID(as_uuid=True)),
    sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True)),
    sa.Index("client_key_client", "client_id"),
)

used_assertion = sa.Table(
    "used_assertion",
    metadata,
    sa.Column("key", BYTEA, primary_key=True),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
)
