"""Every field of every object of a 271 reaches the page and the API, or a list says why not."""

import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from libs.common.web.pages import text
from libs.x12.eligibility import objects
from libs.x12.eligibility.objects import (
    EligibilityAnswer,
)
from services.eligibility.entitlement.views import in_words
from services.eligibility.inquiry.api import shown
from services.eligibility.inquiry.pages import entitlement_facts
from services.eligibility.inquiry.views import Opened
from services.eligibility.printout.views import STATEMENTS, printed
from tests.support.eligibility_answers import ASKED, INQUIRY, PERSON, SAMPLE, name
from tests.support.field_walk import unexplained, unset, variants
from tests.support.page_kinds.app import FRAME

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
        ("number", ["Insurance policy number:</span> POLICY7 FOUNDRY"]),
        ("date", ["Unknown code 999:</span> 03/01/2026"]),
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
