"""Eligibility: one patient, found, or explained and found in another way; a whole schedule; programs."""

import re
from datetime import timedelta
from uuid import uuid4

from libs.common.clock import SystemClock
from libs.partners.core_connectivity.message import CoreMessage
from libs.partners.core_connectivity.soap import read_message, write_message
from libs.x12.eligibility.objects import (
    AskedPerson,
    EligibilityInquiry,
    Heading,
    Name,
    Question,
    Receiver,
    Source,
    Trace,
)
from libs.x12.eligibility.writer import write_270
from libs.x12.writing import Envelope
from simulators.population import Beneficiary
from tools.walk.journey import Journey, expect
from tools.walk.person import Page
from tools.walk.place import until
from tools.walk.telling import UnexpectedError

_FORM = "/eligibility"
_SOAP = "/api/eligibility/core/soap"
_BUTTON = "Check eligibility"
_PATIENT, _LOOKED_UP = 7, 13
_SCHEDULES = "/eligibility/schedules"
# Of these HETS says that they are inactive, in a plan, with another payer, in a hospice.
_EXCEPTIONAL = (100, 105, 106, 107)
_UNKNOWN_NUMBER = "1EG4TE5MK73"
_LOOK_UP, _LOOK_UPS, _HETS_RULES = "/eligibility/look-up", "/eligibility/look-up/claims", "HETS Rules of Behavior"
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PLACES = ("first", "second", "third", "fourth")


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


async def schedule_is_checked(walk: Journey) -> str:
    """Five patients pasted as a spreadsheet has them: read, looked through, asked about, those to look at first."""
    people = [walk.population.beneficiary(number) for number in _EXCEPTIONAL]
    rows = [f"{each.mbi}\t{each.last_name}\t{each.first_name}\t{each.birth_date:%m/%d/%Y}" for each in people]
    stranger = _patient(walk)
    rows.append(f"{_UNKNOWN_NUMBER}\t{stranger.last_name}\t{stranger.first_name}")
    await walk.biller.open(_SCHEDULES)
    page = await walk.biller.submit("Read the patients", {"Patients, one in a row": "\r\n".join(rows)})
    expect(page, 200, "5 ready, 0 to correct")
    page = await walk.biller.submit("Check 5 patients")
    address = page.path

    async def look() -> Page | None:
        page = await walk.biller.open(address)
        expect(page, 200)
        return page if page.says("5 patients answered") else None

    page = await until(look, within=60, waiting_for="the answers to a schedule")
    kinds = ("Not active", "Medicare Advantage", "Other insurance pays first", "Hospice", "Not found")
    expect(page, 200, "5 to look at", *kinds)
    walk.schedule = address
    return f"5 to look at: {', '.join(kinds)}"


def looked_up(walk: Journey) -> Beneficiary:
    """Whose Medicare number is looked up."""
    return walk.population.beneficiary(_LOOKED_UP)


async def number_is_looked_up(walk: Journey) -> str:
    """Rules, then name, birth date and SSN: one person, shown once, and asked about with one key."""
    patient = looked_up(walk)
    page = await walk.biller.open(_LOOK_UP)
    if page.heading == _HETS_RULES:
        page = await walk.biller.submit("Accept and continue", {"accepted": "yes"})
    expect(page, 200, "CMS compares look-ups with claims")
    page = await walk.biller.submit(
        "Look up",
        {
            "first_name": patient.first_name,
            "last_name": patient.last_name,
            "ssn": walk.population.social_security_number(patient.mbi),
            "birth_date": f"{patient.birth_date:%m/%d/%Y}",
            "confirmed": "yes",
            "answer": answer_to(question_on(page)),
        },
    )
    expect(page, 200, "it is shown once", f"{patient.mbi[:4]}-{patient.mbi[4:7]}-{patient.mbi[7:]}")
    page = await walk.biller.submit(_BUTTON)
    expect(page, 200, "Trace number", "HETS answered on")
    return "one person found; HETS answers about the number"


def question_on(page: Page) -> str:
    """The question that shows that a person asks."""
    label = page.main.first("label", where=lambda each: each["for"] == "answer")
    return label.text if label else ""


def answer_to(question: str) -> str:
    """The answer to it, as a person would give it who reads it."""
    if found := re.search(r"What is (\w+) plus (\w+)\?", question):
        return str(_NUMBERS.index(found[1]) + _NUMBERS.index(found[2]))
    words = question.partition(":")[2].rstrip("? ").split(", ")
    if found := re.search(r"Which is the (\w+) of these words", question):
        return words[_PLACES.index(found[1])].strip()
    return max((each.strip() for each in words), key=_NUMBERS.index)


async def look_ups_are_held_against_claims(walk: Journey) -> str:
    """The biller sees what CMS compares: the look-up, which no claim followed yet."""
    page = await walk.biller.open(_LOOK_UPS)
    expect(page, 200, "CMS compares the look-ups for an NPI with its claims", "No claim yet")
    return f"{len(page.rows())} of the biller's own, without the patients"


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


async def program_sends_its_own_270(walk: Journey) -> str:
    """A 270 in a CORE envelope by SOAP: the 271 comes back in the same, with the program's own trace number."""
    patient, now = _patient(walk), SystemClock().now()
    trace = Trace("1", f"WALK{uuid4().hex[:12].upper()}", "9WALKDESK1")
    enrollment = walk.population.provider_organization(1).enrollments[0]
    inquiry = EligibilityInquiry(
        Heading(trace.number, now, "13"),
        Source(Name("PR", "2", "CMS", qualifier="PI", identifier="CMS")),
        Receiver(Name("1P", "2", "CLINIC", qualifier="XX", identifier=enrollment.npi)),
        AskedPerson(
            Name("IL", "1", patient.last_name, patient.first_name, qualifier="MI", identifier=patient.mbi),
            traces=[trace],
            birth_date=patient.birth_date,
            questions=[Question(("30",))],
        ),
    )
    payload = b"".join(write_270([inquiry], Envelope("WALKDESK", "PORTICO", now, 1)))
    content_type, body = write_message(
        CoreMessage("X12_270_Request_005010X279A1", str(uuid4()), now, "WALKDESK", "PORTICO", payload)
    )
    answer = await walk.program.post(_SOAP, content=body, headers={"content-type": content_type})
    told = read_message(answer.raise_for_status().headers["content-type"], answer.content)
    if told.payload_type != "X12_271_Response_005010X279A1" or f"~TRN*2*{trace.number}*".encode() not in told.payload:
        raise UnexpectedError(f"a 271 with {trace.number}", f"{told.payload_type} {told.error_code}")
    return f"{told.payload_type} of {len(told.payload)} bytes, trace {trace.number}"
