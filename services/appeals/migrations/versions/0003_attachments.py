"""Documents are attachments. Their names were sealed to the rows they stood in, and cannot be opened in any other."""

from alembic import op

from libs.common.persistence.tables import as_owner_of_all_rows

revision = "0003"
down_revision = "0002"

_TABLES = ("appeal_document", "reconsideration_document")
_MOVES = (
    """
    INSERT INTO attachment (attachment_id, enrollment_id, purpose, subject_id, state, name, document, kind, size_bytes,
                            digest, pages, added_by, begun_at, received_at, received_on)
    SELECT document_id, enrollment_id, 'redetermination', appeal_id, 'stored', '', document, 'pdf', size_bytes,
           digest, pages, added_by, added_at, added_at, received_on
      FROM appeal_document
    """,
    """
    INSERT INTO attachment (attachment_id, enrollment_id, purpose, subject_id, state, name, document, kind, size_bytes,
                            digest, pages, added_by, begun_at, received_at, received_on)
    SELECT d.document_id, d.enrollment_id, 'reconsideration', d.appeal_id, 'stored', '', d.document, 'pdf',
           d.size_bytes, d.digest, d.pages, r.asked_by, r.asked_at, r.asked_at, r.asked_at::date
      FROM reconsideration_document d JOIN reconsideration r USING (appeal_id)
    """,
)


def upgrade() -> None:
    with as_owner_of_all_rows(op, *_TABLES, "reconsideration", "attachment"):
        for statement in _MOVES:
            op.execute(statement)
    for table in _TABLES:
        op.drop_table(table)
