from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.auth import Enrollment
from libs.common.contracts.envelope import Origin
from libs.common.document_store import DocumentStore
from libs.common.documents import stage
from libs.common.security.key_files import prepare_keys
from libs.common.security.keys import KeyRing
from libs.common.settings import Settings
from libs.x12.claim_status.acknowledgment import Source
from libs.x12.reader import FileVerdict
from services.claims.acknowledgment.processing import Answer, Answering
from services.claims.shared_system.partner import PART
from services.claims.status.processing import CLAIM_COLUMNS, LINE_COLUMNS, Shared
from services.claims.submission.processing import (
    PackedChunk,
    Task,
    biller_of,
    bounds,
    prepare,
    stage_reference,
)
from simulators.population import claim_file, file_faults
from tests.support.claims import RIVERSIDE, enrollment_of
from tests.support.x12_institutional import STAY

_DAY = date(2026, 11, 20)
_NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
_SUBMISSION = UUID("019a9c10-0000-7000-8000-000000000001")
_FIRST = 1000
_OFFICE, _HOSPITAL = [enrollment_of(RIVERSIDE, each) for each in RIVERSIDE.enrollments]
_ORDINAL, _NUMBER = CLAIM_COLUMNS.index("ordinal"), CLAIM_COLUMNS.index("internal_control_number")


def _claims(count: int, control_number: int, faulty: int = 0) -> bytes:
    return b"".join(claim_file(received=_DAY, claims=count, faulty=faulty, control_number=control_number))


def _three_sets() -> bytes:
    """The second set is refused at its very end."""
    refused = file_faults(_claims(15, 2))["wrong-segment-count"]
    return _claims(15, 1, faulty=1) + refused + _claims(15, 3, faulty=1)


def _prepared(
    directory: Path, content: bytes, next_chunk: int = 0, enrollment: Enrollment = _OFFICE
) -> tuple[Any, ...]:
    settings = Settings(state_directory=directory)
    prepare_keys(directory / "secrets", month="2026-11")
    keys = KeyRing.load(settings, "claims")
    documents = DocumentStore("claims", settings, keys)
    file = documents.put_sync([content], limit=1 << 30)
    task = Task(
        keys=keys,
        biller=biller_of(enrollment),
        document=file.reference,
        chunk_size=10,
        next_chunk=next_chunk,
        shared=Shared(
            submission_id=_SUBMISSION,
            enrollment_id=_SUBMISSION,
            business_date=_DAY,
            first_control_number=_FIRST,
            source_name="/claims",
            now=_NOW,
            origin=Origin(actor="system:claims", correlation_id="c"),
        ),
        answering=Answering(
            documents=documents,
            submission_id=_SUBMISSION,
            business_date=_DAY,
            first_interchange_number=0,
            created=_NOW,
            payer=Source("MAC", "15004"),
        ),
    )
    items = list(prepare(task))
    answers = {each.kind: b"".join(documents.open_sync(each.document)) for each in items if isinstance(each, Answer)}
    return items, answers


def _rows(items: list[Any]) -> dict[int, list[tuple[int, str | None]]]:
    return {
        each.number: [(row[_ORDINAL], row[_NUMBER]) for row in each.open().claim_rows]
        for each in items
        if isinstance(each, PackedChunk)
    }


@pytest.mark.parametrize("held_bytes", [0, stage.HELD_BYTES])
def test_nothing_of_a_refused_set_leaves_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held_bytes: int
) -> None:
    monkeypatch.setattr(stage, "HELD_BYTES", held_bytes)
    items, answers = _prepared(tmp_path, _three_sets())
    assert isinstance(items[0], FileVerdict)
    assert items[0].rejected_transactions == {2}
    chunks = [each for each in items if isinstance(each, PackedChunk)]
    ordinals = [ordinal for rows in _rows(items).values() for ordinal, _ in rows]
    assert ordinals == [*range(1, 16), *range(31, 46)]
    assert sum(each.claims for each in chunks) == 30
    opened = [each.open() for each in chunks]
    assert sum(len(each.events) for each in opened) == 30
    kept = {row[0] for each in opened for row in each.claim_rows}
    assert {row[0] for each in opened for row in each.line_rows} == kept
    assert answers["277CA"].count(b"REF*1K*") == 28


