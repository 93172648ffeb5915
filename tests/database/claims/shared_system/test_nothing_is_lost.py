"""All that a 277 says of a claim is shown on its page or by the API, or a list says why not."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from libs.x12.claim_status import objects
from libs.x12.claim_status.objects import Payer, Person, Status, StatusAnswer, StatusDetail, StatusLine
from libs.x12.parts import Contact, Heading, Name, Period, Procedure, Reference
from services.claims.shared_system import handlers
from services.claims.shared_system.partner import new_status
from tests.database.claims.shared_system.test_statuses import answer, numbers_of, tell
from tests.support.claims import ClaimsService
from tests.support.field_walk import unexplained, unset, variants

# Why a field of an answer need not be seen.
NOT_SHOWN = {
    "heading": "how the transaction set began; it counts only where a status has no day",
    "payer": "the contractor, whose name and help desk are on every page",
    "receiver": "the contractor's front end",
    "providers": "the page shows the providers as the claim names them",
    "subscriber": "the page shows the patient as the claim does",
    "patient": "in Medicare the patient is the subscriber",
    "trace": "the number of an inquiry; the shared system sends its answers unasked",
    "references": "by the first the claim is found; the others are numbers we gave with the claim",
    "period": "the page shows the days as the claim says them",
    "transaction": "where in the file it was",
    "statuses.action": "stands in a 277CA only",
    "statuses.message": "stands in a 277CA only",
    "lines.statuses.action": "stands in a 277CA only",
    "lines.statuses.message": "stands in a 277CA only",
    "lines.procedure.qualifier": "which list the code is of shows in its form",
    "lines.procedure.description": "the answer has none (005010X212)",
    "lines.procedure.through": "the answer has none (005010X212)",
}
_NAME = Name("41", "2", "MERIDIAN", "A", "B", "C", "D", "46", "15004")
_DETAIL = StatusDetail(
    Status("F1", "65", "PR", "RX"),
    date(2026, 11, 18),
    "WQ",
    18_200,
    12_050,
    date(2026, 11, 17),
    date(2026, 11, 20),
    "EFT261201",
    (Status("F1", "104", "85", "RX"), Status("F1", "107", "1P", "RX")),
    "MESSAGE",
)
_LINE_DETAIL = replace(_DETAIL, effective=date(2026, 11, 14), check_number="EFT3")
SAMPLE = StatusAnswer(
    heading=Heading("277", datetime(2026, 11, 23, tzinfo=UTC), "DG"),
    payer=Payer(_NAME, Contact("DESK", (("TE", "8005550142"),))),
    receiver=_NAME,
    providers=(replace(_NAME, entity="1P"),),
    subscriber=Person(replace(_NAME, entity="IL"), date(1936, 1, 10), "F"),
    patient=Person(replace(_NAME, entity="QC"), date(1936, 1, 11), "M"),
    trace="INQ1",
    references=[Reference("EJ", "PCN1")],
    period=Period(date(2026, 9, 1), date(2026, 9, 2)),
    lines=[
        StatusLine(
            Procedure("HC", "99203", ("25", "59"), "DESCRIPTION", "99204"),
            16_000,
            10_400,
            "0450",
            Decimal("1.5"),
            [_LINE_DETAIL],
            [Reference("FJ", "LINE1")],
            Period(date(2026, 9, 3), date(2026, 9, 4)),
        )
    ],
    transaction=1,
    statuses=[_DETAIL, replace(_DETAIL, effective=date(2026, 11, 15), check_number="EFT2")],
)
_SUBMISSION = "7d0b2f6e-5f0f-4d1a-9a55-0d6f3f9b7c12"
_RANDOM = re.compile(r'name="(idempotency_key|csrf)" value="[^"]*"')


async def _shown(portal: ClaimsService, monkeypatch: pytest.MonkeyPatch, said: StatusAnswer, number: str) -> Any:
    """What page and API show of a claim when this is all that was ever said of it."""

    async def statuses(*_arguments: object) -> AsyncIterator[list[Any]]:
        status = new_status(replace(said, references=[*said.references, Reference("1K", number)]), 1)
        assert status is not None
        yield [replace(status, internal_control_number=number)]

    monkeypatch.setattr(handlers, "statuses", statuses)
    async with portal.work.database.work(portal.work) as work:
        await work.execute(sa.text("DELETE FROM claim_status"))
        await work.execute(sa.text("UPDATE claim SET status_version = 0, finalized_on = NULL, paid_cents = NULL"))
    await tell(portal, answer(portal, _SUBMISSION, [number], ("P1", "20", 0), sequence=1))
    [row] = await portal.rows("SELECT claim_id FROM claim")
    page = await portal.riverside.get(f"/claims/{row.claim_id}")
    api = await portal.riverside.get(f"/api/claims/{row.claim_id}")
    return _RANDOM.sub("", page.text.split("<main", 1)[1].split("</main>", 1)[0]), api.json()


async def test_every_field_of_an_answer_is_shown_or_a_list_says_why_not(
    portal: ClaimsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await portal.accepted_file(1)
    [number] = await numbers_of(portal)
    baseline = await _shown(portal, monkeypatch, SAMPLE, number)
    others = {"code_list": "", "category": "F2", "qualifier": "BLT"}
    outputs = {each.path: await _shown(portal, monkeypatch, each.value, number) for each in variants(SAMPLE, others)}

    assert unexplained(baseline, outputs, NOT_SHOWN) == []


def test_the_sample_says_all_an_answer_can_say() -> None:
    of_answers = ("StatusAnswer", "StatusDetail", "Status", "StatusLine", "Payer", "Person", "_AboutClaim")
    missing = {each for each in unset(SAMPLE, objects) if each.split(".")[0] in of_answers}

    # What our reader found in it is no part of what it says: notices raise the alarm, faults refuse it.
    assert missing == {f"{kind}.{name}" for kind in ("StatusAnswer", "_AboutClaim") for name in ("findings", "notices")}
