from dataclasses import replace

import pytest

from libs.common.errors import Rejected
from libs.common.persistence.paging import MAX_COUNTED, Page, Place, page_in, whole
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


def test_rows_at_hand_are_paged_there_and_back() -> None:
    rows, size = range(1, 8), 3
    first = page_in(rows, Place(size=size))
    second = page_in(rows, Place(after=first.next, size=size))
    last = page_in(rows, Place(after=second.next, size=size))
    assert [each.rows for each in (first, second, last)] == [(1, 2, 3), (4, 5, 6), (7,)]
    assert (first.previous, last.next, first.total) == ("", "", 7)
    assert page_in(rows, Place(before=last.previous, size=size)) == second
    assert page_in(rows, Place(before=second.previous, size=size)) == first


@pytest.mark.parametrize("name", ["0", "8", "-1", "x", "1.0", "²"])
def test_a_place_at_no_row_is_refused(name: str) -> None:
    for place in (Place(after=name), Place(before=name)):
        with pytest.raises(Rejected, match="cursor-unknown"):
            page_in(range(1, 8), place)
