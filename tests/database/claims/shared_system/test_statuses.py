import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from libs.common.contracts.partner import ClaimsStatus
from libs.common.contracts.sealed import CLAIM_FACTS, CLAIM_LINES
from libs.common.errors import Poison
from libs.common.observability import metrics
from libs.common.security.permissions import REDETERMINATION_READ, REMITTANCE_READ
from libs.partners import handover
from libs.partners.handover import PartnerExchange, status_place
from libs.x12.claim_status.objects import Payer, Person, Status, StatusAnswer, StatusDetail, StatusInquiry
from libs.x12.claim_status.writer import write_276, write_277
from libs.x12.parts import Heading, Name, Reference
from libs.x12.writing import Envelope
from services.claims.shared_system.handlers import claims_status
from tests.support.claims import RECEIVED, ClaimsService, received, without
from tests.support.x12_institutional import institutional_population_file, read_institutional

PAID = ("F1", "65", 4000)
IN_PROCESS = ("P1", "20", 0)
_AT = datetime(2026, 11, 23, tzinfo=UTC)
_SAID_TO = (
    Heading("277", _AT, "DG"),
    Payer(Name("PR", "2", "SHARED SYSTEM", qualifier="PI", identifier="MCS")),
    Name("41", "2", "MERIDIAN", qualifier="46", identifier="15004"),
    (Name("1P", "2", "RIVERSIDE CLINIC", qualifier="XX", identifier="1234567893"),),
)
_PERSON = Name("IL", "1", "DOE", "JANE", qualifier="MI", identifier="1EG4TE5MK73")


async def numbers_of(portal: ClaimsService) -> list[str]:
    rows = await portal.rows("SELECT internal_control_number AS n FROM claim ORDER BY ordinal")
    return [row.n for row in rows]


def answer(
    portal: ClaimsService, submission: str, numbers: Sequence[str], said: tuple[str, str, int], *, sequence: int
) -> ClaimsStatus:
    category, code, paid = said
    final = category.startswith("F")
    said_of_each = StatusDetail(Status(category, code), RECEIVED, "", 10_000, paid, RECEIVED if final else None)
    statuses = [
        StatusAnswer(
            *_SAID_TO,
            Person(_PERSON),
            trace=number,
            statuses=[said_of_each],
            references=[Reference("1K", number)] if number else [],
        )
        for number in numbers
    ]
    envelope = Envelope("SHAREDSYSTEM", "15004", _AT, sequence)
    submission_id = UUID(submission)
    given = PartnerExchange(portal.work.settings, portal.work.keys).give(
        write_277(statuses, envelope),
        place=status_place(submission_id, 1, sequence),
    )
    return ClaimsStatus(submission_id=submission_id, part=1, sequence=sequence, claims=len(statuses), **asdict(given))


async def tell(portal: ClaimsService, event: ClaimsStatus) -> None:
    async with portal.work.database.work(portal.work) as work:
        await claims_status(work, [received(portal.work, event)])


async def states(portal: ClaimsService) -> set[tuple[str, int | None]]:
    return {(row.state, row.paid_cents) for row in await portal.rows("SELECT state, paid_cents FROM claim")}


async def test_a_claim_goes_from_in_process_to_paid_and_keeps_its_history(portal: ClaimsService) -> None:
    submission = await portal.accepted_file(3)
    numbers = await numbers_of(portal)
    await tell(portal, answer(portal, submission, numbers, IN_PROCESS, sequence=1))
    assert await states(portal) == {("in-process", None)}
    await tell(portal, answer(portal, submission, numbers, PAID, sequence=2))
    assert await states(portal) == {("paid", 4000)}
    [row, *_] = await portal.rows("SELECT claim_id FROM claim ORDER BY ordinal")
    one = (await portal.riverside.get(f"/api/claims/{row.claim_id}")).json()
    assert [step["category"] for step in one["history"]] == ["F1", "P1"]
    assert one["choices"] == ["appeal-rights", "see-remittance"]
    page = (await portal.riverside.get(f"/claims/{row.claim_id}")).text
    assert f"/appeals/claims/{row.claim_id}/rights" in page
    assert len(await portal.published("claims.claim-status-changed.v1")) == 6


