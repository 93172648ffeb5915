"""Which files of the enrollment partners were taken or refused."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

from services.auth.metadata import metadata

feed_file = sa.Table(
    "feed_file",
    metadata,
    sa.Column("digest", BYTEA, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
