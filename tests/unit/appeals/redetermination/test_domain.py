from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from libs.common.appeal_deadlines import reconsideration_until
from libs.x12.remittance.reasons import REASONS, reason_meaning
from services.appeals.redetermination.domain import (
    MAX_LINES,
    UNIDENTIFIED,
    WHOLE_CLAIM,
    Appealed,
    Asked,
    LineRight,
    Notice,
    NoticeLine,
    Reason,
    decide_by,
    form_faults,
    joined,
    line_faults,
    line_name,
    notice_lines,
    reason_of,
    rights_of,
)
from tests.support.portico import DAYS

NOTICE = date(2026, 11, 19)
LAST = date(2027, 3, 24)
TODAY = date(2026, 11, 24)
DENIED = NoticeLine(1, "99213", 12_500, 0, (Reason("CO", "50", 12_500),))
PAID = NoticeLine(
    2, "93000", 4_200, 2_000, (Reason("CO", "45"), Reason("PR", "1"), Reason("PR", "2"), Reason("CO", "253"))
)
ASKED = Asked(frozenset({1}), "Jo Clerk", "It was needed.")
FIRST = Appealed(UUID(int=1), "A-2611-000001", None, None)


def kind_of(
    line: NoticeLine, *, today: date = TODAY, status: str = "1", finalized: bool = True, appeal: Appealed | None = None
) -> str:
    appealed = {line.number: appeal} if appeal else {}
    [right] = rights_of(Notice(1, NOTICE, status, (line,)), appealed, today, DAYS, finalized=finalized)
    return right.kind


def test_a_decision_is_due_60_days_after_receipt_and_14_more_for_each_later_day_of_evidence() -> None:
    received = date(2026, 11, 24)
    assert decide_by(received, ()) == date(2027, 1, 23)
    assert decide_by(received, [received, received - timedelta(days=1)]) == date(2027, 1, 23)
    later = received + timedelta(days=3)
    assert decide_by(received, [later, later]) == date(2027, 2, 6)
    assert decide_by(received, [later, later + timedelta(days=1)]) == date(2027, 2, 20)


def test_a_denied_line_can_be_appealed_until_the_last_day_and_later_with_good_cause() -> None:
    assert kind_of(DENIED, today=LAST) == "appeal"
    assert kind_of(DENIED, today=LAST + timedelta(days=1)) == "appeal-late"


def test_what_was_paid_as_the_rules_say_cannot_be_appealed() -> None:
    assert kind_of(PAID) == "paid"
    in_part = replace(PAID, reasons=(*PAID.reasons, Reason("CO", "59", 500)))
    assert kind_of(in_part) == "appeal"
    assert in_part.denials == (Reason("CO", "59", 500),)


def test_what_could_not_be_processed_is_corrected_and_sent_again() -> None:
    assert kind_of(replace(DENIED, remarks=("N56", "MA130"))) == "correct-and-resubmit"
    assert kind_of(replace(DENIED, remarks=("MA130",)), finalized=False) == "correct-and-resubmit"


def test_what_was_never_finalized_or_was_reversed_has_no_rights() -> None:
    assert kind_of(DENIED, finalized=False) == "not-decided"
    assert kind_of(DENIED, status="22") == "reversed"
    assert rights_of(None, {}, TODAY, DAYS, finalized=True) == ()


def test_a_claim_that_came_too_late_and_what_a_remark_excludes_have_no_rights() -> None:
    # 42 CFR 405.926(n): a late claim is no initial determination.
    assert kind_of(replace(DENIED, reasons=(Reason("CO", "29", 12_500),))) == "no-rights"
    assert kind_of(replace(DENIED, remarks=("N211",))) == "no-rights"
    assert kind_of(replace(DENIED, remarks=("MA44",))) == "no-rights"


def test_a_line_that_the_remittance_does_not_name_is_not_guessed() -> None:
    assert kind_of(replace(DENIED, number=UNIDENTIFIED)) == "unidentified"
    assert kind_of(replace(PAID, number=UNIDENTIFIED)) == "paid"