async def test_the_way_to_another_function_is_shown_to_whom_it_is_open(portal: ClaimsService) -> None:
    submission = await portal.accepted_file(1)
    await tell(portal, answer(portal, submission, await numbers_of(portal), PAID, sequence=1))
    [row] = await portal.rows("SELECT claim_id FROM claim")
    paths = (f"/appeals/claims/{row.claim_id}/rights", f"/remittance/of-claim/{row.claim_id}")
    before = (await portal.riverside.get(f"/claims/{row.claim_id}")).text
    await without(portal, portal.riverside, REDETERMINATION_READ, REMITTANCE_READ)
    after = (await portal.riverside.get(f"/claims/{row.claim_id}")).text
    for path in paths:
        assert path in before
        assert path not in after
    for words in ("See what can be appealed", "See the remittance advice", "portal administrator can grant it"):
        assert words in after


async def test_received_and_history_go_by_one_clock_also_while_business_time_is_ahead(portal: ClaimsService) -> None:
    portal.clock.leap(timedelta(days=14))
    submission = await portal.accepted_file(1)
    await tell(portal, answer(portal, submission, await numbers_of(portal), IN_PROCESS, sequence=1))
    [row] = await portal.rows("SELECT claim_id FROM claim")
    [step] = (await portal.riverside.get(f"/api/claims/{row.claim_id}")).json()["history"]
    sent = (await portal.riverside.get(f"/api/claims/submissions/{submission}")).json()
    assert datetime.fromisoformat(step["received_at"]) == portal.clock.business()
    assert datetime.fromisoformat(sent["received_at"]) == portal.clock.business()
    page = (await portal.riverside.get(f"/claims/{row.claim_id}")).text
    assert f"Demonstration date {portal.clock.business():%m/%d/%Y}" in page
    assert not re.search(f"{portal.clock.now():%m/%d/%Y} \\d", page)


async def test_a_claim_is_found_by_its_number_wherever_its_month_is(portal: ClaimsService) -> None:
    """The number names the business day, the id the time of the submission; a moved clock takes them apart."""
    submission = await portal.accepted_file()
    [first, *_] = await numbers_of(portal)
    moved = f"{first[:2]}27100{first[7:]}"
    await portal.rows(f"UPDATE claim SET internal_control_number = '{moved}' WHERE ordinal = 1 RETURNING 1")  # noqa: S608
    numbers = await numbers_of(portal)
    assert moved in numbers
    await tell(portal, answer(portal, submission, numbers, IN_PROCESS, sequence=1))
    assert await states(portal) == {("in-process", None)}


async def test_a_control_number_is_given_once_in_a_month(portal: ClaimsService) -> None:
    await portal.accepted_file()
    with pytest.raises(IntegrityError):
        await portal.rows(
            "UPDATE claim SET internal_control_number = (SELECT internal_control_number FROM claim WHERE ordinal = 1)"
            " RETURNING 1"
        )


async def test_an_older_answer_never_replaces_a_newer_one(portal: ClaimsService) -> None:
    submission = await portal.accepted_file(2)
    numbers = await numbers_of(portal)
    await tell(portal, answer(portal, submission, numbers, PAID, sequence=2))
    await tell(portal, answer(portal, submission, numbers, IN_PROCESS, sequence=1))
    await tell(portal, answer(portal, submission, numbers, PAID, sequence=2))
    assert await states(portal) == {("paid", 4000)}
    assert len(await portal.rows("SELECT 1 FROM claim_status")) == 2
    assert len(await portal.published("claims.claim-finalized.v1")) == 2


