"""The tables every service has: messages, due work, audit, idempotency, attachments, drafts, filters, access.

They are owned by the common code alone, which has migrations of its own for them: `migrations/`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, UUID

OUTBOX_SHARDS = 4
AUDIT_KEPT_YEARS = 6
"""How long the trail is kept at least (45 CFR 164.316(b)(2)(i)); see `libs.common.persistence.partitions`."""


def common_tables(metadata: sa.MetaData) -> None:
    """Declare the common tables in a service's metadata, so that its migrations can be compared with it."""
    for table in _COMMON.sorted_tables:
        table.to_metadata(metadata)


_COMMON = sa.MetaData()

outbox = sa.Table(
    "outbox",
    _COMMON,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("shard", sa.SmallInteger, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("payload", BYTEA, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("outbox_shard_id", "shard", "id"),
)

inbox = sa.Table(
    "inbox",
    _COMMON,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("event_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Index("inbox_received_at", "received_at", postgresql_using="brin"),
)

parked = sa.Table(
    "parked",
    _COMMON,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("consumer", sa.Text, nullable=False),
    sa.Column("partition_key", sa.Text, nullable=False),
    sa.Column("event_id", UUID(as_uuid=True), nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("payload", BYTEA, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("error_class", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.UniqueConstraint("consumer", "event_id", name="parked_event"),
    sa.CheckConstraint("state IN ('waiting', 'held')", name="parked_state"),
    sa.Index("parked_key", "consumer", "partition_key", "id"),
)

# A key with parked events, and when the first of them is tried again; NULL while that one is held. Whoever parks an
# event of a key, or takes one away, holds its row here: no event slips past those that wait.
waiting_key = sa.Table(
    "waiting_key",
    _COMMON,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("partition_key", sa.Text, primary_key=True),
    sa.Column("due_at", sa.DateTime(timezone=True)),
    sa.Index("waiting_key_due", "consumer", "due_at"),
)

# `failing_since`: since when it has not once been done. `given_up_at`: nobody tries it again until it is asked for
# again or an operator releases it.
due_work = sa.Table(
    "due_work",
    _COMMON,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("payload", JSONB, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("leased_by", sa.Text),
    sa.Column("leased_until", sa.DateTime(timezone=True)),
    sa.Column("failing_since", sa.DateTime(timezone=True)),
    sa.Column("given_up_at", sa.DateTime(timezone=True)),
    sa.Index("due_work_next", "kind", "due_at", postgresql_where=sa.text("given_up_at IS NULL")),
)

audit = sa.Table(
    "audit",
    _COMMON,
    sa.Column("audit_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object_kind", sa.Text, nullable=False),
    sa.Column("object_id", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("enrollment_id", UUID(as_uuid=True)),
    sa.Column("permission", sa.Text, nullable=False),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("trace_id", sa.Text, nullable=False),
    sa.CheckConstraint("outcome IN ('done', 'refused', 'failed')", name="audit_outcome"),
    sa.Index("audit_actor", "actor", "audit_id"),
    sa.Index("audit_object", "object_id", "audit_id"),
    postgresql_partition_by="RANGE (audit_id)",
    info={"kept_years": AUDIT_KEPT_YEARS},
)

audit_unsealed = sa.Table(
    "audit_unsealed",
    _COMMON,
    sa.Column("audit_id", UUID(as_uuid=True), primary_key=True),
)

audit_seal = sa.Table(
    "audit_seal",
    _COMMON,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("audit_id", UUID(as_uuid=True), nullable=False, unique=True),
    sa.Column("previous", BYTEA, nullable=False),
    sa.Column("hash", BYTEA, nullable=False),
)

audit_tree_head = sa.Table(
    "audit_tree_head",
    _COMMON,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("root", BYTEA, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
)

idempotency = sa.Table(
    "idempotency",
    _COMMON,
    sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_hash", BYTEA, nullable=False),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("idempotency_created_at", "created_at", postgresql_using="brin"),
)

# Filters of lists that people keep: the query of an address, which says nothing about a patient. Row security shows
# them to nobody but who keeps them.
saved_filter = sa.Table(
    "saved_filter",
    _COMMON,
    sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("query", sa.Text, primary_key=True),
    sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
)

# A file from outside, written down before its first byte lies in the store under `document`: nothing is stored that
# nobody knows of. `name` is sealed: people put patients' names into the names of files. `subject_id` is what it belongs
# to, of the kind that `purpose` says; it may be made with the file, and is missing until then. `next_step` tells the
# sender of one that failed (`fault`: a code of `ERROR_CODES`) what to do. `begun_at` is real time; `received_at` is
# business time, and `received_on` its business day.
attachment = sa.Table(
    "attachment",
    _COMMON,
    sa.Column("attachment_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("subject_id", UUID(as_uuid=True)),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False, server_default=""),
    sa.Column("size_bytes", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("digest", sa.Text, nullable=False, server_default=""),
    sa.Column("pages", sa.Integer, nullable=False, server_default="0"),
    sa.Column("fault", sa.Text, nullable=False, server_default=""),
    sa.Column("next_step", sa.Text, nullable=False, server_default=""),
    sa.Column("added_by", UUID(as_uuid=True), nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True)),
    sa.Column("received_on", sa.Date),
    sa.CheckConstraint("state IN ('pending', 'stored', 'failed')", name="attachment_state"),
    sa.CheckConstraint(
        "(state = 'stored') = (received_at IS NOT NULL AND received_on IS NOT NULL)", name="attachment_received"
    ),
    sa.CheckConstraint("state <> 'stored' OR subject_id IS NOT NULL", name="attachment_belongs"),
    sa.CheckConstraint("(state = 'failed') = (next_step <> '')", name="attachment_next_step"),
    sa.Index("attachment_subject", "subject_id", "purpose"),
    sa.Index("attachment_unsettled", "begun_at", postgresql_where=sa.text("state <> 'stored'")),
    sa.Index("attachment_not_received", "enrollment_id", "begun_at", postgresql_where=sa.text("state <> 'stored'")),
)

# A form that somebody put aside; `content` is sealed. Row security shows it to nobody but them. `enrollment_id` is
# whom they acted for: an enrollment, or as administrator their organization.
draft = sa.Table(
    "draft",
    _COMMON,
    sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("draft_saved_at", "saved_at"),
)

# The copy of access is kept in pieces, so that a request reads a few small ones, however much a vendor may act for:
# `document` of a user is without grants, that of an organization without enrollments.
access_user = sa.Table(
    "access_user",
    _COMMON,
    sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("generation", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
    sa.Column("document", JSONB, nullable=False),
)

access_organization = sa.Table(
    "access_organization",
    _COMMON,
    sa.Column("organization_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("generation", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("document", JSONB, nullable=False),
)

access_grant = sa.Table(
    "access_grant",
    _COMMON,
    sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("grants", JSONB, nullable=False, server_default="[]"),
)

# An enrollment and whose it is: from a vendor's grant to the provider that must still authorize the vendor.
access_enrollment = sa.Table(
    "access_enrollment",
    _COMMON,
    sa.Column("enrollment_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
    sa.Column("npi", sa.Text, nullable=False),
    sa.Column("tax_id", sa.Text, nullable=False),
    sa.Column("document", JSONB, nullable=False),
    sa.Index("access_enrollment_organization", "organization_id"),
    sa.Index("access_enrollment_npi", "npi"),
    sa.Index("access_enrollment_tax_id", "tax_id"),
)


class Operations(Protocol):
    """The part of `alembic.op` used here."""

    def execute(self, sqltext: Any) -> None:
        """Run a statement."""


def enforce_row_security(operations: Operations, table: str) -> None:
    """Let the web role see and write only rows of the enrollment it acts for, and only with a grant for it.

    Staff of the contractor, when a permission of theirs is asked for, see and write the rows of all enrollments.
    The second wall behind `decide()` (decision 8): it stands even if a query forgets its filter. `table` has a
    column `enrollment_id`. The work role bypasses row security, because COPY cannot live with it.
    """
    rule = (
        "enrollment_id = nullif(current_setting('portico.enrollment', true), '')::uuid AND EXISTS ("  # noqa: S608
        "SELECT 1 FROM access_grant g WHERE g.enrollment_id = " + table + ".enrollment_id"
        " AND g.user_id = nullif(current_setting('portico.user', true), '')::uuid)"  # the name of one of our own tables
        " OR current_setting('portico.staff', true) = 'yes' AND EXISTS ("
        "SELECT 1 FROM access_user u JOIN access_organization o USING (organization_id)"
        " WHERE u.user_id = nullif(current_setting('portico.user', true), '')::uuid"
        " AND u.document->>'state' = 'active' AND o.document->>'kind' = 'contractor')"
    )
    operations.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    operations.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    operations.execute(f"CREATE POLICY {table}_acting ON {table} USING ({rule}) WITH CHECK ({rule})")


@contextmanager
def as_owner_of_all_rows(operations: Operations, *tables: str) -> Iterator[None]:
    """Let a migration see and move rows of every enrollment, which forced row security hides from the owner too."""
    for table in tables:
        operations.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables:
        operations.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
