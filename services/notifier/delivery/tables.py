"""Messages to users: of which kind, and what became of them. To whom and about what is sealed; no text is kept."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from libs.common.sealing import Sealed
from services.notifier.delivery.composers import COMPOSERS
from services.notifier.delivery.domain import Recipient
from services.notifier.metadata import metadata

RECIPIENT = Sealed("message.sealed_recipient", Recipient, readers="notifier")
FACTS = {
    kind: Sealed(f"message.sealed_facts/{kind}", composer.facts, readers="notifier")
    for kind, composer in COMPOSERS.items()
}
"""By the kind of the message. Owner of both: the message."""

message = sa.Table(
    "message",
    metadata,
    sa.Column("message_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    # Of the text that the last attempt carried; before the first, of the text it waits with.
    sa.Column("template_version", sa.Integer, nullable=False),
    sa.Column("user_id", UUID(as_uuid=True), nullable=False),
    sa.Column("sealed_recipient", sa.Text),
    sa.Column("sealed_facts", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # The mail server's last reply code, 0 when it said nothing; why it failed or bounced (RFC 3463), if that was said.
    sa.Column("code", sa.Integer),
    sa.Column("status", sa.Text),
    sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("state IN ('waiting', 'accepted', 'failed', 'bounced')", name="message_state"),
    # Once nobody will send it any more, nobody needs to know to whom and about what.
    sa.CheckConstraint(
        "(state = 'waiting') = (sealed_recipient IS NOT NULL) AND (state = 'waiting') = (sealed_facts IS NOT NULL)",
        name="message_sealed",
    ),
)
