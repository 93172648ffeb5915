"""What of claims goes to the next contractor, and why the rest stays (`docs/transition.md`)."""

from collections.abc import Mapping

import sqlalchemy as sa

from libs.common.runtime import Runtime
from libs.common.transition.exports import Export, Moving, Owned, attachments_of
from services.claims.status.tables import PATIENT, claim, claim_finding, claim_line, claim_status
from services.claims.submission.tables import acknowledgment, number_block, submission, submission_finding

_DECIDED = ("not-accepted", "paid", "denied", "finalized", "adjusted")
_IN_PROCESS = claim.c.state.not_in(_DECIDED)
_CLAIMS = sa.select(claim.c.claim_id).where(_IN_PROCESS)
_OPEN = (submission.c.state != "acknowledged") | submission.c.submission_id.in_(
    sa.select(claim.c.submission_id).where(_IN_PROCESS)
)
_SUBMISSIONS = sa.select(submission.c.submission_id).where(_OPEN)


def _token(runtime: Runtime, opened: Mapping[str, bytes]) -> str:
    return runtime.keys.beneficiary_token(PATIENT.decode(opened["patient"]).mbi)


MOVING = Moving(
    exports=(
        Export(submission, where=_OPEN),
        attachments_of(_SUBMISSIONS),
        Export(submission_finding, where=submission_finding.c.submission_id.in_(_SUBMISSIONS)),
        Export(acknowledgment, where=acknowledgment.c.submission_id.in_(_SUBMISSIONS), documents=("document",)),
        Export(
            claim,
            where=_IN_PROCESS,
            sealed={"patient": Owned(PATIENT, ("claim_id",))},
            tokens={"beneficiary_token": _token},
        ),
        Export(claim_line, where=claim_line.c.claim_id.in_(_CLAIMS)),
        Export(claim_status, where=claim_status.c.claim_id.in_(_CLAIMS)),
        Export(claim_finding, where=claim_finding.c.claim_id.in_(_CLAIMS)),
        # Control numbers go on where they stand, so that none is given twice.
        Export(number_block),
    ),
    sequences=("submission_number",),
)
