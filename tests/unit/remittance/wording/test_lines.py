from services.remittance.advice.domain import Adjustment, ProviderAdjustment
from services.remittance.advice.repository import Line
from services.remittance.wording.views import explained_adjustments, explained_lines


def line(*adjustments: Adjustment) -> Line:
    return Line(
        claim_number=1,
        number=1,
        control_number="1",
        claim_line=1,
        procedure="99213",
        modifiers="",
        billed="99213",
        charge_cents=20_000,
        paid_cents=8_000,
        allowed_cents=12_500,
        units="1",
        service_from=None,
        service_to=None,
        denied=False,
        adjustments=adjustments,
        remarks=(),
        facts=(),
    )


def test_deductible_and_coinsurance_are_what_the_patient_owes_by_these_reasons_only() -> None:
    [explained] = explained_lines(
        [
            line(
                Adjustment("CO", "45", 7_500),
                Adjustment("PR", "1", 1_500),
                Adjustment("PR", "2", 2_000),
                Adjustment("PR", "2", 500),
                Adjustment("PR", "3", 500),
                Adjustment("OA", "1", 9),
            )
        ]
    )
    assert (explained.deductible_cents, explained.coinsurance_cents) == (1_500, 2_500)


def test_a_line_without_them_owes_none() -> None:
    [explained] = explained_lines([line(Adjustment("CO", "45", 12_000))])
    assert (explained.deductible_cents, explained.coinsurance_cents) == (0, 0)


def test_a_provider_adjustment_of_nothing_takes_nothing_and_adds_nothing() -> None:
    # X12 RFI 264: it is not compliant, and posts no money wrongly.
    said = [explained_adjustments([ProviderAdjustment("FB", "", cents)])[0] for cents in (500, 0, -500)]
    assert [each.direction for each in said] == [
        "Taken from this payment",
        "Neither taken nor added",
        "Added to this payment",
    ]
    assert said[1].sentence == "It changes nothing."
    assert len({each.sentence for each in said}) == 3
