"""What happened lately, for the home page: one row each, of the enrollment it is about."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.portal.metadata import metadata

item = sa.Table(
    "item",
    metadata,
    sa.Column("item_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    # Whose doing it was; missing where it came from outside.
    sa.Column("user_id", UUID(as_uuid=True)),
    # A kind of libs.common.functions.NEWS.
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("object_id", UUID(as_uuid=True), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("amount_cents", sa.BigInteger, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Index("item_of_enrollment", "enrollment_id", "at"),
    sa.Index("item_at", "at"),
)
