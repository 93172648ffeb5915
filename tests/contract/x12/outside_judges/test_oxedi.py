"""oxedi judges 835s (SNIP 1 to 3, balancing included) with rules nobody on this project wrote."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import oxedi
import pytest

from libs.x12.remittance.writer import Remittance, write_835
from simulators.remittances import remittance, remittance_file
from tests.support.x12_remittances import ENVELOPE, EXAMPLES, ONE_REMITTANCE, STRUCTURE, WHOLE, Mutant, read

ISSUED = date(2026, 11, 20)
BALANCE = {"payment-total", "claim-balance", "line-balance", "line-charges"}
# oxedi lets these through; the guide's word stands beside each.
MORE_STRICT_THAN_OXEDI = {
    "line missing",  # CLP03 is the sum of the charges of the lines
    "element not used",  # CLP10
    "guide named in the header",  # ST03
}


def findings(data: bytes | str) -> list[str]:
    raw = data if isinstance(data, bytes) else data.encode("ascii")
    return [diagnostic.kind for diagnostic in oxedi.parse(raw).diagnostics]


def test_oxedi_accepts_and_balances_our_remittances() -> None:
    made = remittance(issued=ISSUED, claims=200)
    result = oxedi.parse(b"".join(write_835([made], ENVELOPE)))

    assert result.diagnostics == []
    assert result.count_claims() == 200
    assert result.sum_payments() == Decimal(made.advice.payment.amount_cents) / 100


def test_oxedi_accepts_a_reversal_and_a_claim_without_lines() -> None:
    assert findings(ONE_REMITTANCE) == []


def test_oxedi_accepts_several_remittances_in_one_file() -> None:
    made: list[Remittance] = [remittance(issued=ISSUED, claims=3, control_number=number) for number in (1, 2, 3)]

    assert findings(b"".join(write_835(made, ENVELOPE))) == []


@pytest.mark.parametrize(
    "path", [path for path in sorted(EXAMPLES.iterdir()) if path.suffix in {".835", ".edi"}], ids=lambda path: path.name
)
def test_oxedi_gives_the_examples_the_verdict_we_give(path: Path) -> None:
    _, _, verdict = read(path.read_bytes())

    # "partial" is what stands but holds a value nobody outside judges, like a payee's NPI with a wrong check digit.
    assert (verdict.verdict != "rejected") == (findings(path.read_bytes()) == [])


@pytest.mark.parametrize(
    "mutant",
    [mutant for mutant in WHOLE if mutant.code in BALANCE and mutant.name not in MORE_STRICT_THAN_OXEDI],
    ids=lambda mutant: mutant.name,
)
def test_oxedi_finds_the_imbalances_we_find(mutant: Mutant) -> None:
    assert "BalanceMismatch" in findings(mutant.text)


def test_what_is_written_of_a_read_file_is_accepted() -> None:
    [advice], claims, _ = read(b"".join(remittance_file(issued=ISSUED, claims=30)))

    assert findings(b"".join(write_835([Remittance(advice, claims)], ENVELOPE))) == []


@pytest.mark.parametrize(
    "mutant",
    [mutant for mutant in STRUCTURE if mutant.name not in MORE_STRICT_THAN_OXEDI],
    ids=lambda mutant: mutant.name,
)
def test_oxedi_refuses_the_structures_we_refuse(mutant: Mutant) -> None:
    assert findings(mutant.text)
