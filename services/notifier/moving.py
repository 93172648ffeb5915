"""What of the notifier goes to the next contractor, and why the rest stays (`docs/transition.md`)."""

import sqlalchemy as sa

from libs.common.transition.exports import Export, Moving, Owned
from services.notifier.delivery.tables import FACTS, RECIPIENT, message
from services.notifier.interruptions.tables import interruption, interruption_change, retraction_request

_OPEN = interruption.c.state == "open"
_INTERRUPTIONS = sa.select(interruption.c.interruption_id).where(_OPEN)

MOVING = Moving(
    exports=(
        Export(interruption, where=_OPEN),
        Export(interruption_change, where=interruption_change.c.interruption_id.in_(_INTERRUPTIONS)),
        Export(retraction_request, where=retraction_request.c.interruption_id.in_(_INTERRUPTIONS)),
        Export(
            message,
            where=message.c.state == "waiting",
            sealed={
                "sealed_recipient": Owned(RECIPIENT, ("message_id",)),
                "sealed_facts": Owned(lambda row: FACTS[row["kind"]], ("message_id",)),
            },
        ),
    ),
    stays={
        "portal_state": "the receiver's engine looks for itself",
        "function_performance": "of minutes",
        "contractor_alert": "CMS was told by the contractor before",
        "contractor_alert_attempt": "the same",
        "function_activity": "the contractor before reports its own months",
    },
)
