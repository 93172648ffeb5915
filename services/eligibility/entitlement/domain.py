"""What HETS says of a beneficiary, in words, and under which heading of which tab each statement stands.

Words are made from the codes in `views.py`; codes stay where a decision or a program needs them: the kind of a
statement (EB01), its insurance (EB04), service types (EB03) and procedure (EB13), the kind of a date (DTP01).
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is said beside the rest, with the word for what it is."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its kind in words; `name` is the plan's or group's name that came with it."""

    kind: str
    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a statement, each side open when it is None, and what they are in words. `code` is DTP01.

    `endless`: the sender says that there is no last day, and does not just leave it out.
    """

    code: str
    words: str
    first: date | None
    last: date | None
    endless: bool = False

    @property
    def days(self) -> str:
        """The days as they are read behind the words."""
        first = f"{self.first:%m/%d/%Y}" if self.first else ""
        last = f"{self.last:%m/%d/%Y}" if self.last else ""
        if first and last:
            return first if first == last else f"{first} to {last}"
        if self.endless:
            return f"{first}, no end date" if first else "no end date"
        # Words such as "Plan begins" say already on which side the other days are.
        side = "" if self.code in _SIDES else "from " if first else "until "
        return side + first + last


@dataclass(frozen=True, slots=True)
class Entity:
    """A plan, insurer, contractor or provider that belongs to a statement."""

    role: str
    name: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why HETS did not answer the question, or a part of it (AAA): the code, in words, what to do, and who can help.

    `follow_up` is what HETS wants next; `about` the part of the question; `understood` that HETS could read it.
    """

    code: str
    sentence: str
    remedy: str
    follow_up: str = ""
    about: str = ""
    understood: bool = False
    helper: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """One statement of the 271 (loop 2110) in words. Money in cents; `quantity` with its unit in words.

    `what` and `insurance` are words for `code` and `insurance_type`; `span` says per or within what the amount counts.
    `first_day` and `last_day` are the days of a stay it is about, 61 to 90; `left` is what remains of them, or of
    visits and units, in words. `unit` is EB09; `procedure_code` and `modifiers` are what `procedure` says in words.
    """

    code: str
    what: str
    service: str
    insurance_type: str
    insurance: str
    span: str
    plan: str = ""
    service_types: tuple[str, ...] = ()
    time_period: str = ""
    amount_cents: int | None = None
    percent: str = ""
    quantity: str = ""
    unit: str = ""
    first_day: int | None = None
    last_day: int | None = None
    left: str = ""
    procedure: str = ""
    procedure_code: str = ""
    modifiers: tuple[str, ...] = ()
    network: str = ""
    periods: tuple[Period, ...] = ()
    facts: tuple[Fact, ...] = ()
    numbers: tuple[Number, ...] = ()
    messages: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """The part of Medicare it is about, or nothing."""
        return PARTS.get(self.insurance_type, "")

    @property
    def is_remaining(self) -> bool:
        """True when it says what is left, not what the whole is."""
        return self.time_period in _REMAINING


@dataclass(frozen=True, slots=True)
class Person:
    """The beneficiary as HETS knows them. `corrected`: HETS has other data than it was asked with."""

    mbi: str
    last_name: str
    first_name: str
    birth_date: date | None
    sex: str
    address: str
    middle_name: str = ""
    suffix: str = ""
    corrected: bool = False
    periods: tuple[Period, ...] = ()
    numbers: tuple[Number, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def full_name(self) -> str:
        """The name as it is read."""
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name, self.suffix) if part)


