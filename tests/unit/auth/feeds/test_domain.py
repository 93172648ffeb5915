"""Which file of a partner is next, which is held, and what each standing in PECOS does to access."""

from datetime import date

import pytest

from services.auth.feeds.domain import (
    EFFECTS,
    Extent,
    Header,
    Order,
    PecosFacts,
    Standing,
    closes,
    in_order,
    standings,
    too_small,
)

TODAY = date(2026, 11, 30)
YESTERDAY, TOMORROW = date(2026, 11, 29), date(2026, 12, 1)


@pytest.mark.parametrize(
    ("extent", "sequence", "last", "order"),
    [
        ("full", 1, None, "next"),
        ("full", 7, None, "next"),
        ("delta", 1, None, "gap"),
        ("delta", 8, 7, "next"),
        ("full", 8, 7, "next"),
        ("delta", 9, 7, "gap"),
        ("full", 9, 7, "next"),
        ("delta", 7, 7, "repeated"),
        ("full", 7, 7, "repeated"),
        ("delta", 6, 7, "older"),
        ("full", 6, 7, "older"),
    ],
)
def test_files_are_taken_in_their_order_and_only_a_full_one_closes_a_gap(
    extent: Extent, sequence: int, last: int | None, order: Order
) -> None:
    assert in_order(Header("pecos", extent, sequence), last) == order


@pytest.mark.parametrize(
    ("extent", "rows", "known", "found"),
    [
        ("full", 0, 0, "empty"),
        ("full", 0, 100, "empty"),
        ("full", 89, 100, "smaller"),
        ("full", 90, 100, ""),
        ("full", 1, 0, ""),
        ("delta", 0, 100, ""),
    ],
)
def test_a_full_file_that_would_take_access_from_many_is_held(
    extent: Extent, rows: int, known: int, found: str
) -> None:
    assert too_small(Header("pecos", extent, 2), rows, known, least_percent=90) == found


@pytest.mark.parametrize(
    ("facts", "names", "open_"),
    [
        (PecosFacts("approved"), ["approved"], True),
        (PecosFacts("approved", revalidation_due=date(2027, 2, 28)), ["revalidation-due"], True),
        (PecosFacts("approved", revalidation_due=date(2027, 3, 1)), ["approved"], True),
        (PecosFacts("approved", revalidation_due=YESTERDAY), ["revalidation-late"], True),
        (PecosFacts("stayed", TODAY), ["stayed"], True),
        (PecosFacts("stayed", YESTERDAY), ["approved"], True),
        (PecosFacts("approved", sanction="waived"), ["waived"], True),
        (PecosFacts("stayed", TOMORROW, YESTERDAY, "waived"), ["stayed", "waived", "revalidation-late"], True),
        (PecosFacts("deactivated", YESTERDAY), ["deactivated"], False),
        (PecosFacts("revoked", TOMORROW), ["revoked"], False),
        (PecosFacts("approved", sanction="excluded"), ["excluded"], False),
        (PecosFacts("revoked", TODAY, YESTERDAY, "excluded"), ["excluded", "revoked", "revalidation-late"], False),
        (None, ["not-listed"], False),
    ],
)
def test_each_standing_in_pecos_is_told_and_has_its_own_effect(
    facts: PecosFacts | None, names: list[str], open_: bool
) -> None:
    assert [each.name for each in standings(facts, TODAY, revalidation_days=90)] == names
    assert (closes(facts) is None) == open_


def test_a_revocation_and_an_exclusion_ask_for_certification_again_and_a_deactivation_does_not() -> None:
    assert [name for name, each in EFFECTS.items() if each.certify_again] == ["excluded", "revoked"]
    assert closes(PecosFacts("revoked", TOMORROW)) == Standing("revoked", TOMORROW)
    assert all(each.rule for each in EFFECTS.values())
