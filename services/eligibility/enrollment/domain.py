"""HETS EDI enrollment: which NPI is linked to which submitter, what a provider may ask for, and in which words.

Since 2026-05-11 HETS answers AAA 41 for an NPI that is not linked to the submitter, and blocks it for a day. A claims
EDI enrollment must exist; the effective day is today or later; it is attested each year (CMS, HETS EDI enrollment).
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.common.npi import is_valid_npi

Kind = Literal["enroll", "end", "attest"]
State = Literal["sending", "told", "refused"]
SENDING: State = "sending"
TOLD: State = "told"
REFUSED: State = "refused"

SEND = "send-hets-enrollment"
"""The kind of due work that tells CMS of a request."""
REFRESH = "take-hets-links"
"""The kind of due work that takes the list of active enrollments from CMS."""

REMIND = "remind-of-hets-attestation"
"""The kind of due work that looks each day which enrollments are to be attested soon."""

REMINDERS = (1, 7, 14, 30, 45)
"""So many days before the last day of an attestation its official is reminded."""
ROWS_AT_ONCE = 500
"""So many NPIs one form for several takes."""

RULES_VERSION = "2026-11"
RULES = (
    "HETS is asked only to prepare a claim, to find what a patient owes, or to find whether a service is covered.",
    "Only patients of this provider are asked about, and only by people who need the answer for their work.",
    "Answers are told to nobody but the provider, the supplier and the patient, and are not collected in a database.",
    "Whoever asks is known by name, and has their own user ID; the provider answers for them and for its vendors.",
    "Misuse and loss of data are reported to the contractor without delay.",
    "CMS watches how often HETS is asked and refuses, and may suspend an NPI or a submitter.",
)
"""The HETS Rules of Behavior in our words; a change of the text is a new version."""

SUBMITTER_ID = re.compile(r"[A-Z0-9]{2,15}")
"""The form of the ID of a submitter."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_EMAIL_LENGTH = 254
_OPENS = timedelta(days=max(REMINDERS))
_ANSWERS = {"yes": True, "y": True, "no": False, "n": False}
_PTAN = re.compile(r"[A-Z0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Provider:
    """The NPI and PTAN that are enrolled, of the administrator's organization; whether claims EDI is in order."""

    enrollment_id: UUID
    name: str
    npi: str
    ptan: str
    line_of_business: str
    pecos_active: bool
    edi_agreement_signed: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom CMS writes to: the e-mail of the authorized or delegated official, and another one if there is."""

    email: str
    alternate: str = ""


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who asks HETS under a submitter ID, as CMS says; `fault`: why it is not known."""

    name: str = ""
    fault: str = ""


NOBODY_ASKS = Vendor(fault="CMS knows nobody who asks HETS under this ID. Compare it with what the submitter told you.")
NOT_KNOWN_NOW = Vendor(fault="CMS cannot say now who asks HETS under this ID. Send the form again in a few minutes.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A HETS EDI enrollment as it is asked for. `offshore` None: not answered; `ends` None: no last day.

    `signer`: the name that was typed under the HETS Rules of Behavior.
    """

    submitter: str
    effective: date | None
    ends: date | None
    offshore: bool | None
    contact: Contact
    accepted: bool
    vendor: Vendor = Vendor()
    signer: str = ""


@dataclass(frozen=True, slots=True)
class HetsLink:
    """An enrollment as CMS has it."""

    submitter: str
    npi: str
    effective: date
    ends: date | None
    attested_until: date

    def active(self, day: date) -> bool:
        """Whether HETS may be asked on that day."""
        return self.effective <= day and (self.ends is None or day <= self.ends)

    def over(self, day: date) -> bool:
        """Whether it has ended, or never was and never will be active."""
        return self.ends is not None and (self.ends < day or self.ends < self.effective)


@dataclass(frozen=True, slots=True)
class HetsRequest:
    """One request of the past: of which kind, by whom, when, for which days, and whether CMS knows.

    `signer`: who signed the HETS Rules of Behavior, of an enrollment. `given_up_at`: since when nobody tries any more
    to tell CMS, because that only failed.
    """

    request_id: UUID
    organization_id: UUID
    npi: str
    ptan: str
    kind: Kind
    submitter: str
    effective: date
    ends: date | None
    attested_until: date
    offshore: bool
    contact: str
    rules_version: str
    made_by: UUID
    made_at: datetime
    state: State
    signer: str
    alerted_at: datetime | None = None
    given_up_at: datetime | None = None


KIND_WORDS: dict[Kind, str] = {"enroll": "Enrolled", "end": "Ended", "attest": "Attested for another year"}
STATE_WORDS: dict[State, tuple[str, str]] = {
    SENDING: ("waiting", "CMS is being told"),
    TOLD: ("good", "CMS has it"),
    REFUSED: ("bad", "CMS did not take it. Call the EDI help desk."),
}
"""Kind of status and words."""
NOT_SENT = ("bad", "Not sent: CMS could not be told. Our operators were called; you need do nothing.")
"""The same of a request that is not tried any more."""


def request_words(request: HetsRequest) -> tuple[str, str]:
    """Kind of status and words of a request."""
    if request.state == SENDING and request.given_up_at is not None:
        return NOT_SENT
    return STATE_WORDS[request.state]


Standing = Literal["none", "draft", "submitted", "not-sent", "refused", "later", "live", "due", "overdue", "ended"]
STANDING_WORDS: dict[Standing, tuple[str, str]] = {
    "none": ("bad", "Not enrolled: HETS cannot be asked"),
    "draft": ("bad", "Draft, not sent: HETS cannot be asked"),
    "submitted": ("waiting", "Submitted: CMS is being told"),
    "not-sent": ("bad", "Not sent: CMS could not be told"),
    "refused": ("bad", "Refused by CMS: call the EDI help desk"),
    "later": ("waiting", "Begins later"),
    "live": ("good", "Live"),
    "due": ("warning", "Live, attest it for another year"),
    "overdue": ("warning", "Live, attestation overdue"),
    "ended": ("bad", "Ended: HETS cannot be asked"),
}
"""Kind of status and words of an NPI with our submitter."""


def standing(links: Sequence[HetsLink], latest: HetsRequest | None, today: date, *, draft: bool) -> Standing:
    """How an NPI stands with one submitter: `links` are CMS's with it, `latest` is the last request here."""
    for link in links:
        if link.active(today):
            return attestation(link, today)
    if latest is not None and latest.state == SENDING:
        return "submitted" if latest.given_up_at is None else "not-sent"
    if any(not link.over(today) for link in links):
        return "later"
    if draft:
        return "draft"
    if latest is not None and latest.state == REFUSED:
        return "refused"
    return "ended" if links else "none"


def attestation(link: HetsLink, today: date) -> Literal["live", "due", "overdue"]:
    """Whether an active enrollment is to be attested for another year."""
    if link.attested_until < today:
        return "overdue"
    return "due" if link.attested_until - _OPENS <= today else "live"


def reminder(attested_until: date, today: date) -> int | None:
    """Which reminder is due, by its days before the end; None before the first and after the end."""
    left = (attested_until - today).days
    return next((each for each in REMINDERS if 0 <= left <= each), None)


def link_words(link: HetsLink, today: date) -> tuple[str, str]:
    """Kind of status and words of an enrollment today."""
    if link.over(today):
        return "information", "Ended"
    if not link.active(today):
        return "waiting", "Begins later"
    return STANDING_WORDS[attestation(link, today)]


def provider_faults(provider: Provider) -> dict[str, str]:
    """Why an NPI and PTAN cannot be enrolled for HETS at all; nothing when they can."""
    if not provider.pecos_active:
        return {"": "PECOS shows no active enrollment with this contractor for this NPI and PTAN: it comes first."}
    if not provider.edi_agreement_signed:
        return {"": NO_EDI_AGREEMENT}
    return {}


NO_EDI_AGREEMENT = (
    "No EDI Enrollment Agreement for claims is on file for this NPI and PTAN: it comes first. Send the EDI enrollment"
    " form, then come back when it was taken."
)


def enrollment_faults(asked: Asked, links: tuple[HetsLink, ...], today: date) -> dict[str, str]:
    """What to correct in a HETS EDI enrollment, by field of the form; nothing when CMS may be told."""
    faults: dict[str, str] = {}
    if not asked.accepted:
        faults["accepted"] = "Accept the HETS Rules of Behavior: nobody is enrolled without."
    if not SUBMITTER_ID.fullmatch(asked.submitter):
        faults["submitter"] = "Enter the HETS submitter ID: 2 to 15 letters and digits, as the submitter tells it."
    elif asked.vendor.fault:
        faults["submitter"] = asked.vendor.fault
    if asked.offshore is None:
        faults["offshore"] = "Answer whether patient data leave the United States."
    if asked.effective is None:
        faults["effective"] = "Enter the first day."
    elif asked.effective < today:
        faults["effective"] = f"The first day is over. Enter {today:%m/%d/%Y} or a later day."
    elif asked.ends is not None and asked.ends < asked.effective:
        faults["ends"] = "The last day is before the first. Correct one of them, or leave the last day empty."
    elif running := _overlapping(asked, links, today):
        faults["submitter"] = (
            f"This NPI is enrolled with this submitter from {running.effective:%m/%d/%Y}"
            f"{f' to {running.ends:%m/%d/%Y}' if running.ends else ''}. End that first, or choose days after it."
        )
    return faults | contact_faults(asked.contact)


def contact_faults(contact: Contact) -> dict[str, str]:
    """What to correct in the e-mail addresses."""
    faults: dict[str, str] = {}
    if not _is_email(contact.email):
        faults["email"] = "Enter the e-mail address of your authorized or delegated official."
    if contact.alternate and not _is_email(contact.alternate):
        faults["alternate"] = "Correct the other e-mail address, or leave it empty."
    elif contact.alternate and contact.alternate.casefold() == contact.email.casefold():
        faults["alternate"] = "This is the same address. Enter another one, or leave it empty."
    return faults


def end_faults(link: HetsLink, ends: date | None, today: date) -> dict[str, str]:
    """What to correct in the last day of an enrollment."""
    if link.over(today):
        return {"ends": "This enrollment has ended."}
    if ends is None:
        return {"ends": "Enter the last day."}
    if ends < today:
        return {"ends": f"The last day is over. Enter {today:%m/%d/%Y} or a later day."}
    if link.ends is not None and ends > link.ends:
        return {"ends": f"It ends on {link.ends:%m/%d/%Y} already. Enter an earlier day."}
    return {}


def a_year_after(day: date) -> date:
    """By when an enrollment is attested again."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _is_email(text: str) -> bool:
    return len(text) <= _EMAIL_LENGTH and _EMAIL.fullmatch(text) is not None


def _overlapping(asked: Asked, links: tuple[HetsLink, ...], today: date) -> HetsLink | None:
    first, last = asked.effective or today, asked.ends or date.max
    for link in links:
        meets = link.effective <= last and first <= (link.ends or date.max)
        if meets and link.submitter == asked.submitter and not link.over(today):
            return link
    return None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of NPIs. `ptan` empty: the only one there is; `offshore` None: as the form says."""

    number: int
    npi: str
    ptan: str = ""
    offshore: bool | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A line of a list, and the provider it means; `fault` says why it is not enrolled."""

    row: Row
    offshore: bool
    provider: Provider | None
    fault: str


def rows_of(text: str) -> tuple[Row, ...]:
    """The lines of a list: NPI, PTAN, and whether data leave the country, as a spreadsheet copies or saves them.

    A first line that names its columns is left out, and so are empty lines. Numbers are those of the lines.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        separator = next((each for each in "\t;" if each in line), ",")
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
        if any(cells) and not (number == 1 and "npi" in cells[0].casefold()):
            rows.append(_row(number, cells))
    return tuple(rows)


def _row(number: int, cells: Sequence[str]) -> Row:
    npi, ptan, answer, *more = *cells, *[""] * (3 - len(cells))
    row = Row(number, npi, ptan.upper(), _ANSWERS.get(answer.casefold()))
    if any(more):
        fault = "There are more than three columns. Leave NPI, PTAN and yes or no."
    elif not is_valid_npi(npi):
        fault = "This is no NPI: ten digits, the last of which fits the others."
    elif row.ptan and not _PTAN.fullmatch(row.ptan):
        fault = "Correct the PTAN: letters and digits."
    elif answer and row.offshore is None:
        fault = "Write yes or no, whether patient data leave the United States."
    else:
        return row
    return Row(number, npi[:20], row.ptan[:20], row.offshore, fault)


def list_fault(rows: Sequence[Row]) -> str:
    """What is wrong with a list as a whole; nothing when its rows can be judged."""
    if not rows:
        return "Enter at least one NPI."
    if len(rows) > ROWS_AT_ONCE:
        return f"These are {len(rows):,} NPIs. Send at most {ROWS_AT_ONCE} at once."
    return ""


def row_fault(
    row: Row, providers: Sequence[Provider], asked: Asked, links: tuple[HetsLink, ...], today: date, *, sending: bool
) -> str:
    """Why a line is not enrolled, `providers` being those of the organization it may mean; nothing when it is."""
    if fault := _line_fault(row, providers, sending=sending):
        return fault
    return next(iter((provider_faults(providers[0]) | enrollment_faults(asked, links, today)).values()), "")


def _line_fault(row: Row, providers: Sequence[Provider], *, sending: bool) -> str:
    if row.fault:
        return row.fault
    if not providers:
        return "Your organization has no such NPI and PTAN with this contractor."
    if len(providers) > 1:
        return f"This NPI has several PTANs. Add one: {', '.join(each.ptan for each in providers)}."
    return "CMS is being told of another change for this NPI." if sending else ""


@dataclass(frozen=True, slots=True)
class Attestation:
    """A line of a list, and the enrollment that is attested for another year; `fault` says why none is."""

    row: Row
    provider: Provider | None
    link: HetsLink | None
    fault: str


def attestation_of(
    row: Row, providers: Sequence[Provider], links: Iterable[HetsLink], submitter: str, today: date, *, sending: bool
) -> Attestation:
    """What a line attests: the enrollment of its NPI with a submitter that has not ended."""
    provider = providers[0] if len(providers) == 1 else None
    link = next((each for each in links if each.submitter == submitter and not each.over(today)), None)
    fault = _line_fault(row, providers, sending=sending)
    if not fault and link is None:
        fault = "CMS lists no enrollment of this NPI with this submitter that goes on. Enroll it first."
    return Attestation(row, provider, link, fault)


def meant(row: Row, providers: Iterable[Provider]) -> list[Provider]:
    """The providers that a line may mean."""
    return [each for each in providers if each.npi == row.npi and row.ptan in ("", each.ptan)]
