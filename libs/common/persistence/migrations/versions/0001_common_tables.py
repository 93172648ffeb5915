"""Outbox, inbox, parked keys, due work, audit, idempotency keys and the copy of access, as they were at first."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    """
    CREATE TABLE outbox (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        shard SMALLINT NOT NULL,
        topic TEXT NOT NULL,
        key TEXT NOT NULL,
        headers TEXT NOT NULL,
        payload BYTEA NOT NULL,
        created_at TIMESTAMPTZ NOT NULL
    )
    """,
    "CREATE INDEX outbox_shard_id ON outbox (shard, id)",
    """
    CREATE TABLE inbox (
        consumer TEXT,
        event_id UUID,
        received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, event_id)
    )
    """,
    """
    CREATE TABLE parked (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer TEXT NOT NULL,
        partition_key TEXT NOT NULL,
        event_id UUID NOT NULL,
        topic TEXT NOT NULL,
        headers TEXT NOT NULL,
        payload BYTEA NOT NULL,
        state TEXT NOT NULL,
        error_class TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        next_at TIMESTAMPTZ NOT NULL,
        CONSTRAINT parked_event UNIQUE (consumer, event_id),
        CONSTRAINT parked_state CHECK (state IN ('waiting', 'held'))
    )
    """,
    "CREATE INDEX parked_key ON parked (consumer, partition_key, id)",
    """
    CREATE TABLE due_work (
        kind TEXT,
        subject TEXT,
        due_at TIMESTAMPTZ NOT NULL,
        payload JSONB NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        leased_by TEXT,
        leased_until TIMESTAMPTZ,
        PRIMARY KEY (kind, subject)
    )
    """,
    "CREATE INDEX due_work_due ON due_work (due_at)",
    """
    CREATE TABLE audit (
        audit_id UUID PRIMARY KEY,
        at TIMESTAMPTZ NOT NULL,
        action TEXT NOT NULL,
        object_kind TEXT NOT NULL,
        object_id TEXT NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        actor TEXT NOT NULL,
        enrollment_id UUID,
        permission TEXT NOT NULL,
        session TEXT NOT NULL,
        address TEXT NOT NULL,
        trace_id TEXT NOT NULL,
        CONSTRAINT audit_outcome CHECK (outcome IN ('done', 'refused', 'failed'))
    )
    """,
    "CREATE TABLE audit_unsealed (audit_id UUID PRIMARY KEY)",
    """
    CREATE TABLE audit_seal (
        seq BIGINT PRIMARY KEY,
        audit_id UUID NOT NULL UNIQUE,
        previous BYTEA NOT NULL,
        hash BYTEA NOT NULL
    )
    """,
    """
    CREATE TABLE audit_tree_head (
        size BIGINT PRIMARY KEY,
        at TIMESTAMPTZ NOT NULL,
        root BYTEA NOT NULL,
        signature TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE idempotency (
        user_id UUID,
        key TEXT,
        request_hash BYTEA NOT NULL,
        location TEXT NOT NULL,
        created_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (user_id, key)
    )
    """,
    """
    CREATE TABLE access_user (
        user_id UUID PRIMARY KEY,
        generation BIGINT NOT NULL,
        version BIGINT NOT NULL,
        epoch BIGINT NOT NULL,
        organization_id UUID NOT NULL,
        document JSONB NOT NULL
    )
    """,
    """
    CREATE TABLE access_organization (
        organization_id UUID PRIMARY KEY,
        generation BIGINT NOT NULL,
        version BIGINT NOT NULL,
        epoch BIGINT NOT NULL,
        document JSONB NOT NULL
    )
    """,
    "CREATE TABLE access_grant (user_id UUID, enrollment_id UUID, PRIMARY KEY (user_id, enrollment_id))",
    "CREATE TABLE access_enrollment (enrollment_id UUID PRIMARY KEY, organization_id UUID NOT NULL)",
    "CREATE INDEX access_enrollment_organization ON access_enrollment (organization_id)",
)

# An audit row waits for its seal from the moment it is written, whoever writes it; and nothing of the trail changes.
_AUDIT_RULES = (
    """
    CREATE FUNCTION audit_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN INSERT INTO audit_unsealed SELECT audit_id FROM added; RETURN NULL; END $$
    """,
    """
    CREATE TRIGGER audit_queue AFTER INSERT ON audit REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION audit_queue()
    """,
    """
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the audit trail is append only'; END $$
    """,
    """
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """,
    """
    CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """,
    """
    CREATE TRIGGER audit_tree_head_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_tree_head
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """,
)


def upgrade() -> None:
    # Before these migrations had a chain of their own, each service's first migration made the same tables.
    if sa.inspect(op.get_bind()).has_table("outbox"):
        return
    for statement in (*_TABLES, *_AUDIT_RULES):
        op.execute(statement)
