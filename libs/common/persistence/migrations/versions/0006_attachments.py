"""Files from outside: what they belong to, and whether they are pending, stored or failed."""

from alembic import op

from libs.common.persistence.tables import enforce_row_security

revision = "0006"
down_revision = "0005"

_STATEMENTS = (
    """
    CREATE TABLE attachment (
        attachment_id UUID PRIMARY KEY,
        enrollment_id UUID NOT NULL,
        purpose TEXT NOT NULL,
        subject_id UUID,
        state TEXT NOT NULL,
        name TEXT NOT NULL,
        document TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL DEFAULT '',
        size_bytes BIGINT NOT NULL DEFAULT 0,
        digest TEXT NOT NULL DEFAULT '',
        pages INTEGER NOT NULL DEFAULT 0,
        fault TEXT NOT NULL DEFAULT '',
        next_step TEXT NOT NULL DEFAULT '',
        added_by UUID NOT NULL,
        begun_at TIMESTAMPTZ NOT NULL,
        received_at TIMESTAMPTZ,
        received_on DATE,
        CONSTRAINT attachment_state CHECK (state IN ('pending', 'stored', 'failed')),
        CONSTRAINT attachment_received
            CHECK ((state = 'stored') = (received_at IS NOT NULL AND received_on IS NOT NULL)),
        CONSTRAINT attachment_belongs CHECK (state <> 'stored' OR subject_id IS NOT NULL),
        CONSTRAINT attachment_next_step CHECK ((state = 'failed') = (next_step <> ''))
    )
    """,
    "CREATE INDEX attachment_subject ON attachment (subject_id, purpose)",
    "CREATE INDEX attachment_unsettled ON attachment (begun_at) WHERE state <> 'stored'",
    "CREATE INDEX attachment_not_received ON attachment (enrollment_id, begun_at) WHERE state <> 'stored'",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    enforce_row_security(op, "attachment")
