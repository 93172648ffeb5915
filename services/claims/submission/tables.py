"""A file that was submitted, what was found wrong with it as a whole, and what was answered."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.claims.metadata import metadata

# The number people see: `S-2611-000123`. One sequence, so it never repeats.
submission_number = sa.Sequence("submission_number", metadata=metadata)

# `control_numbers` are those of the interchanges (ISA13) as far as they can be named, in the order of the file.
# `enrollment` is the one acted for as it was when the file came: claims are held against it whenever they are read.
# The file itself is the attachment of the submission. `next_chunk` guards the stored chunks: a chunk is written by
# whoever moves it on, in the same transaction.
submission = sa.Table(
    "submission",
    metadata,
    sa.Column("submission_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("enrollment", JSONB, nullable=False),
    sa.Column("submitted_by", UUID(as_uuid=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.Column("started_at", sa.DateTime(timezone=True)),
    sa.Column("verdict", sa.Text, nullable=False, server_default=""),
    sa.Column("claims_accepted", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claims_rejected", sa.Integer, nullable=False, server_default="0"),
    sa.Column("control_numbers", sa.Text, nullable=False, server_default=""),
    sa.Column("first_control_number", sa.BigInteger),
    sa.Column("first_interchange_number", sa.BigInteger),
    sa.Column("next_chunk", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claims_stored", sa.Integer, nullable=False, server_default="0"),
    sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("state IN ('received', 'processing', 'acknowledged')", name="submission_state"),
    sa.CheckConstraint("verdict IN ('', 'accepted', 'partial', 'rejected')", name="submission_verdict"),
    sa.Index("submission_enrollment", "enrollment_id", "submission_id"),
)

# What is wrong with the file or a transaction set; faults of one claim stand with the claim.
submission_finding = sa.Table(
    "submission_finding",
    metadata,
    sa.Column("submission_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
)

acknowledgment = sa.Table(
    "acknowledgment",
    metadata,
    sa.Column("submission_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.CheckConstraint("kind IN ('TA1', '999', '277CA')", name="acknowledgment_kind"),
)

# Numbers given out in blocks: internal control numbers of each day, control numbers of interchanges.
number_block = sa.Table(
    "number_block",
    metadata,
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("next", sa.BigInteger, nullable=False),
)
