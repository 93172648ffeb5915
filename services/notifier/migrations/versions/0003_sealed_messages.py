"""Messages of every kind: to whom and about what is sealed, with the version of the text, and bounces.

A migration holds no keys. What still waits goes into due work as it was; the worker seals and sends it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        """
        INSERT INTO due_work (kind, subject, due_at, payload)
        SELECT 'seal-message', message_id::text, coalesce(due_at, queued_at), coalesce(payload, '{}') ||
            jsonb_build_object(
                'user_id', user_id, 'organization', organization, 'npi_last_four', npi_last_four,
                'function', function, 'sealed_contact', sealed_contact,
                'attempts', message.attempts, 'queued_at', queued_at
            )
        FROM message LEFT JOIN due_work ON due_work.kind = 'deliver-message' AND subject = message_id::text
        WHERE state = 'waiting'
        """
    )
    op.execute(
        "DELETE FROM due_work USING message"
        " WHERE due_work.kind = 'deliver-message' AND subject = message_id::text AND state = 'waiting'"
    )
    op.execute("DELETE FROM message WHERE state = 'waiting'")

    op.drop_constraint("message_contact", "message")
    op.drop_constraint("message_state", "message")
    for name in ("organization", "npi_last_four", "function", "sealed_contact"):
        op.drop_column("message", name)
    op.add_column("message", sa.Column("template_version", sa.Integer, nullable=False, server_default="1"))
    op.alter_column("message", "template_version", server_default=None)
    op.add_column("message", sa.Column("sealed_recipient", sa.Text))
    op.add_column("message", sa.Column("sealed_facts", sa.Text))
    op.add_column("message", sa.Column("status", sa.Text))
    op.create_check_constraint("message_state", "message", "state IN ('waiting', 'accepted', 'failed', 'bounced')")
    op.create_check_constraint(
        "message_sealed",
        "message",
        "(state = 'waiting') = (sealed_recipient IS NOT NULL) AND (state = 'waiting') = (sealed_facts IS NOT NULL)",
    )
