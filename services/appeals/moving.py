"""What of appeals goes to the next contractor, and why the rest stays (`docs/transition.md`)."""

import sqlalchemy as sa

from libs.common.contracts.sealed import CLAIM_FACTS
from libs.common.transition.exports import Export, Moving, Owned, attachments_of
from services.appeals.reconsideration import tables as second
from services.appeals.redetermination.tables import (
    ARGUMENT,
    LETTER,
    RATIONALE,
    appeal,
    appeal_line,
    finalized_claim,
    remitted_claim,
)

_PENDING = (appeal.c.outcome == "") | (appeal.c.next_level == "asked")
_APPEALS = sa.select(appeal.c.appeal_id).where(_PENDING)
_OF_LINE = ("appeal_id", "number")
_ASKED = second.reconsideration.c.outcome == ""
_SECOND = sa.select(second.reconsideration.c.appeal_id).where(_ASKED)

MOVING = Moving(
    exports=(
        # What was decided about claims: without it nobody could appeal in the days that are left.
        Export(finalized_claim, sealed={"sealed_facts": Owned(CLAIM_FACTS, ("claim_id",))}),
        Export(remitted_claim),
        Export(
            appeal,
            where=_PENDING,
            sealed={"argument": Owned(ARGUMENT, ("appeal_id",)), "letter": Owned(LETTER, ("appeal_id",))},
        ),
        Export(
            appeal_line,
            where=appeal_line.c.appeal_id.in_(_APPEALS),
            sealed={"rationale": Owned(RATIONALE, _OF_LINE)},
        ),
        Export(
            second.reconsideration,
            where=_ASKED,
            sealed={"argument": Owned(second.ARGUMENT, ("appeal_id",))},
        ),
        Export(
            second.reconsideration_line,
            where=second.reconsideration_line.c.appeal_id.in_(_SECOND),
            sealed={"rationale": Owned(second.RATIONALE, _OF_LINE)},
        ),
        attachments_of(_APPEALS),
    ),
    sequences=("appeal_number",),
)
