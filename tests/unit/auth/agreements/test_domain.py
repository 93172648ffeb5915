"""Which document is asked of whom, when a signature counts no longer, and what a file of a text must hold."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.auth.access.domain import ADMINISTRATORS
from services.auth.agreements.domain import (
    DOCUMENTS,
    PRIVILEGED,
    Name,
    Question,
    Signature,
    Text,
    counts_until,
    is_due,
    may_sign,
    passes,
    shows_codes,
    signable_by,
    wrong_answers,
)
from services.auth.agreements.partner import TextFolder, content_of, our_texts, text_of

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
EARLY = timedelta(days=45)
YEAR = timedelta(days=365)
TEXTS = our_texts()
# The digest of each text that was ever shown under a version. A text that changes gets a new version and a new line.
SHOWN = {
    ("administrator", "2027-01"): "97cb2226b1b7105b1024fd2a6c1193f336b38b7e84e65a487aeb96da1149df3e",
    ("attestation", "2027-01"): "578f130262477d59ac36857eb189bda4807cff6a9af8ef1a4147585cc109dba8",
    ("code-sets", "2027-01"): "514a5e47b10a835d3a6decde2f4828ba10f86d2a0f654f28aeadde045c1f23de",
    ("notice", "2026-12"): "81f0d93b55191bff0f848bf4c6c796ce13f3e4f3d96b360d4937725399dd434a",
    ("privileged-rules", "2027-01"): "67960f9039fc5d9e74ef56d617d60bc1f8b40b886beb0be31614e973d06b25fa",
    ("rules-of-behavior", "2026-12"): "3fba887ecb2cf8159babb3c4ca2139a72b232b7b29e70cf2b876814b9ad28f65",
    ("terms", "2027-01"): "67658709fc7dea7e9041dc2440293e6401174fe65267ac1b2c11cd855a08c285",
    ("terms", "2027-02"): "a8494a0a216d55808f2808bd72e5a7abd20e3052570f809130b32eab5a605e3b",
    ("training", "2027-01"): "f2838a6f50910c9a4ef758740d39eb001d50764b327583f3eb9cfe6646e3c71b",
}


def signature(text: Text, until: datetime) -> Signature:
    return Signature(uuid4(), text.document, text.version, text.digest, "", "electronic", until - YEAR, until)


def signed(role: str, until: datetime = NOW + YEAR, **others: datetime) -> dict[Name, Signature]:
    """All that a role signs, until then; `others` name documents (with underscores) that count until another time."""
    return {
        each.name: signature(TEXTS[each.name], others.get(each.name.replace("-", "_"), until))
        for each in signable_by(role)
    }


@pytest.mark.parametrize("text", TEXTS.values(), ids=lambda each: each.document)
def test_a_text_never_changes_under_its_version(text: Text) -> None:
    assert text.digest.hex() == SHOWN[text.document, text.version]


def test_every_word_counts_in_the_digest() -> None:
    rules = TEXTS["rules-of-behavior"]
    first = rules.parts[0]
    changed = replace(first, sentences=(*first.sentences[:-1], f"{first.sentences[-1]} indeed"))
    assert replace(rules, parts=(changed, *rules.parts[1:])).digest != rules.digest
    assert replace(rules, version="2027-01").digest != rules.digest
    training = TEXTS["training"]
    asked = replace(training.questions[0], because="Because.")
    assert replace(training, questions=(asked, *training.questions[1:])).digest != training.digest


@pytest.mark.parametrize(
    ("role", "besides"),
    [
        ("PROVIDER_USER", {"attestation"}),
        ("VENDOR_USER", {"attestation"}),
        ("APPLICANT", set()),
        ("PROVIDER_ADMIN", {"privileged-rules", "administrator", "attestation"}),
        ("VENDOR_ADMIN", {"privileged-rules", "administrator", "attestation"}),
        ("PORTAL_OPERATOR", {"privileged-rules", "attestation"}),
    ],
)
def test_privileged_users_sign_more(role: str, besides: set[str]) -> None:
    asked = [each.name for each in signable_by(role)]
    assert set(asked) == {"terms", "rules-of-behavior", "training", "code-sets"} | besides
    assert asked == [each for each in DOCUMENTS if each in asked]
    assert PRIVILEGED > ADMINISTRATORS


@pytest.mark.parametrize(
    ("left", "due", "open_"), [(46, False, False), (45, False, True), (1, False, True), (0, True, True)]
)
def test_it_counts_for_a_year_and_can_be_renewed_before(left: int, due: bool, open_: bool) -> None:
    text = TEXTS["terms"]
    one = signature(text, NOW + timedelta(days=left))
    assert is_due(text, one, NOW) is due
    assert may_sign(text, one, NOW, early=EARLY) is open_
    assert is_due(replace(text, version="2027-03"), one, NOW)
    assert is_due(text, None, NOW)


def test_each_gate_opens_until_the_first_of_its_documents_runs_out() -> None:
    soon = NOW + timedelta(days=3)
    mine = signed("PROVIDER_ADMIN", administrator=soon)
    assert counts_until("rules", "PROVIDER_ADMIN", TEXTS, mine, NOW) == soon
    assert counts_until("training", "PROVIDER_ADMIN", TEXTS, mine, NOW) == NOW + YEAR
    # What was enough for a user is not enough once the same person manages others.
    assert counts_until("rules", "PROVIDER_ADMIN", TEXTS, signed("PROVIDER_USER"), NOW) == NOW
    newer = {**TEXTS, "training": replace(TEXTS["training"], version="2027-02")}
    assert counts_until("training", "PROVIDER_ADMIN", newer, mine, NOW) == NOW
    assert counts_until("rules", "PROVIDER_ADMIN", newer, mine, NOW) == soon


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("/claims", True),
        ("/claims/1", True),
        ("/remittance/1/pdf", True),
        ("/appeals", True),
        ("/home", False),
        ("/claimsomething", False),
        ("/auth", False),
    ],
)
def test_the_license_is_asked_where_codes_are_shown(path: str, shows: bool) -> None:
    assert shows_codes(path) is shows


@pytest.mark.parametrize(
    ("answers", "passed"),
    [
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, True),
        ({1: 1, 2: 1, 3: 1, 4: 1}, True),
        ({1: 1, 2: 1, 3: 1, 4: 2, 5: 2}, False),
        ({}, False),
    ],
)
def test_the_training_is_passed_with_enough_right_answers(answers: Mapping[int, int], passed: bool) -> None:
    text = replace(TEXTS["training"], questions=(Question("What?", ("this", "that"), 1, "Because."),) * 5)
    assert passes(text, answers, percent=80) is passed
    assert len(wrong_answers(text, answers)) == 5 - sum(each == 1 for each in answers.values())
    assert passes(TEXTS["terms"], {}, percent=80)


def test_the_answers_of_our_training_can_be_told_from_the_course() -> None:
    places = {each.right for each in TEXTS["training"].questions}
    assert places == {1, 2, 3}  # not always the same button
    assert all(text_of(content_of(text)) == text for text in TEXTS.values())


def _file(**changes: str) -> str:
    values = {"document": "terms", "version": "CMS-7", "title": "Terms", "heading": "One", **changes}
    return (
        'document = "{document}"\nversion = "{version}"\ntitle = "{title}"\n'
        '[[parts]]\nheading = "{heading}"\nopening = "Two."\nsentences = ["Three."]\n'
    ).format(**values)


def test_an_official_text_is_read_from_the_operators_folder(tmp_path: Path) -> None:
    folder = tmp_path / "agreements"
    folder.mkdir()
    (folder / "terms.toml").write_text(_file(), encoding="utf-8")
    texts, faults = TextFolder(tmp_path).texts()
    assert (texts["terms"].version, texts["terms"].parts[0].sentences, faults) == ("CMS-7", ("Three.",), {})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("terms.txt", _file(), "name the file as its document"),
        ("terms.toml", "no toml at all", "it is no TOML"),
        ("terms.toml", _file(document="training"), "has questions"),
        ("terms.toml", _file(document="notice"), "document says notice, the file is named for terms"),
        ("terms.toml", _file(version="two words"), "version: String should match"),
        ("terms.toml", _file(heading=""), "parts.0.heading: String should have at least 1 character"),
        ("terms.toml", 'document = "terms"', "version: Field required"),
        ("terms.toml", "x" * 200_001, "shorten it"),
    ],
)
def test_a_file_that_holds_no_text_says_what_to_correct(tmp_path: Path, name: str, content: str, said: str) -> None:
    folder = tmp_path / "agreements"
    folder.mkdir()
    (folder / name).write_text(content, encoding="utf-8")
    texts, faults = TextFolder(tmp_path).texts()
    assert texts == {}
    assert said in faults[name]
