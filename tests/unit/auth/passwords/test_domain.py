"""Which passwords are taken, and why another one is not."""

from hashlib import sha1
from pathlib import Path

import pytest

from services.auth.passwords.domain import changed_share, fault_of_form, guidelines, sentence, without, words_in
from services.auth.passwords.partner import is_stolen, score
from services.auth.settings import AuthSettings

RULES = AuthSettings()
GOOD = "copper lantern behind nine doors"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        (GOOD, None),
        ("14 characters!", "short"),
        ("15 characters!!", None),
        ("   14 characters!   ", "short"),
        ("e\u0301" * 14, "short"),
        ("x" * 128, None),
        ("x" * 129, "long"),
        ("\u0430\u0431\u0432" * 6, "plain"),
        ("\u0430\u0431\u0432" * 6 + "7", None),
        ("!?.,-+*/=()[]{}", "plain"),
    ],
    ids=["words", "14", "15", "spaces around it", "composed", "128", "129", "no letter", "a digit", "signs alone"],
)
def test_a_password_has_15_to_128_characters_and_a_letter_or_digit(password: str, fault: str | None) -> None:
    assert fault_of_form(password, RULES) == fault


@pytest.mark.parametrize(
    ("old", "new", "taken"),
    [
        (GOOD, f"{GOOD}1", False),
        (GOOD, f"1{GOOD.upper()}", False),
        (GOOD, GOOD[::-1], True),
        (GOOD, "copper kettles make seventeen moons", True),
        (GOOD, "copper lantern, seventeen moons", False),
        ("a" * 20, "a" * 19 + "b", False),
    ],
)
def test_three_quarters_of_it_are_new_wherever_the_rest_stands(old: str, new: str, taken: bool) -> None:
    assert (fault_of_form(new, RULES, old=old) is None) == taken


def test_the_changed_part_is_between_none_and_all() -> None:
    assert changed_share(GOOD, GOOD) == 0
    assert changed_share("abcdefghijklmno", "123456789012345") == 1


@pytest.mark.parametrize(
    "password",
    ["passwordpassword", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaaaaaaa", "riverside biller 2026", "123456789123456789"],
)
def test_what_is_common_repeated_or_ones_own_is_easy_to_guess(password: str) -> None:
    words = words_in("Riverside Clinic", "riverside.biller", "Una Biller")
    assert score(without(password, words)) < RULES.password_least_score


@pytest.mark.parametrize("password", [GOOD, f"{GOOD} " * 4])
def test_words_that_do_not_belong_together_are_hard_to_guess(password: str) -> None:
    assert score(without(password, words_in("Riverside Clinic"))) >= RULES.password_least_score


@pytest.mark.parametrize("end", [":3\r\n", "\n"], ids=["with counts", "digests alone"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_a_stolen_password_is_found_wherever_it_stands_in_the_list(tmp_path: Path, count: int, end: str) -> None:
    stolen = [f"stolen password {number}" for number in range(count)]
    digests = sorted(sha1(each.encode(), usedforsecurity=False).hexdigest().upper() for each in stolen)
    file = tmp_path / "stolen.txt"
    file.write_bytes("".join(f"{each}{end}" for each in digests).encode())
    assert [each for each in stolen if not is_stolen(each, file)] == []
    assert [number for number in range(20) if is_stolen(f"another password {number}", file)] == []


def test_each_fault_says_what_to_do_and_what_is_asked_is_told_before() -> None:
    said = [sentence(each, RULES) for each in ("short", "long", "plain", "known", "guessable", "unchanged")]
    assert len(set(said)) == len(said)
    assert "at least 15 characters" in said[0]
    assert "at least 75 percent" in said[-1]
    assert "15 to 128 characters" in "".join(each.words for each in guidelines(RULES))
