"""Files of the enrollment partners, what they said last of each record, and the rows that could not be taken."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, UUID

from services.auth.metadata import metadata

# `source`, `extent` and `sequence` are empty of a file that could not be read, and of accounts.
feed_file = sa.Table(
    "feed_file",
    metadata,
    sa.Column("file_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("digest", BYTEA, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("source", sa.Text),
    sa.Column("extent", sa.Text),
    sa.Column("sequence", sa.Integer),
    sa.Column("rows", sa.Integer, nullable=False, server_default="0"),
    sa.Column("decided_by", UUID(as_uuid=True)),
    sa.CheckConstraint(
        "outcome IN ('taken', 'refused', 'waiting', 'held', 'released', 'dropped')", name="feed_file_outcome"
    ),
    sa.Index("feed_file_taken", "source", "sequence", postgresql_where=sa.text("outcome = 'taken'")),
)

# `content` is the row as it came: what PECOS says, and what the EDI department says, each by itself.
feed_record = sa.Table(
    "feed_record",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("record_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("content", JSONB, nullable=False),
    sa.CheckConstraint("kind IN ('enrollment', 'agreement', 'partner')", name="feed_record_kind"),
)

# Settled: a later file told of the same record, or was a full one.
feed_fault = sa.Table(
    "feed_fault",
    metadata,
    sa.Column("file_id", UUID(as_uuid=True), sa.ForeignKey("feed_file.file_id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("record_id", UUID(as_uuid=True)),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("fields", ARRAY(sa.Text), nullable=False),
    sa.Column("settled_at", sa.DateTime(timezone=True)),
    sa.Index("feed_fault_open", "source", postgresql_where=sa.text("settled_at IS NULL")),
)
