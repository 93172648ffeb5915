from datetime import date
from pathlib import Path

import pytest

from libs.x12 import code_sets
from libs.x12.code_sets import CODE_SETS, line_of, load
from libs.x12.collector import Around, Collector
from libs.x12.engine import TransactionRun
from libs.x12.findings import Finding
from libs.x12.guide import Guide
from libs.x12.reader import _COLLECTORS
from libs.x12.verdicts import TransactionVerdict
from tests.support.x12 import ONE_CLAIM, RECEIVED, read

TODAY = date(2026, 11, 20)
TABLES = Path(code_sets.__file__).parent


@pytest.mark.parametrize(
    ("name", "code", "day", "holds"),
    [
        ("pos", "11", TODAY, True),
        ("pos", "28", TODAY, False),
        ("pos", "27", date(2023, 9, 30), False),
        ("pos", "27", date(2023, 10, 1), True),
        ("states", "KY", TODAY, True),
        ("states", "ON", TODAY, True),
        ("states", "ZZ", TODAY, False),
        ("country", "YU", TODAY, False),
        ("country", "YU", date(2001, 1, 1), True),
        ("currency", "USD", TODAY, True),
        ("adjustment_group", "CR", TODAY, False),
        ("adjustment_reason", "45", TODAY, True),
        ("adjustment_reason", "17", TODAY, False),
        ("adjustment_reason", "17", date(2009, 7, 1), True),
        ("adjustment_reason", "999", TODAY, False),
        ("adjustment_reason", "307", TODAY, True),
        ("adjustment_reason", "15", date(2025, 10, 31), True),
        ("adjustment_reason", "15", date(2025, 11, 1), False),
        ("remark_code", "N1", TODAY, True),
        ("remark_code", "N940", TODAY, True),
        ("remark_code", "M118", TODAY, False),
        ("remark_code", "N813", TODAY, False),
        ("remark_code", "XX1", TODAY, False),
        ("claim_status_cat", "A7", TODAY, True),
        ("claim_status_cat", "X0", TODAY, False),
        ("claim_status_cat", "R17", TODAY, True),
        ("claim_status", "562", TODAY, True),
        ("claim_status", "808", TODAY, True),
        ("claim_status", "248", date(2026, 11, 29), False),
        ("claim_status", "8", date(2008, 1, 1), True),
        ("claim_status", "8", date(2008, 1, 2), False),
        ("claim_filing", "MB", TODAY, True),
        ("prov_taxonomy", "207Q00000X", TODAY, True),
        ("prov_taxonomy", "207Q00000", TODAY, False),
        ("icd_10", "E785", TODAY, True),
        ("icd_10", "E78.5", TODAY, False),
        ("icd_10", "E785", date(2015, 9, 30), False),
        ("icd_10", "QA08", TODAY, True),
        ("unlisted_procedure", "20999", TODAY, True),
        ("unlisted_procedure", "00400", TODAY, False),
        ("icd_9", "25000", date(2015, 9, 30), True),
        ("icd_10_procedure", "0DTJ4ZZ", TODAY, True),
        ("icd_10_procedure", "0DTI4ZZ", TODAY, False),
        ("hcpcs", "99203", TODAY, True),
        ("hcpcs", "A4253", TODAY, True),
        ("hcpcs", "9920", TODAY, False),
        ("revenue_code", "0450", TODAY, True),
        ("type_of_bill", "11", TODAY, True),
        ("type_of_bill", "01", TODAY, False),
    ],
)
def test_a_code_belongs_to_its_set_on_the_days_of_its_use(name: str, code: str, day: date, *, holds: bool) -> None:
    assert CODE_SETS[name].holds(code, day) is holds


def test_every_table_says_where_its_codes_come_from() -> None:

    for file in TABLES.glob("*.csv"):
        head = file.read_text(encoding="utf-8").split("\n# code,first day", 1)[0]
        assert head.startswith("# "), file.name
        assert "Source:" in head, file.name


def test_no_code_stands_in_a_table_twice_for_the_same_day() -> None:
    for code_set in CODE_SETS.values():
        assert len({(code.code, code.first) for code in code_set.codes}) == len(code_set.codes), code_set.name


def test_a_folder_of_newer_tables_takes_the_place_of_the_old_ones(tmp_path: Path) -> None:
    (tmp_path / "pos.csv").write_text('# newer\nA1,2027-01-01,,"Moon, far side"\n', encoding="utf-8")
    sets = load(tmp_path)

    assert sets["pos"].holds("A1", date(2027, 1, 1))
    assert not sets["pos"].holds("11", TODAY)
    assert sets["pos"].words("A1") == "Moon, far side"
    assert sets["states"].holds("KY", TODAY)


