"""How a user stands with HETS, in words; changes nothing."""

from datetime import datetime

from libs.common.ports import Ports
from libs.common.web.formats import moment
from libs.common.web.permit import Permit
from services.eligibility.conduct import repository
from services.eligibility.conduct.domain import HOLD_WORDS, NOT_ENROLLED, Asker, Hold


def asker_of(permit: Permit) -> Asker:
    """Who asks, for the enrollment acted for."""
    who = permit.principal
    return Asker(who.user_id, who.organization_id, permit.enrollment.npi, program=who.kind == "client")


def moment_of(runtime: Ports, at: datetime) -> str:
    """A moment of real time in words, by the clock that pages show."""
    return moment(at + runtime.clock.offset(), runtime.deployment.zone)


def hold_sentence(runtime: Ports, held: Hold, npi: str) -> str:
    """Why a user or NPI may not ask, until when, and who can help."""
    words = HOLD_WORDS[held.reason]
    if held.until is None:
        return (
            f"Your eligibility checks are locked since {moment_of(runtime, held.since)}. {words}. Your organization's"
            " portal administrator can unlock them on the page Eligibility use."
        )
    until = moment_of(runtime, held.until)
    if held.reason == NOT_ENROLLED:
        return (
            f"{words}. HETS takes no question for NPI {npi} until {until}. Your organization's portal administrator"
            " sees and changes the enrollment on the page HETS enrollment."
        )
    return f"Eligibility checks for NPI {npi} pause until {until}. {words}. Check the patients' cards before you go on."


async def held_sentence(permit: Permit) -> str:
    """Why whoever looks may not ask now; nothing when they may."""
    asker = asker_of(permit)
    for subject in (asker.user, asker.provider):
        if held := await repository.hold_of(permit.work, subject):
            return hold_sentence(permit.work.runtime, held, asker.npi)
    return ""