def test_parts_of_a_line_are_one_line_and_lines_stand_in_the_order_of_the_claim() -> None:
    # X12 RFI 1684, 1917, 2224: parts of a split line carry one number, in any order and place.
    rest = replace(DENIED, number=1, charge_cents=500, reasons=(Reason("CO", "50", 400), Reason("CO", "45", 100)))
    unnamed = replace(DENIED, number=UNIDENTIFIED)
    first, second, *others = joined((rest, unnamed, PAID, replace(DENIED, remarks=("N115",)), unnamed))
    assert (first.number, first.charge_cents, first.paid_cents) == (1, 13_000, 0)
    assert first.reasons == (Reason("CO", "50", 12_900), Reason("CO", "45", 100))
    assert first.remarks == ("N115",)
    assert (second, others) == (PAID, [unnamed, unnamed])


def test_parts_of_a_line_that_cancel_out_leave_nothing_to_appeal() -> None:
    # 42 CFR 405.924(b), 405.940: nothing was decided about the line that has an effect on what is paid.
    back = replace(DENIED, charge_cents=-12_500, reasons=(Reason("CO", "50", -12_500),))
    [line] = joined((DENIED, back))
    assert (line.charge_cents, line.paid_cents, line.reasons) == (0, 0, ())
    assert kind_of(line) == "paid"
    [again] = joined((DENIED, back, DENIED))
    assert kind_of(again) == "appeal"


WHOLE = replace(DENIED, number=WHOLE_CLAIM)


@pytest.mark.parametrize(("line", "in_appeal"), [(DENIED, WHOLE_CLAIM), (WHOLE, 1), (WHOLE, 7)])
def test_a_claim_and_its_lines_are_not_appealed_beside_each_other(line: NoticeLine, in_appeal: int) -> None:
    [right] = rights_of(Notice(1, NOTICE, "1", (line,)), {in_appeal: FIRST}, TODAY, DAYS, finalized=True)
    assert (right.kind, right.appeal) == ("appealed", FIRST)
    [fault] = line_faults(replace(ASKED, lines=frozenset({line.number})), [right], written_day="03/24/2027")
    assert (fault.kind, fault.appeal) == ("line-appealed", FIRST)
    assert "is in appeal A-2611-000001 already" in fault.sentence


def test_a_claim_shown_as_a_whole_can_be_appealed_while_one_of_its_lines_was_not() -> None:
    # 42 CFR 405.940: who appealed one line may still be dissatisfied with the others.
    def right(appealed: dict[int, Appealed], line: NoticeLine = WHOLE) -> LineRight:
        notice = Notice(1, NOTICE, "1", (line,))
        [found] = rights_of(notice, appealed, TODAY, DAYS, finalized=True, claimed=(1, 2, 3))
        return found

    rest = right({1: FIRST, 3: FIRST})
    assert (rest.kind, rest.apart, rest.appeal) == ("appeal", (1, 3), None)
    assert line_faults(replace(ASKED, lines=frozenset({WHOLE_CLAIM})), [rest], written_day="03/24/2027") == ()
    assert line_name(WHOLE_CLAIM, apart=rest.apart) == "The whole claim except lines 1, 3"
    assert right({1: FIRST, 2: FIRST, 3: FIRST}).kind == "appealed"
    assert right({1: FIRST, WHOLE_CLAIM: FIRST}).kind == "appealed"
    assert right({1: FIRST}, replace(PAID, number=WHOLE_CLAIM)).kind == "appealed"


def test_a_line_beside_one_in_appeal_can_be_appealed() -> None:
    [right] = rights_of(Notice(1, NOTICE, "1", (DENIED,)), {7: FIRST}, TODAY, DAYS, finalized=True)
    assert right.kind == "appeal"


def test_of_several_appeals_of_a_claim_one_that_waits_is_named() -> None:
    decided = replace(FIRST, appeal_id=UUID(int=2), decided_on=TODAY, favorable=False)
    [right] = rights_of(Notice(1, NOTICE, "1", (WHOLE,)), {1: decided, 2: FIRST}, TODAY, DAYS, finalized=True)
    assert right.appeal == FIRST