def test_a_code_may_have_several_periods_and_the_last_words_count(tmp_path: Path) -> None:
    (tmp_path / "pos.csv").write_text("11,,2000-01-01,Old\n11,2010-01-01,,New\n", encoding="utf-8")
    code_set = load(tmp_path)["pos"]

    days = (date(2000, 1, 1), date(2005, 1, 1), date(2010, 1, 1))
    assert [code_set.holds("11", day) for day in days] == [True, False, True]
    assert (code_set.words("11"), code_set.words("12")) == ("New", "")


def test_a_code_closed_on_an_unknown_day_is_in_use_before_the_day_it_was_seen_closed(tmp_path: Path) -> None:
    (tmp_path / "pos.csv").write_text("11,2001-01-01,<2026-08-17,Old\n", encoding="utf-8")
    code_set = load(tmp_path)["pos"]
    [code] = code_set.codes

    assert [code_set.holds("11", day) for day in (date(2026, 8, 16), date(2026, 8, 17))] == [True, False]
    assert (code.is_bound, code.is_open, code_set.words("11")) == (True, False, "Old")


@pytest.mark.parametrize("file", sorted(TABLES.glob("*.csv")), ids=lambda file: file.stem)
def test_a_table_is_written_as_it_is_read(file: Path) -> None:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines(keepends=True) if line[0] != "#"]

    assert [line_of(code) for code in CODE_SETS[file.stem].codes] == lines


def test_a_table_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "pos.csv").write_text("# newer\n11,yesterday,,\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"pos\.csv, line 2: write days as 2026-01-31"):
        load(tmp_path)


@pytest.mark.parametrize("guide", _COLLECTORS, ids=lambda guide: guide.identifier)
def test_every_code_set_a_guide_names_exists(guide: Guide) -> None:
    assert {name for rule in guide.segments for _, _, name in rule.code_sets} <= CODE_SETS.keys()


def _codes(text: str) -> list[tuple[int, str, str, int, str]]:
    claims, verdict = read(text)
    assert verdict.verdict == "partial"
    return [
        (finding.snip, finding.code, finding.segment, finding.element, finding.category)
        for claim in claims
        for finding in claim.findings
    ]


def test_a_code_outside_its_set_stands_on_the_claim() -> None:
    assert _codes(ONE_CLAIM.replace("WILLOW BEND*KY*424691020", "WILLOW BEND*KY*424691020*XQ")) == [
        (5, "code-not-in-set", "N4", 4, "A7")
    ]


def test_a_code_outside_its_set_around_a_claim_counts_for_all_claims_around_which_it_stands() -> None:
    assert _codes(ONE_CLAIM.replace("LANTERNVILLE*KY*428810324", "LANTERNVILLE*KY*428810324*XQ")) == [
        (5, "code-not-in-set", "N4", 4, "A7")
    ]


def test_a_place_of_service_must_have_existed_on_the_day_of_service() -> None:
    later = ONE_CLAIM.replace("182***11:B:1", "182***66:B:1")
    earlier = later.replace("20260923", "20240731")

    assert read(later)[1].verdict == "accepted"
    assert _codes(earlier) == [(5, "place-of-service", "CLM", 5, "A7")]


def test_a_place_of_service_of_a_line_is_judged_by_its_own_day() -> None:
    text = ONE_CLAIM.replace("SV1*HC:85025*22*UN*1***1", "SV1*HC:85025*22*UN*1*66**1", 1)

    assert read(text)[1].verdict == "accepted"
    assert _codes(text.replace("20260923", "20240731")) == [(5, "line-place-of-service", "SV1", 5, "A7")]


def test_a_collector_that_keeps_no_code_fault_refuses_the_transaction_set() -> None:

    table = "ST R 1 1 !143=999 !329 : Header\nN4 S 1 2 ?19 ?156@states : City\nSE R 1 3 !96 !329 : Trailer"
    guide = Guide("TEST", "999", "FA", table)
    verdict = TransactionVerdict(1, "999", "0001", "TEST")
    refused: list[Finding] = []
    around = Around(guide, verdict, [], RECEIVED, 1, refused.append)
    run = TransactionRun(guide, verdict, Collector(around))
    run.consume([segment.replace("*", "\x1d") for segment in ("N4*NOWHERE*QQ", "SE*3*0001")], 0)

    [finding] = refused
    assert (finding.snip, finding.code, finding.position, finding.element, finding.element_code) == (
        5,
        "code-not-in-set",
        2,
        2,
        "7",
    )
    assert "QQ" not in finding.sentence


def test_a_value_with_a_fault_of_form_is_not_told_twice() -> None:
    text = ONE_CLAIM.replace("WILLOW BEND*KY*424691020", "WILLOW BEND*KY*424691020*XXXX")
    _, verdict = read(text)

    [transaction] = verdict.transactions()
    assert [finding.code for finding in transaction.findings] == ["value-too-long"]
