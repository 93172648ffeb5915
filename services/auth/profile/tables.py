"""New mail addresses that wait to be confirmed."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, UUID

from services.auth.metadata import metadata

# `digest` is keyed: six digits are soon tried.
email_change = sa.Table(
    "email_change",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("digest", BYTEA, nullable=False),
    sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("tries", sa.SmallInteger, nullable=False),
)
