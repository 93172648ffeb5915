"""What of remittance goes to the next contractor, and why the rest stays (`docs/transition.md`)."""

import sqlalchemy as sa

from libs.common.contracts.sealed import CLAIM_LINES
from libs.common.transition.exports import Export, Moving, Owned
from services.remittance.advice.partner import WaitingAdvice
from services.remittance.advice.tables import (
    DETAILS,
    known_claim,
    remittance,
    remitted_claim,
    remitted_line,
    waiting_advice,
)

_HELD = sa.select(remittance.c.remittance_id).where(remittance.c.quarantine != "")

MOVING = Moving(
    exports=(
        Export(waiting_advice, order=("place",), afresh=("place",), sealed={"payload": WaitingAdvice()}),
        Export(remittance, where=remittance.c.quarantine != "", documents=("document",)),
        Export(
            remitted_claim,
            where=remitted_claim.c.remittance_id.in_(_HELD),
            sealed={"details": Owned(DETAILS, ("remittance_id", "number"))},
        ),
        Export(remitted_line, where=remitted_line.c.remittance_id.in_(_HELD)),
        # Whose claim an ICN is: the next 835 asks for it.
        Export(known_claim, sealed={"sealed_lines": Owned(CLAIM_LINES, ("claim_id",))}),
    ),
)