async def test_the_sealed_facts_of_a_finalized_claim_open_for_appeals_at_their_own_place_only(
    portal: ClaimsService,
) -> None:
    submission = await portal.accepted_file(1)
    await tell(portal, answer(portal, submission, await numbers_of(portal), PAID, sequence=1))
    [event] = await portal.published("claims.claim-finalized.v1")
    keys = portal.work.keys
    facts = CLAIM_FACTS.open(keys, event.event.sealed_facts, event.event.claim_id)
    assert len(facts.mbi) == 11
    assert facts.lines
    assert facts.mbi not in event.message.payload.decode()
    with pytest.raises(Poison):
        CLAIM_FACTS.open(keys, event.event.sealed_facts, UUID(int=1))


async def test_in_the_sealed_facts_a_line_without_a_procedure_has_its_revenue_code(portal: ClaimsService) -> None:
    sent = await portal.hospital.send(institutional_population_file(claims=1, faulty=0))
    await portal.process()
    submission = str(sent.json()["submission_id"])
    await tell(portal, answer(portal, submission, await numbers_of(portal), PAID, sequence=1))
    [event] = await portal.published("claims.claim-finalized.v1")
    facts = CLAIM_FACTS.open(portal.work.keys, event.event.sealed_facts, event.event.claim_id)
    [claim], _ = read_institutional(institutional_population_file(claims=1, faulty=0))
    assert [line.procedure for line in facts.lines.values()] == [
        *(line.procedure for line in claim.lines[:-1]),
        claim.lines[-1].revenue_code,
    ]
    assert {line.service_from for line in facts.lines.values()} == {claim.service_from}
    assert facts.diagnoses == tuple(claim.diagnoses)


