"""Eligibility: a patient is found, a wrong birth date is explained, and the search without it succeeds."""

from datetime import timedelta

from simulators.population import Beneficiary
from tools.walk.journey import Journey, expect
from tools.walk.person import Page
from tools.walk.telling import UnexpectedError

_FORM = "/eligibility"
_BUTTON = "Check eligibility"
_PATIENT = 7


def _patient(walk: Journey) -> Beneficiary:
    return walk.population.beneficiary(_PATIENT)


async def ask(walk: Journey, **changed: str) -> Page:
    """Fill in the form about the patient of the walk, by the primary search unless `changed`."""
    patient = _patient(walk)
    await walk.biller.open(_FORM)
    typed = {
        "mbi": patient.mbi,
        "last_name": patient.last_name,
        "first_name": patient.first_name,
        "birth_date": f"{patient.birth_date:%m/%d/%Y}",
        **changed,
    }
    return await walk.biller.submit(_BUTTON, typed)


async def patient_is_entitled(walk: Journey) -> str:
    """270 to HETS, 271 back: the entitlement page with trace number and time, to be printed."""
    page = await ask(walk)
    expect(page, 200, "Part A and Part B active", "Trace number", "HETS answered on")
    walk.entitlement = page.path
    return f"“{page.heading}”: Part A and Part B active"


async def wrong_birth_date_is_explained(walk: Journey) -> str:
    """A wrong birth date is AAA 71, in words, and the form is there again; the search without it succeeds."""
    wrong = _patient(walk).birth_date + timedelta(days=1)
    page = await ask(walk, birth_date=f"{wrong:%m/%d/%Y}")
    expect(page, 200, "AAA 71", "birth date")
    said = page.heading
    page = await walk.biller.submit(_BUTTON, {"birth_date": ""})
    expect(page, 200, "Part A and Part B active")
    return f"“{said}”, AAA 71; without the birth date: found"


async def program_asks(walk: Journey) -> str:
    """The vendor's program asks the same through the API."""
    patient = _patient(walk)
    answer = await walk.program.post(
        "/api/eligibility/inquiries",
        json={"mbi": patient.mbi, "last_name": patient.last_name, "first_name": patient.first_name},
        headers={"idempotency-key": f"walk-{walk.sent.id}"},
    )
    found = answer.raise_for_status().json()
    if (found["state"], found["parts"]) != ("answered", ["Part A", "Part B"]):
        raise UnexpectedError("Part A and Part B", str(found["state"]))
    return f"{found['state']}: {', '.join(found['parts'])}"
