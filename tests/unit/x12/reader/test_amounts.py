"""RFI 1526: under HIPAA an amount has ten digits at most, those of the cents counted even where none are written."""

from typing import Any

import pytest

from libs.x12.reader import Batch, read_file
from libs.x12.values import AMOUNTS, read_cents
from libs.x12.verdicts import FileVerdict
from tests.support.eligibility_files import ANSWER as ELIGIBILITY
from tests.support.x12 import ONE_CLAIM, RECEIVED
from tests.support.x12_institutional import VISIT
from tests.support.x12_objects import ANSWER, INQUIRY, REQUEST
from tests.support.x12_remittances import ONE_REMITTANCE

LARGEST, TOO_LARGE = "99999999.99", ("100000000", "123456789.1", "-123456789")
# Of each transaction an amount that others need not add up to, or a fault beside those of the sums.
AMOUNT = {
    "837P": (ONE_CLAIM, "160*UN"),
    "837I": (VISIT, "160*UN"),
    "835": (ONE_REMITTANCE, "182*94.08"),
    "276": (INQUIRY, "182~"),
    "277": (ANSWER, "182*120.5"),
    "271": (ELIGIBILITY, "992~"),
    "278": (REQUEST, "1200.5*"),
}


def codes(text: str) -> set[str]:
    """All faults of a file."""
    *batches, verdict = read_file([text.encode("latin-1")], received=RECEIVED)
    assert isinstance(verdict, FileVerdict)
    items: list[Any] = [item for batch in batches if isinstance(batch, Batch) for item in batch.items]
    told = [finding for transaction in verdict.transactions() for finding in transaction.findings]
    told += [finding for item in items for finding in (*item.findings, *getattr(item, "notices", ()))]
    return {finding.code for finding in told}


@pytest.mark.parametrize("kind", AMOUNT)
def test_an_amount_of_more_than_ten_digits_is_told_in_every_transaction(kind: str) -> None:
    text, place = AMOUNT[kind]
    amount = place.partition("*")[0].rstrip("~")
    assert f"*{place}" in text

    for large in TOO_LARGE[:2]:
        assert "amount-form" in codes(text.replace(f"*{place}", f"*{large}{place[len(amount) :]}", 1))
    assert "amount-form" not in codes(text.replace(f"*{place}", f"*{LARGEST}{place[len(amount) :]}", 1))


def test_the_sign_is_no_digit() -> None:
    assert read_cents(f"-{LARGEST}") == -9_999_999_999
    assert [AMOUNTS[amount] for amount in TOO_LARGE] == [None] * 3


def test_an_amount_that_cannot_be_read_is_not_told_to_be_nothing() -> None:
    paid = next(part for part in ONE_REMITTANCE.split("~") if part.startswith("BPR")).split("*")[2]
    found = codes(ONE_REMITTANCE.replace(f"*{paid}*", f"*{TOO_LARGE[1]}*", 1))
    assert "amount-form" in found
    assert "payment-method" not in found
