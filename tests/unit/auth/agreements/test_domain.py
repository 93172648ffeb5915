"""Which text is asked of whom, and when it counts no longer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.auth.access.domain import ADMINISTRATORS
from services.auth.agreements.domain import ADMINISTRATOR_RULES, USER_RULES, Accepted, Agreement, rules_for

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
EARLY = timedelta(days=45)
# The digest of each text that was ever shown under a version. A text that changes gets a new version and a new line.
SHOWN = {
    "2026-11": "0f54025723bac07ae3b1359c3c99cc566953722669c4f26b83e63777972b7d34",
    "2026-11-privileged": "8737c88609ad9f492e5e31b0a06e1fed378987340d2630522beae1bbbaf20204",
    "2026-12": "3fba887ecb2cf8159babb3c4ca2139a72b232b7b29e70cf2b876814b9ad28f65",
    "2026-12-privileged": "125b3058dfb1279e8c195591ffb28aaf6617e538d1e9c8c221f9623905c90757",
}


@pytest.mark.parametrize("agreement", [USER_RULES, ADMINISTRATOR_RULES], ids=lambda each: each.version)
def test_a_text_never_changes_under_its_version(agreement: Agreement) -> None:
    assert agreement.digest.hex() == SHOWN[agreement.version]


def test_every_word_counts_in_the_digest() -> None:
    first = USER_RULES.parts[0]
    changed = replace(first, sentences=(*first.sentences[:-1], f"{first.sentences[-1]} indeed"))
    assert replace(USER_RULES, parts=(changed, *USER_RULES.parts[1:])).digest != USER_RULES.digest
    assert replace(USER_RULES, version="2027-01").digest != USER_RULES.digest


def test_the_text_asserts_demands_forbids_and_says_what_follows() -> None:
    headings = [part.heading for part in USER_RULES.parts]
    assert headings == [
        "What you assert",
        "What you must do",
        "What you must not do",
        "What to refrain from",
        "What follows if you do not keep to them",
    ]
    assert all(part.sentences for part in (*USER_RULES.parts, *ADMINISTRATOR_RULES.addendum))


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_whoever_manages_users_accepts_the_addendum_besides(role: str) -> None:
    asked = rules_for(role)
    assert asked.addendum
    assert asked.parts == USER_RULES.parts
    assert asked.version != USER_RULES.version


@pytest.mark.parametrize("role", ["PROVIDER_USER", "VENDOR_USER", "anything else"])
def test_nobody_else_does(role: str) -> None:
    assert rules_for(role) is USER_RULES


@pytest.mark.parametrize(
    ("accepted", "role", "stands"),
    [
        (Accepted("2026-12", NOW + timedelta(seconds=1)), "PROVIDER_USER", True),
        (Accepted("2026-12", NOW), "PROVIDER_USER", False),
        (Accepted("2025-11", NOW + timedelta(days=300)), "PROVIDER_USER", False),
        (Accepted("", NOW + timedelta(days=300)), "PROVIDER_USER", False),
        (Accepted("2026-12", NOW + timedelta(days=300)), "PROVIDER_ADMIN", False),
        (Accepted("2026-12-privileged", NOW + timedelta(days=300)), "PROVIDER_ADMIN", True),
        (Accepted("2026-12-privileged", NOW + timedelta(days=300)), "PROVIDER_USER", False),
    ],
)
def test_it_counts_for_a_year_for_this_text_and_this_role(accepted: Accepted, role: str, stands: bool) -> None:
    assert accepted.stands(role, NOW) is stands


@pytest.mark.parametrize(("days", "asked"), [(46, False), (45, True), (1, True), (-1, True)])
def test_it_is_asked_again_before_it_runs_out(days: int, asked: bool) -> None:
    accepted = Accepted("2026-12", NOW + timedelta(days=days))
    assert accepted.asked_again("PROVIDER_USER", NOW, early=EARLY) is asked
