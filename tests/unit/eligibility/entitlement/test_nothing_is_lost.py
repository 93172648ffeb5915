"""Every field of every object of a 271 reaches the page and the API, or a list says why not."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from libs.common.web.pages import text
from libs.x12.eligibility import objects
from libs.x12.eligibility.objects import (
    Address,
    AnsweredPerson,
    Benefit,
    Contact,
    Dated,
    Delivery,
    Detail,
    EligibilityAnswer,
    Heading,
    MilitaryService,
    Name,
    Procedure,
    Provider,
    Receiver,
    Reference,
    Rejection,
    RelatedEntity,
    Source,
    Trace,
)
from libs.x12.findings import Finding
from services.eligibility.entitlement.views import in_words
from services.eligibility.inquiry.api import shown
from services.eligibility.inquiry.pages import entitlement_facts
from services.eligibility.inquiry.repository import Inquiry
from services.eligibility.inquiry.views import Opened
from services.eligibility.printout.views import STATEMENTS, printed
from tests.support.eligibility import question
from tests.support.field_walk import unexplained, unset, variants
from tests.support.page_kinds.app import FRAME

ASKED = question(mbi="1EG4TE5MK73", last_name="Ashgrove", first_name="Aldora")
INQUIRY = Inquiry(
    inquiry_id=UUID(int=1),
    enrollment_id=UUID(int=2),
    asked_by=UUID(int=3),
    asked_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
    state="answered",
    trace="INQ0001",
    beneficiary_token="",
    question="",
    answer="",
    codes="",
    answered_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
    sent_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
    question_digest=b"",
    reason="",
)


def address(number: int) -> Address:
    """An address that uses every place; each is told from the others."""
    return Address(f"{number} OLD ORCHARD WAY", f"APT {number}", f"TOWN{number}", "KY", "424691020", "US", "R7", "SUB3")


def name(entity: str, last: str, qualifier: str) -> Name:
    return Name(entity, "1", last, f"{last}A", f"{last}M", "JR", qualifier, f"{last}1234", "41")


PERSON = AnsweredPerson(
    name=name("IL", "ASHGROVE", "II"),
    traces=[Trace("1", "HETS1", "9CMS000001", "D1"), Trace("2", "INQ0001", "9SUB000010", "D2")],
    references=[Reference("18", "PLAN1", "PLANNAME")],
    address=address(1),
    provider=Provider("PC", "PXC", "207Q00000X"),
    birth_date=date(1936, 1, 10),
    sex="F",
    relationship="18",
    birth_sequence=2,
    diagnoses=(("ABK", "E119"), ("ABF", "I10")),
    dates=[Dated("307", date(2026, 11, 1), date(2026, 11, 30)), Dated("442", date(2026, 11, 20))],
    rejections=[Rejection("2100C", "71", "C", is_valid=True)],
    maintenance="001",
    maintenance_reason="25",
    military=[MilitaryService("C", "AO", "C", "RIFLES", "E1", date(1956, 1, 1), date(1958, 1, 1))],
    benefits=[
        Benefit("1", "IND", ("30",), "MA", dates=[Dated("291", date(2001, 2, 1), date(2026, 12, 31))]),
        Benefit("C", service_types=("96",), insurance="MB", time_period="23", amount_cents=28_300),
        Benefit("C", service_types=("96",), insurance="MB", time_period="29", amount_cents=12_345),
        Benefit(
            information="D",
            coverage_level="IND",
            service_types=("30", "42"),
            insurance="MB",
            plan="GOLD",
            time_period="23",
            amount_cents=12_345,
            amount_decimals=2,
            percent=Decimal("0.125"),
            unit="VS",
            quantity=Decimal("8.5"),
            authorization="Y",
            in_network="N",
            procedure=Procedure("HC", "G0438", ("25", "GT"), "G0439"),
            diagnosis_pointers=(1, 2),
            deliveries=[Delivery("VS", Decimal(8), "WK", Decimal(2), "29", 3, "A", "D")],
            references=[Reference("IG", "POLICY7", "FOUNDRY")],
            dates=[Dated("292", date(2026, 1, 1), date(2026, 12, 31)), Dated("999", date(2026, 3, 1))],
            rejections=[Rejection("2110C", "56", "N", is_valid=True)],
            messages=["MCO BILL OPTION CODE C", "ANOTHER"],
            details=[Detail("ZZ", "11", "44", "IN THE OFFICE")],
            entities=[
                RelatedEntity(
                    name("PRP", "LANTERN", "PI"),
                    address(2),
                    [Contact("MS LANTERN", (("TE", "8005550144"), ("UR", "WWW.LANTERN.EXAMPLE")))],
                    Provider("HH", "PXC", "251E00000X"),
                )
            ],
        ),
        Benefit("R", insurance="12", entities=[RelatedEntity(name("PRP", "FOUNDRY", "PI"))]),
    ],
)
FINDING = Finding(
    1, "mbi", "A fault in words.", "Field", "NM1", 7, "2100C", 9, 1, 1, "8", "7", "67", "A3", "33", "IL", "72", "C"
)
SAMPLE = EligibilityAnswer(
    heading=Heading("REF1", datetime(2026, 11, 23, 9, 30), "11"),  # noqa: DTZ001  times of X12 carry no zone
    source=Source(
        name("PR", "CMSPAYER", "PI"),
        [Contact("HETS DESK", (("TE", "8665550173"),))],
        [Rejection("2000A", "42", "R")],
        [Rejection("2100A", "79", "C")],
    ),
    receiver=Receiver(
        name("1P", "CLINIC", "XX"),
        [Reference("EO", "SUB1", "NAMED")],
        address(3),
        [Rejection("2100B", "43", "C")],
        Provider("BI", "PXC", "193200000X"),
    ),
    subscriber=PERSON,
    findings=(FINDING,),
    notices=(replace(FINDING, segment="EB", element=1, code_set="eligibility_or_benefit_code"),),
)  # fmt: skip

# Of the question, whose page is its form.
ASKED_SIDE = {"AskedPerson", "EligibilityInquiry", "Question"}
_THE_PART = "which level of the transaction it is; the heading or label above it says so"
_KIND = "a person or an organization, as the name itself shows"
_PLACE = "where the fault is and how X12 codes it; the sentence says it in words"
NOT_SHOWN = {
    "source.name.entity": _THE_PART,
    "receiver.name.entity": _THE_PART,
    "subscriber.name.entity": _THE_PART,
    "source.name.kind": _KIND,
    "receiver.name.kind": _KIND,
    "subscriber.name.kind": _KIND,
    "subscriber.benefits.entities.name.kind": _KIND,
    "subscriber.benefits.amount_decimals": "how many zeros were written; the amount is shown in dollars and cents",
    "heading.kind": "of a question alone: a spend down",
    "transaction": "the place of the answer in its file; HETS sends one",
    **{
        f"findings.{field}": _PLACE
        for field in (
            *("snip", "code", "field", "segment", "position", "loop", "element", "component", "repeat", "segment_code"),
            *(
                "element_code",
                "element_reference",
                "category",
                "status",
                "entity",
                "reject_reason",
                "follow_up",
                "line",
            ),
        )
    },
    "notices.code_set": "which list lacks the code: an operator hears of it",
    **{
        f"notices.{field}": _PLACE
        for field in (
            *("snip", "code", "sentence", "field", "position", "loop", "component", "repeat", "segment_code"),
            *(
                "element_code",
                "element_reference",
                "category",
                "status",
                "entity",
                "reject_reason",
                "follow_up",
                "line",
            ),
        )
    },
}
# The API alone says whether HETS could read what it refused: a clerk can do nothing with that.
NOT_ON_THE_PAGE = NOT_SHOWN | {
    f"{level}.is_valid": "AAA01; the API has it"
    for level in (
        *("source.refused", "source.rejections", "receiver.rejections", "subscriber.rejections"),
        "subscriber.benefits.rejections",
    )
}


def opened(answer: EligibilityAnswer) -> Opened:
    known, refusals = in_words(answer)
    return Opened(INQUIRY, ASKED, known, refusals)


def page(answer: EligibilityAnswer) -> str:
    one = opened(answer)
    around: dict[str, Any] = {"frame": FRAME, "path": "/eligibility", "crumbs": (), "idempotency_key": "k", "one": one}
    return text("eligibility/inquiry/entitlement.html", around | entitlement_facts(one))


def api(answer: EligibilityAnswer) -> str:
    return shown(opened(answer)).model_dump_json()


def print_(answer: EligibilityAnswer) -> str:
    return repr(printed(opened(answer), ZoneInfo("America/New_York")))


@pytest.mark.parametrize(
    ("where", "reasons"),
    [(page, NOT_ON_THE_PAGE), (api, NOT_SHOWN), (print_, NOT_ON_THE_PAGE)],
    ids=["page", "api", "print"],
)
def test_every_field_of_an_answer_is_shown_or_a_list_says_why_not(where: Any, reasons: dict[str, str]) -> None:
    outputs = {each.path: where(each.value) for each in variants(SAMPLE)}
    assert unexplained(where(SAMPLE), outputs, reasons) == []


def test_a_print_of_more_statements_than_it_takes_says_so() -> None:
    said = opened(SAMPLE)
    assert said.answer is not None
    many = replace(said, answer=replace(said.answer, benefits=said.answer.benefits[:1] * (STATEMENTS + 1)))
    zone = ZoneInfo("America/New_York")
    assert "HETS made 401 statements; the first 400 are printed." in repr(printed(many, zone))
    assert "statements; the first" not in repr(printed(said, zone))


def test_the_sample_sets_every_field_of_the_answers_side() -> None:
    missing = {each for each in unset(SAMPLE, objects) if each.split(".")[0] not in ASKED_SIDE}
    # The kind of a heading belongs to a spend down that is asked about; the patient of Medicare is never a dependent.
    assert missing == {"Heading.kind", "EligibilityAnswer.dependent"}


def test_a_dependent_is_shown_with_the_insured() -> None:
    answer = replace(SAMPLE, dependent=replace(PERSON, name=name("03", "YOUNGER", "")))
    assert "YOUNGERA YOUNGERM YOUNGER JR" in page(answer)
    assert "ASHGROVE1234" in page(answer)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("msp", ["Insurer that pays first:</span> FOUNDRYA FOUNDRYM FOUNDRY JR"]),
        ("percent", ["12.5%"]),
        ("network", ["Out of network"]),
        ("authorization", ['Prior authorization:</span> <span class="p-code">Required</span>']),
        ("place", ["Place of service:</span> 11, Office, Nature of injury, IN THE OFFICE"]),
        ("often", ["8 visits, per 2 weeks, remaining, 3 periods, Monday to Friday, morning"]),
        ("number", ['Insurance policy number:</span> <span class="p-code">POLICY7</span> FOUNDRY']),
        ("date", ["Unknown code 999: 03/01/2026"]),
        ("option", ["Bill option code:</span> C, the plan processes all claims"]),
        ("telephone", ['Telephone:</span> <span class="p-code">800-555-0144</span>']),
        ("diagnoses", ["For diagnosis:</span> E11.9, I10"]),
        ("address", ["2 OLD ORCHARD WAY, APT 2, TOWN2, KY 42469-1020"]),
    ],
)
def test_what_is_shown_is_in_words(path: str, words: list[str]) -> None:
    del path  # the name of the case
    found = re.sub(r"\s+", " ", page(SAMPLE))
    assert [each for each in words if each not in found] == []