async def test_a_long_answer_comes_as_a_document(portal: ClaimsService, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = await portal.accepted_file(3)
    monkeypatch.setattr(handover, "BODY_BYTES", 10)
    event = answer(portal, submission, await numbers_of(portal), PAID, sequence=1)
    assert event.document is not None
    await tell(portal, event)
    assert await states(portal) == {("paid", 4000)}


async def test_a_number_nobody_knows_changes_nothing(portal: ClaimsService) -> None:
    submission = await portal.accepted_file(1)
    await tell(portal, answer(portal, submission, ["2226327999999"], PAID, sequence=1))
    assert await states(portal) == {("accepted", None)}


_WHOLE = b"".join(
    write_277(
        [
            StatusAnswer(
                *_SAID_TO,
                Person(_PERSON),
                trace="2226327000001",
                statuses=[StatusDetail(Status("F1", "65"), RECEIVED, "", 18200, 12000, RECEIVED)],
                references=[Reference("1K", "2226327000001")],
            )
        ],
        Envelope("SHAREDSYSTEM", "15004", _AT, 1),
    )
)
_QUESTION = b"".join(
    write_276(
        [StatusInquiry(*_SAID_TO, Person(_PERSON), trace="1", references=[Reference("1K", "2226327000001")])],
        Envelope("SHAREDSYSTEM", "15004", _AT, 1),
    )
)


@pytest.mark.parametrize(
    "file",
    [
        b"ISA*no",
        _WHOLE.replace(b"*182*120*", b"*182*12.345*"),
        _WHOLE.replace(b"*20261123**182", b"*20261323**182"),
        _WHOLE.replace(b"X*005010X212", b"X*005010X214"),
        _WHOLE.replace(b"IEA*1*000000001~", b""),
        _QUESTION,
    ],
    ids=["no X12", "parts of a cent", "no day", "other guide", "cut off", "a question"],
)
async def test_what_is_no_status_file_is_poison(portal: ClaimsService, file: bytes) -> None:
    submission = UUID(await portal.accepted_file(1))
    assert file != _WHOLE
    given = PartnerExchange(portal.work.settings, portal.work.keys).give([file], place=status_place(submission, 1, 1))
    event = ClaimsStatus(submission_id=submission, part=1, sequence=1, claims=1, **asdict(given))
    with pytest.raises(Poison):
        await tell(portal, event)


def _answer(number: str, *details: StatusDetail, trace: str = "1") -> StatusAnswer:
    """An answer about the claim with this number, or about none."""
    references = [Reference("1K", number)] if number else []
    return StatusAnswer(*_SAID_TO, Person(_PERSON), trace=trace, statuses=list(details), references=references)


async def say(portal: ClaimsService, answers: Sequence[StatusAnswer], *, sequence: int = 1) -> None:
    """Hand over a 277 with these answers."""
    submission = UUID(int=1)
    given = PartnerExchange(portal.work.settings, portal.work.keys).give(
        write_277(answers, Envelope("SHAREDSYSTEM", "15004", _AT, sequence)),
        place=status_place(submission, 1, sequence),
    )
    await tell(
        portal,
        ClaimsStatus(submission_id=submission, part=1, sequence=sequence, claims=len(answers), **asdict(given)),
    )


async def test_an_answer_that_found_no_claim_is_set_aside_and_the_others_count(portal: ClaimsService) -> None:
    """X12 RFI 1909: when nothing was found there is no REF*1K, and answers with claims may follow."""
    await portal.accepted_file(3)
    first, second, third = await numbers_of(portal)
    paid = StatusDetail(Status("F1", "65"), RECEIVED, "", 10_000, 4000, RECEIVED)
    nothing = [StatusDetail(Status(category, "35"), RECEIVED) for category in ("A4", "D0", "E0", "E2")]
    await say(
        portal,
        [
            _answer(first, StatusDetail(Status("P1", "20"), RECEIVED)),
            *(_answer("", detail) for detail in nothing),
            # It names a claim and says nothing of it.
            _answer(second, nothing[1]),
            _answer(third, paid),
        ],
    )
    found = [row.state for row in await portal.rows("SELECT state FROM claim ORDER BY ordinal")]
    assert found == ["in-process", "accepted", "paid"]
    assert len(await portal.rows("SELECT 1 FROM claim_status")) == 2


@pytest.mark.parametrize("category", ["F3", "F3F", "F3N"])
async def test_a_revised_claim_is_final_with_its_day(portal: ClaimsService, category: str) -> None:
    await portal.accepted_file(1)
    [number] = await numbers_of(portal)
    await say(portal, [_answer(number, StatusDetail(Status(category, "65"), RECEIVED, "", 10_000, 8000, RECEIVED))])
    [row] = await portal.rows("SELECT state, paid_cents, finalized_on FROM claim")
    assert tuple(row) == ("adjusted", 8000, RECEIVED)
    assert len(await portal.published("claims.claim-finalized.v1")) == 1


async def test_a_split_claim_is_accepted_and_nobody_is_asked_to_send_it_again(portal: ClaimsService) -> None:
    await portal.accepted_file(1)
    [number] = await numbers_of(portal)
    await say(portal, [_answer(number, StatusDetail(Status("A5", "72"), RECEIVED))])
    [row] = await portal.rows("SELECT claim_id, state FROM claim")
    page = (await portal.riverside.get(f"/claims/{row.claim_id}")).text
    assert row.state == "split"
    assert "Do not send the claim again" in page
    assert "Correct it and send it" not in page


async def test_a_code_our_lists_do_not_have_is_shown_as_unknown_and_raises_an_alarm(portal: ClaimsService) -> None:
    def raised(code_set: str) -> float:
        return metrics.UNKNOWN_CODES.labels(code_set)._value.get()

    before = [raised(code_set) for code_set in ("claim_status", "claim_status_cat", "entity_id")]
    await portal.accepted_file(2)
    first, second = await numbers_of(portal)
    await say(
        portal,
        [
            _answer(first, StatusDetail(Status("P9", "9999", "ZZZ"), RECEIVED)),
            _answer(second, StatusDetail(Status("F1", "65"), RECEIVED, "", 10_000, 4000, RECEIVED)),
        ],
    )
    assert await states(portal) == {("in-process", None), ("paid", 4000)}
    after = [raised(code_set) for code_set in ("claim_status", "claim_status_cat", "entity_id")]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1]
    [row, _] = await portal.rows("SELECT claim_id FROM claim ORDER BY ordinal")
    page = (await portal.riverside.get(f"/claims/{row.claim_id}")).text
    assert "Unknown category P9 · unknown status 9999 (unknown entity ZZZ)" in page


