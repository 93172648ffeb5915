"""What the patient pays under Medicare in each calendar year, as CMS published it: the one place to add a year.

CMS publishes a year's amounts in the autumn before it. A year that is missing at the end of the table is not published
yet, and nobody guesses it. HETS looks four years back, so the table begins there.
Sources: notices of the Part A deductible and coinsurance (42 CFR 409.82 to 409.85) and of the Part B deductible
(42 CFR 410.160) in the Federal Register, those for 2026 of 11/14/2025; therapy thresholds in the physician fee schedule
of each year (42 U.S.C. 1395l(g)), the threshold of medical review as the same law sets it until 2028.
"""

from dataclasses import dataclass

FULL_HOSPITAL_DAYS, HOSPITAL_DAYS, RESERVE_DAYS = 60, 90, 60
"""Days of a benefit period in a hospital without and with coinsurance, and once in a lifetime (42 CFR 409.61(a))."""
FULL_NURSING_DAYS, NURSING_DAYS = 20, 100
"""Days of a benefit period in a skilled nursing facility without and with coinsurance (42 CFR 409.61(b))."""


@dataclass(frozen=True, slots=True)
class YearAmounts:
    """The amounts of one calendar year, in cents. Coinsurance is for each day.

    `therapy` is the KX modifier threshold, one for physical therapy and speech-language pathology together and one for
    occupational therapy; above `therapy_review` records may be asked for.
    """

    year: int
    part_a_deductible: int
    hospital_coinsurance: int
    reserve_coinsurance: int
    nursing_coinsurance: int
    part_b_deductible: int
    therapy: int
    therapy_review: int


_YEARS = (
    YearAmounts(2022, 155_600, 38_900, 77_800, 19_450, 23_300, 215_000, 300_000),
    YearAmounts(2023, 160_000, 40_000, 80_000, 20_000, 22_600, 223_000, 300_000),
    YearAmounts(2024, 163_200, 40_800, 81_600, 20_400, 24_000, 233_000, 300_000),
    YearAmounts(2025, 167_600, 41_900, 83_800, 20_950, 25_700, 241_000, 300_000),
    YearAmounts(2026, 173_600, 43_400, 86_800, 21_700, 28_300, 248_000, 300_000),
)
_BY_YEAR = {each.year: each for each in _YEARS}


def amounts_of(year: int) -> YearAmounts | None:
    """The amounts of a year; `None` when they are not published yet, or the year is before the table."""
    return _BY_YEAR.get(year)


def is_unpublished(year: int) -> bool:
    """True for a year after the last that CMS has published."""
    return year > _YEARS[-1].year
