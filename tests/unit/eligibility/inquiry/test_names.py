from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.hets.domain import SentName, sent_name, strange_characters
from services.eligibility.inquiry.domain import name_variants, question_faults, retries
from tests.support.eligibility import question
from tests.support.portico import MORNING

TODAY = MORNING.date()


@pytest.mark.parametrize(
    ("last", "first", "sent"),
    [
        ("  Van  der   Berg ", " Aldora ", ("VAN DER BERG", "ALDORA", "")),
        ("Briarwood Jr.", "", ("BRIARWOOD", "", "JR")),
        ("Briarwood, III", "", ("BRIARWOOD", "", "III")),
        ("BRIARWOOD/SR", "", ("BRIARWOOD", "", "SR")),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Dell \N{EN DASH} Ash", "", ("O'DELL-ASH", "", "")),
        ("Muñoz", "Zoë", ("MUNOZ", "ZOE", "")),
        ("Groß", "Łucja", ("GROSS", "LUCJA", "")),
        ("Jr", "V", ("JR", "V", "")),
        ("St. Clair", "A.", ("ST CLAIR", "A", "")),
    ],
)
def test_a_name_travels_without_what_a_card_does_not_have(last: str, first: str, sent: tuple[str, str, str]) -> None:
    assert sent_name(question(last_name=last, first_name=first)) == SentName(*sent)


def test_a_suffix_travels_inside_the_last_name_when_the_question_says_so() -> None:
    assert sent_name(question(last_name="Briarwood Jr.", suffix_inside=True)) == SentName("BRIARWOOD JR", "")


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_travels_is_in_the_basic_character_set_or_has_a_fault_and_is_stable(last: str, first: str) -> None:
    asked = question(last_name=last, first_name=first)
    name = sent_name(asked)
    faults = question_faults(asked, TODAY, years_back=4, months_ahead=4)
    basic = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 '-")
    for field, words in (("last_name", f"{name.last}{name.suffix}"), ("first_name", name.first)):
        assert field in faults or set(words) <= basic
        assert "  " not in words
    if not strange_characters(last):
        again = sent_name(replace(asked, last_name=name.last, first_name=name.first, suffix_inside=True))
        assert (again.last, again.first) == (name.last, name.first)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Briar*wood", "Write the last name in letters A to Z, with hyphens and apostrophes. Remove: *"),
        ("Бриарвуд", "Write the last name in letters A to Z, with hyphens and apostrophes."),
        (". -", "Enter the last name."),
        ("A" * 59 + "ß", "Shorten the last name: HETS takes at most 60 characters."),
    ],
)
def test_a_name_that_hets_cannot_be_asked_with_is_explained(typed: str, sentence: str) -> None:
    faults = question_faults(question(last_name=typed), TODAY, years_back=4, months_ahead=4)
    assert faults == {"last_name": sentence}


def sent(asked: object) -> list[SentName]:
    return [sent_name(each) for each in name_variants(asked)]  # type: ignore[arg-type]


def test_a_suffix_is_tried_inside_the_last_name_first_and_then_left_out() -> None:
    assert sent(question(last_name="Briarwood Jr", first_name="", birth_date=None)) == [
        SentName("BRIARWOOD JR", ""),
        SentName("BRIARWOOD", ""),
    ]


def test_two_last_names_are_tried_as_one_and_with_another_sign_between_them() -> None:
    assert sent(question(last_name="Briar-Wood")) == [SentName("BRIAR WOOD", ""), SentName("BRIARWOOD", "")]
    assert sent(question(last_name="Briar Wood")) == [SentName("BRIAR-WOOD", ""), SentName("BRIARWOOD", "")]


def test_the_first_name_is_left_out_only_where_the_birth_date_is_known() -> None:
    assert sent(question(first_name="Aldora")) == [SentName(question().last_name.upper(), "")]
    assert sent(question(first_name="Aldora", birth_date=None)) == []
    assert sent(question(first_name="Aldora M", birth_date=None)) == [
        SentName(question().last_name.upper(), "ALDORA"),
    ]


@given(st.from_regex(r"[A-Z]{1,8}([ '-][A-Z]{1,8}){0,3}( JR| III)?", fullmatch=True), st.booleans())
def test_variants_are_few_differ_and_may_be_asked(last: str, inside: bool) -> None:
    asked = question(last_name=last, first_name="Aldora Q", suffix_inside=inside)
    found = name_variants(asked)
    names = [sent_name(each) for each in (asked, *found)]
    assert len(found) <= 5
    assert len(set(names)) == len(names)
    for each in found:
        assert question_faults(each, TODAY, years_back=4, months_ahead=4) == {}
        assert (each.mbi, each.birth_date, each.service_from) == (asked.mbi, asked.birth_date, asked.service_from)


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (("73",), ["With the suffix inside the last name", "Without the suffix", "Without the first name"]),
        (("71",), ["Without the birth date"]),
        (("58", "73"), ["Without the birth date", "With the suffix inside the last name"]),
        (("75",), []),
        (("42",), []),
    ],
)
def test_what_is_offered_after_a_refusal_follows_from_its_reason(codes: tuple[str, ...], words: list[str]) -> None:
    asked = question(last_name="Briarwood Jr", first_name="Aldora")
    assert [each.words for each in retries(asked, codes)][: len(words)] == words
    assert bool(retries(asked, codes)) == bool(words)