def test_where_chunks_are_set_aside_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, held_answers = _prepared(tmp_path, _three_sets())
    monkeypatch.setattr(stage, "HELD_BYTES", 0)
    stored, stored_answers = _prepared(tmp_path, _three_sets())
    assert _rows(held) == _rows(stored)
    assert held_answers == stored_answers


@pytest.mark.parametrize("next_chunk", [1, 3, 5])
def test_a_run_that_goes_on_makes_the_same_chunks_and_answers(tmp_path: Path, next_chunk: int) -> None:
    whole, answers = _prepared(tmp_path, _three_sets())
    rest, rest_answers = _prepared(tmp_path, _three_sets(), next_chunk)
    assert _rows(rest) == {number: rows for number, rows in _rows(whole).items() if number >= next_chunk}
    assert rest_answers == answers


def test_what_is_set_aside_in_the_store_is_not_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "HELD_BYTES", 0)
    _prepared(tmp_path, _claims(15, 1))
    reference = stage_reference(_SUBMISSION).hex
    content = (tmp_path / "documents" / "claims" / reference[:2] / reference).read_bytes()
    assert len(content) > 10_000
    for word in (b"claims.claim-accepted.v1", b"system:claims", b"HC:", b"99213"):
        assert word not in content


def test_no_control_number_lies_beyond_those_kept_free(tmp_path: Path) -> None:
    content = _three_sets()
    items, _ = _prepared(tmp_path, content)
    numbers = [number for rows in _rows(items).values() for _, number in rows if number]
    most = bounds([content])
    assert numbers == sorted(set(numbers))
    assert int(numbers[-1][-6:]) < _FIRST + most.claims
    assert most.interchanges >= 1 + 2 * 3 + 2


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 16])
def test_control_numbers_are_counted_wherever_the_pieces_are_cut(size: int) -> None:
    content = _claims(15, 1)
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    assert bounds(pieces) == bounds([content])
    assert bounds(pieces).claims == 15


def test_letters_alone_do_not_use_up_the_numbers_of_a_day() -> None:
    most = bounds([b"CLMISABHT" * 1_000_000])
    assert most.claims <= 9_000_000 // 64
    assert most.interchanges <= PART + 2 * 1_000 + 10_000


def _records(items: list[Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    chunks = [each.open() for each in items if isinstance(each, PackedChunk)]
    return (
        [dict(zip(CLAIM_COLUMNS, row, strict=True)) for chunk in chunks for row in chunk.claim_rows],
        [dict(zip(LINE_COLUMNS, row, strict=True)) for chunk in chunks for row in chunk.line_rows],
    )


def test_an_institutional_claim_is_kept_by_its_type_of_bill_and_revenue_codes(tmp_path: Path) -> None:
    items, answers = _prepared(tmp_path, STAY.encode(), enrollment=_HOSPITAL)
    [claim], lines = _records(items)
    assert (claim["type_of_bill"], claim["place_of_service"]) == ("111", "")
    assert (claim["attending_npi"], claim["rendering_npi"]) == ("2952919902", "")
    assert (claim["service_from"], claim["service_to"]) == (date(2026, 9, 20), date(2026, 9, 23))
    assert claim["internal_control_number"] == "2226324001000"
    assert [(line["revenue_code"], line["procedure"], line["pointers"]) for line in lines] == [
        ("0120", "", ""),
        ("0250", "", ""),
    ]
    assert [line["charge_cents"] for line in lines] == [555_000, 160_000]
    assert [line["units_thousandths"] for line in lines] == [3_000, 40_000]
    assert b"REF*1K*2226324001000~REF*BLT*111~" in answers["277CA"]


def test_a_professional_claim_has_no_type_of_bill(tmp_path: Path) -> None:
    items, _ = _prepared(tmp_path, _claims(3, 1))
    claims, lines = _records(items)
    assert {(claim["type_of_bill"], claim["attending_npi"]) for claim in claims} == {("", "")}
    assert all(claim["place_of_service"] for claim in claims)
    assert {line["revenue_code"] for line in lines} == {""}


def test_no_number_is_used_twice_in_what_a_file_brings_forth(tmp_path: Path) -> None:
    content = _claims(3, 1) + _claims(3, 2)
    _, answers = _prepared(tmp_path, content)
    numbers = [part[87:96] for answer in answers.values() for part in answer.split(b"ISA")[1:]]
    assert len(set(numbers)) == len(numbers) == 4
    # That of the part that goes on lies before them.
    assert min(map(int, numbers)) > PART
    assert max(map(int, numbers)) <= bounds([content]).interchanges
