from dataclasses import replace

import pytest

from libs.common.persistence.paging import MAX_COUNTED, Page, whole
from libs.common.web.paging import Column, Listing

LISTING = Listing(
    "claim",
    (Column("ICN", "icn"), Column("MBI")),
    Page(("a row",), previous="11", next="22", total=237),
    path="/claims",
    empty="None.",
    sort="icn",
    filters={"status": "denied"},
    csv="/claims/list.csv",
)


def test_a_lists_addresses_keep_filter_and_order() -> None:
    assert LISTING.start == "/claims?status=denied&sort=icn"
    assert LISTING.previous == "/claims?status=denied&sort=icn&before=11"
    assert LISTING.next == "/claims?status=denied&sort=icn&after=22"
    assert LISTING.file == "/claims/list.csv?status=denied&sort=icn"
    assert LISTING.sorting(LISTING.columns[0]) == "/claims?status=denied&sort=-icn"
    assert replace(LISTING, descending=True).sorting(LISTING.columns[0]) == "/claims?status=denied&sort=icn"
    assert LISTING.sorted_by(LISTING.columns[0]) == "ascending"
    assert LISTING.sorted_by(LISTING.columns[1]) == "none"


def test_a_list_that_ends_leads_nowhere() -> None:
    listing = replace(LISTING, page=whole(["a row"]), csv="")

    assert (listing.previous, listing.next, listing.file) == ("", "", "")


@pytest.mark.parametrize(
    ("total", "words"),
    [(1, "1 claim"), (MAX_COUNTED, "1,000 claims"), (MAX_COUNTED + 1, "More than 1,000 claims")],
)
def test_a_list_says_how_much_it_has_as_far_as_it_was_counted(total: int, words: str) -> None:
    assert replace(LISTING, page=Page(total=total)).counted == words