async def test_an_approved_claim_is_not_called_paid_before_its_day(portal: ClaimsService) -> None:
    await portal.accepted_file(1)
    [number] = await numbers_of(portal)
    due = RECEIVED + timedelta(days=14)
    await say(
        portal, [_answer(number, StatusDetail(Status("F1", "65"), RECEIVED, "", 10_000, 4000, RECEIVED, due, "EFT1"))]
    )
    [row] = await portal.rows("SELECT claim_id FROM claim")
    for path in (f"/claims/{row.claim_id}", "/claims"):
        main = (await portal.riverside.get(path)).text.split("<main", 1)[1]
        assert "Approved" in main
        assert f"{due:%m/%d/%Y}" in main
        assert "EFT1" in main
        assert not re.search(r">\s*Paid\s*<|has been paid|Finalized: paid", main.split("</form>")[-1])


async def test_which_line_a_remittance_means_is_told_sealed_by_its_control_number(portal: ClaimsService) -> None:
    # X12 RFI 1684, 1917: REF*6R is the provider's own number of a line, or its LX01 where none was sent.
    submission = await portal.accepted_file(2)
    await tell(portal, answer(portal, submission, await numbers_of(portal), IN_PROCESS, sequence=1))
    stored = await portal.rows("SELECT claim_id, number, control_number FROM claim_line")
    assert {bool(row.control_number) for row in stored} == {True, False}
    for event in await portal.published("claims.claim-status-changed.v1"):
        named = CLAIM_LINES.open(portal.work.keys, event.event.sealed_lines, event.event.claim_id)
        mine = [row for row in stored if row.claim_id == event.event.claim_id]
        assert named == {row.control_number or str(row.number): row.number for row in mine}
        for row in mine:
            assert not row.control_number or row.control_number not in event.message.payload.decode()


async def test_a_line_is_known_by_its_number_as_it_was_sent_on(portal: ClaimsService) -> None:
    # Separators are each sender's own (X12.5): a sign that is data there is a separator in the file that goes on.
    submission = await portal.accepted_file(2)
    await portal.rows("UPDATE claim_line SET control_number = number || '*A^B' RETURNING 1")
    await tell(portal, answer(portal, submission, await numbers_of(portal), IN_PROCESS, sequence=1))
    for event in await portal.published("claims.claim-status-changed.v1"):
        named = CLAIM_LINES.open(portal.work.keys, event.event.sealed_lines, event.event.claim_id)
        assert named
        assert named == {f"{number} A B": number for number in named.values()}


async def test_a_number_that_two_lines_share_names_none(portal: ClaimsService) -> None:
    submission = await portal.accepted_file(2)
    [row, *_] = await portal.rows("SELECT claim_id FROM claim_line WHERE number = 2 ORDER BY claim_id")
    await portal.rows("UPDATE claim_line SET control_number = 'SAME' RETURNING 1")
    await tell(portal, answer(portal, submission, await numbers_of(portal), IN_PROCESS, sequence=1))
    told = [each.event for each in await portal.published("claims.claim-status-changed.v1")]
    [event] = [each for each in told if each.claim_id == row.claim_id]
    assert CLAIM_LINES.open(portal.work.keys, event.sealed_lines, event.claim_id) == {}