def test_after_an_appeal_there_is_no_second_one() -> None:
    assert kind_of(DENIED, appeal=FIRST) == "appealed"
    lost = replace(FIRST, decided_on=TODAY, favorable=False)
    assert kind_of(DENIED, appeal=lost) == "decided"
    [right] = rights_of(Notice(1, NOTICE, "1", (DENIED,)), {1: lost}, TODAY, DAYS, finalized=True)
    assert right.until == reconsideration_until(TODAY, DAYS)
    won = replace(FIRST, decided_on=TODAY, favorable=True)
    [right] = rights_of(Notice(1, NOTICE, "1", (DENIED,)), {1: won}, TODAY, DAYS, finalized=True)
    assert (right.kind, right.until) == ("decided", None)


def test_what_is_said_of_the_claim_is_said_of_each_line_and_alone_where_there_are_none() -> None:
    whole = NoticeLine(WHOLE_CLAIM, "", 12_500, 0, (Reason("CO", "50"),), ("MA130",))
    bare = replace(DENIED, reasons=(), remarks=("N1",))
    [line] = notice_lines([bare], claim=whole)
    assert (line.number, line.reasons, line.remarks) == (1, whole.reasons, ("N1", "MA130"))
    assert notice_lines([], claim=whole) == (whole,)


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        (ASKED, []),
        (replace(ASKED, lines=frozenset()), ["without-lines"]),
        (replace(ASKED, lines=frozenset(range(1, MAX_LINES + 2))), ["too-many-lines"]),
        (replace(ASKED, explanation="", requester=""), ["without-explanation", "without-requester"]),
        (replace(ASKED, explanation="x" * 4001), ["too-long"]),
    ],
)
def test_what_a_request_lacks_is_told_each_by_itself(asked: Asked, kinds: list[str]) -> None:
    assert [fault.kind for fault in form_faults(asked)] == kinds


@pytest.mark.parametrize(
    ("line", "today", "appealed", "asked", "kind"),
    [
        (DENIED, TODAY, {}, ASKED, ""),
        (replace(PAID, number=1), TODAY, {}, ASKED, "line-not-appealable"),
        (replace(DENIED, remarks=("MA130",)), TODAY, {}, ASKED, "line-not-appealable"),
        (DENIED, TODAY, {}, replace(ASKED, lines=frozenset({7})), "unknown-line"),
        (DENIED, TODAY, {1: FIRST}, ASKED, "line-appealed"),
        (DENIED, LAST + timedelta(days=1), {}, ASKED, "without-good-cause"),
        (DENIED, LAST + timedelta(days=1), {}, replace(ASKED, good_cause="A fire."), ""),
    ],
)
def test_a_line_that_cannot_be_appealed_is_refused_by_its_reason(
    line: NoticeLine, today: date, appealed: dict[int, Appealed], asked: Asked, kind: str
) -> None:
    rights = rights_of(Notice(1, NOTICE, "1", (line,)), appealed, today, DAYS, finalized=True)
    faults = line_faults(asked, rights, written_day="03/24/2027")
    assert [fault.kind for fault in faults] == ([kind] if kind else [])
    if kind == "line-appealed":
        assert faults[0].appeal == FIRST


def test_reasons_have_the_words_of_the_remittance() -> None:
    assert reason_of("CO-50").words == reason_meaning("50")
    assert reason_of("CO-999").words == "Unknown reason 999"
    assert reason_of("PR-204").bill == "the patient may be billed for it"


def test_remittance_and_appeals_read_a_reason_alike() -> None:
    """What the remittance calls not appealable has no rights here, and what has rights here it never calls so."""
    final = {code for code, words in REASONS.items() if "no appeal" in words.advice}
    assert final == {"29"}
    for code in REASONS:
        line = NoticeLine(1, "99203", 10_000, 0, (Reason("CO", code, 10_000),), ())
        notice = Notice(1, date(2026, 11, 23), "1", (line,))
        [right] = rights_of(notice, {}, date(2026, 11, 24), DAYS, finalized=True)
        assert (right.kind == "no-rights") == (code in final), code
