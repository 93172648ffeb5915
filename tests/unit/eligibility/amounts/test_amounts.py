from services.eligibility.amounts.domain import amounts_of, is_unpublished


def test_the_amounts_of_a_year_are_those_cms_published() -> None:
    amounts = amounts_of(2026)
    assert amounts is not None
    assert (amounts.part_a_deductible, amounts.part_b_deductible) == (173_600, 28_300)
    assert (amounts.hospital_coinsurance, amounts.reserve_coinsurance, amounts.nursing_coinsurance) == (
        43_400,
        86_800,
        21_700,
    )
    assert (amounts.therapy, amounts.therapy_review) == (248_000, 300_000)


def test_the_daily_amounts_follow_from_the_deductible() -> None:
    # 42 CFR 409.83 and 409.85: a quarter, a half and an eighth of it, which CMS does not round.
    for year in range(2022, 2027):
        amounts = amounts_of(year)
        assert amounts is not None
        assert amounts.hospital_coinsurance * 4 == amounts.part_a_deductible
        assert amounts.reserve_coinsurance * 2 == amounts.part_a_deductible
        assert amounts.nursing_coinsurance * 8 == amounts.part_a_deductible


def test_a_year_that_is_not_published_is_not_guessed() -> None:
    assert (amounts_of(2027), is_unpublished(2027)) == (None, True)
    # Before HETS looks back to.
    assert (amounts_of(2021), is_unpublished(2021)) == (None, False)
