"""A claim file is the attachment of its submission."""

from alembic import op

from libs.common.persistence.tables import as_owner_of_all_rows

revision = "0010"
down_revision = "0009"

_MOVE = """
    INSERT INTO attachment (attachment_id, enrollment_id, purpose, subject_id, state, name, document, kind, size_bytes,
                            digest, added_by, begun_at, received_at, received_on)
    SELECT gen_random_uuid(), enrollment_id, 'submission', submission_id, 'stored', '', document, 'x12', size_bytes,
           digest, submitted_by, received_at, received_at, business_date
      FROM submission
"""


def upgrade() -> None:
    with as_owner_of_all_rows(op, "submission", "attachment"):
        op.execute(_MOVE)
    for column in ("document", "size_bytes", "digest"):
        op.drop_column("submission", column)