# Without slots: what follows from all of it is found once and kept.
@dataclass(frozen=True)
class Entitlement:
    """The whole answer. `trace` is HETS's number of the transaction; `about` who answered whom, and when.

    `refusals` are parts of the question that HETS did not answer; `remarks` what the answer as a whole lacks.
    """

    person: Person
    trace: str
    benefits: tuple[Benefit, ...] = ()
    about: tuple[Fact, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    remarks: tuple[str, ...] = ()

    @cached_property
    def death(self) -> date | None:
        """The date of death, when HETS has one; of several the earliest, after which nothing is sure."""
        dates = (*self.person.periods, *(each for said in self.benefits for each in said.periods))
        return min((each.first for each in dates if each.code == _DEATH and each.first), default=None)

    @cached_property
    def groups(self) -> dict[str, tuple[Benefit, ...]]:
        """The statements under the headings of the page, in its order; a heading nothing is said about is empty."""
        found: dict[str, list[Benefit]] = {heading: [] for heading in HEADINGS}
        for benefit in self.benefits:
            found[heading_of(benefit)].append(benefit)
        return {heading: tuple(some) for heading, some in found.items()}


# --- tabs and headings ----------------------------------------------------------------------------------------------

ENTITLEMENT = "Part A and Part B"
INACTIVE_PERIODS = "Inactive periods"
DRUGS = "Immunosuppressive drugs alone (Part B-ID)"
KIDNEY_DISEASE = "Kidney disease (ESRD) and transplant"
PREVENTION_PROGRAM = "Diabetes Prevention Program (MDPP)"
DEDUCTIBLES = "Deductibles"
THERAPY = "Therapy (KX modifier thresholds)"
REHABILITATION = "Cardiac and pulmonary rehabilitation"
TRAINING = "Diabetes training and nutrition therapy (DSMT, MNT)"
ACUPUNCTURE = "Acupuncture"
COGNITIVE_ASSESSMENT = "Cognitive assessment"
LIMITS = "Coinsurance and other limits"
PREVENTIVE = "Preventive services"
ADVANTAGE = "Medicare Advantage"
PART_D = "Part D"
PAYS_FIRST = "Other insurance that pays first (MSP)"
HOSPICE = "Hospice"
HOME_HEALTH = "Home health"
HOSPITAL = "Hospital days"
NURSING = "Skilled nursing facility days"
RESERVE = "Lifetime reserve days"
PSYCHIATRIC = "Psychiatric hospital days"
QMB = "Qualified Medicare Beneficiary (QMB)"
OTHER = "Other statements"


@dataclass(frozen=True, slots=True)
class Tab:
    """Headings that are read together. `anchor` is its place on the page."""

    anchor: str
    name: str
    headings: tuple[str, ...]


TABS = (
    Tab(
        "eligibility",
        "Eligibility",
        (ENTITLEMENT, INACTIVE_PERIODS, DRUGS, KIDNEY_DISEASE, PREVENTION_PROGRAM),
    ),
    Tab(
        "deductibles",
        "Deductibles and caps",
        (DEDUCTIBLES, THERAPY, REHABILITATION, TRAINING, ACUPUNCTURE, COGNITIVE_ASSESSMENT, LIMITS),
    ),
    Tab("preventive", "Preventive", (PREVENTIVE,)),
    Tab("plans", "Medicare Advantage and Part D", (ADVANTAGE, PART_D)),
    Tab("msp", "MSP", (PAYS_FIRST,)),
    Tab("hospice", "Hospice and home health", (HOSPICE, HOME_HEALTH)),
    Tab("inpatient", "Inpatient and SNF", (HOSPITAL, NURSING, RESERVE, PSYCHIATRIC)),
    Tab("qmb", "QMB", (QMB,)),
    Tab("other", "Other", (OTHER,)),
)
"""The tabs of the page and the parts of a print, in their order. All are shown: "None reported" is an answer too."""
HEADINGS = tuple(heading for tab in TABS for heading in tab.headings)

PARTS = {"MA": "Part A", "MB": "Part B"}
"""The parts of Medicare by EB04."""
BILL_OPTION = "Bill option code"
"""The label of the fact that says who processes the claims of a plan's patients: its code, then words."""
INACTIVE = frozenset("678")
"""EB01 of coverage that is not active."""

_ACTIVE = frozenset("12345")
_DEATH, _WHOLE_PLAN = "442", "30"
_REMAINING = frozenset({"29", "33"})
# DTP01: kinds of dates that have one code for the first day and one for the last.
_SIDES = frozenset({"193", "194", "340", "341", "342", "343", "346", "347", "348", "349", "356", "357", "540"})
_MANAGED_CARE = frozenset({"HM", "HN", "IN", "PR", "PS"})
# Who pays before Medicare: 42 CFR part 411, by EB04.
_SECONDARY_PAYER = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47", "AP", "LT", "WC"})
# HETS names the plan of a patient as another payer (R), in its later releases as whom to contact (U).
_OTHER_PAYERS = frozenset("RU")
_HOSPITAL_CARE = frozenset({"30", "47", "48", "49"})
_RESERVE_DAYS, _BLOOD = frozenset({"LA", "LE"}), "10"
_BY_SERVICE = {
    **dict.fromkeys(("14", "15", "16", "70", "76", "RN"), KIDNEY_DISEASE),
    **dict.fromkeys(("42", "44"), HOME_HEALTH),
    "45": HOSPICE,
    "64": ACUPUNCTURE,
    "88": PART_D,
    **dict.fromkeys(("AD", "AE", "AF", "PT"), THERAPY),
    "BD": COGNITIVE_ASSESSMENT,
    **dict.fromkeys(("BF", "BG"), REHABILITATION),
}
# Services that have a heading of their own although they are known by a procedure code (HCPCS).
_BY_PROCEDURE = {
    **dict.fromkeys((f"G{number}" for number in (9871, *range(9873, 9889), 9890, 9891)), PREVENTION_PROGRAM),
    **dict.fromkeys(("G0108", "G0109", "97802", "97803", "97804", "G0270", "G0271"), TRAINING),
    **dict.fromkeys(("97810", "97811", "97813", "97814", "20560", "20561"), ACUPUNCTURE),
    "99483": COGNITIVE_ASSESSMENT,
    # Certification of a plan of care.
    **dict.fromkeys(("G0179", "G0180"), HOME_HEALTH),
}
# What has no code in X12 and is told in words, in a message or as the name of the plan.
_BY_WORDS = (
    (re.compile(r"\bB-?ID\b|\bPBID\b|IMMUNOSUPPRESSIVE", re.IGNORECASE), DRUGS),
    (re.compile(r"\bMDPP\b|DIABETES PREVENTION", re.IGNORECASE), PREVENTION_PROGRAM),
    (re.compile(r"\bDSMT\b|\bMNT\b|SELF.MANAGEMENT|NUTRITION THERAPY", re.IGNORECASE), TRAINING),
    (re.compile(r"COGNITIVE ASSESSMENT", re.IGNORECASE), COGNITIVE_ASSESSMENT),
    (re.compile(r"\bTHERAPY\b", re.IGNORECASE), THERAPY),
)


def heading_of(said: Benefit) -> str:
    """The heading a statement stands under."""
    if said.insurance_type == "QM":
        return QMB
    if said.code in _OTHER_PAYERS:
        return _heading_of_payer(said)
    is_active, is_inactive = said.code in _ACTIVE and said.part, said.code in INACTIVE
    if (
        (is_active or (is_inactive and said.insurance_type in {"", *PARTS}))
        and not said.procedure
        and _is_whole_plan(said)
    ):
        if _heading_by_words(said) == DRUGS:
            return DRUGS
        return INACTIVE_PERIODS if is_inactive else ENTITLEMENT
    return _heading_of_service(said)


def _is_whole_plan(said: Benefit) -> bool:
    return not said.service_types or _WHOLE_PLAN in said.service_types


def _heading_of_payer(said: Benefit) -> str:
    if "88" in said.service_types:
        return PART_D
    if said.insurance_type in _MANAGED_CARE:
        return ADVANTAGE
    return PAYS_FIRST if said.insurance_type in _SECONDARY_PAYER else OTHER


def _heading_of_service(said: Benefit) -> str:
    if said.procedure:
        return _BY_PROCEDURE.get(said.procedure_code) or _heading_by_words(said) or PREVENTIVE
    if said.code == "C" or (_BLOOD in said.service_types and said.code in {"E", "F"}):
        return DEDUCTIBLES
    if said.code in set("BFGK") and said.part != "Part B" and (stay := _heading_of_stay(said)):
        return stay
    if said.code == "A":
        return LIMITS
    # A list that begins with the whole plan names what the plan covers, and is about none of it.
    listed = () if _WHOLE_PLAN in said.service_types else said.service_types
    by_service = (_BY_SERVICE[each] for each in listed if each in _BY_SERVICE)
    by_kind = LIMITS if said.code in set("BFGK") else OTHER
    return next(by_service, "") or _heading_by_words(said) or by_kind


def _heading_of_stay(said: Benefit) -> str:
    services = set(said.service_types)
    if "A7" in services:
        return PSYCHIATRIC
    if services & {"AG", "AH"}:
        return NURSING
    if services & _HOSPITAL_CARE:
        return RESERVE if said.code == "K" or said.unit in _RESERVE_DAYS else HOSPITAL
    return ""


def _heading_by_words(said: Benefit) -> str:
    words = " ".join((said.plan, *said.messages))
    return next((heading for pattern, heading in _BY_WORDS if words.strip() and pattern.search(words)), "")
