from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.remittance.advice.repository import Remittance
from services.remittance.statement.views import CLAIMS_OF_A_PART, Part, parts


def of(claims: int) -> Remittance:
    moment = datetime(2026, 11, 29, tzinfo=UTC)
    return Remittance(
        remittance_id=UUID(int=1),
        enrollment_id=UUID(int=2),
        payee_npi="",
        payee_tax_id="",
        payee_ptan="",
        quarantine="",
        trace_number="T",
        method="ACH",
        paid_cents=0,
        issued_on=date(2026, 11, 29),
        payer="M",
        claims=claims,
        provider_adjustments=(),
        payer_identifier="",
        digest="",
        facts=(),
        document="",
        received_at=moment,
    )


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (0, [Part(1, 0, 0)]),
        (1, [Part(1, 1, 1)]),
        (CLAIMS_OF_A_PART, [Part(1, 1, CLAIMS_OF_A_PART)]),
        (CLAIMS_OF_A_PART + 1, [Part(1, 1, CLAIMS_OF_A_PART), Part(2, CLAIMS_OF_A_PART + 1, CLAIMS_OF_A_PART + 1)]),
    ],
)
def test_a_remittance_is_printed_in_parts_and_no_claim_is_left_out(claims: int, expected: list[Part]) -> None:
    assert parts(of(claims)) == expected
