"""Decides an appeal: each line with its rationale, a letter if one is due, the event that has the claim adjusted."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from libs.common.appeal_deadlines import reconsideration_until
from libs.common.contracts.appeals import AppealDecided
from libs.common.contracts.sealed import ClaimFacts
from libs.common.errors import Rejected
from libs.common.mbi import mask_mbi
from libs.common.money import format_dollars
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import day, procedure
from services.appeals.letters.domain import Letter, LetterFacts, LetterLine, compose, needs_letter
from services.appeals.redetermination import repository
from services.appeals.redetermination.domain import (
    LEVEL,
    Outcome,
    line_name,
    reason_of,
)
from services.appeals.redetermination.repository import Appeal, AppealLine
from services.appeals.redetermination.tables import LETTER, RATIONALE
from services.appeals.redetermination.views import apart, claim_of, facts
from services.appeals.review.domain import LineDecision, decision_day, decision_faults, outcome_of
from services.appeals.review.views import to_pay


async def decide(
    work: UnitOfWork, appeal_id: UUID, decided: Mapping[int, LineDecision], *, decided_by: UUID
) -> Outcome:
    """Issue a decision, once. Raises `Rejected` when it lacks something, or when the appeal is decided already."""
    appeal = await repository.lock(work, appeal_id)
    if not appeal.open:
        work.audit("decide", "appeal", appeal_id, outcome="refused", reason="decided")
        before = day(appeal.decided_on) if appeal.decided_on else ""
        raise Rejected(
            "appeal-closed", f"Appeal {appeal.number} was decided on {before}. A decision is issued once.", status=409
        )
    lines = (await repository.lines(work, [appeal_id]))[appeal_id]
    faults = decision_faults(decided, [line.number for line in lines])
    if faults:
        kinds = " ".join(dict.fromkeys(fault.kind for fault in faults))
        work.audit("decide", "appeal", appeal_id, outcome="refused", reason=kinds)
        log.info("decision refused", reason=kinds)
        fields = {fault.field: fault.sentence for fault in faults}
        raise Rejected("form-invalid", " ".join(fields.values()), 422, fields)
    outcome = outcome_of([bool(decided[line.number].favorable) for line in lines])
    on = decision_day(work.runtime.today, appeal.received_on, work.runtime.deployment.business_days)
    claim = await claim_of(work, appeal)
    known = facts(work, claim)
    others = await apart(work, appeal)
    names = {line.number: line_name(line.number, apart=others) for line in lines}
    letter = _letter(work, appeal, lines, decided, names, outcome, known, on) if needs_letter(outcome) else None
    await repository.decide(
        work,
        appeal_id,
        {
            "outcome": outcome,
            "decided_at": work.runtime.clock.business(),
            "decided_on": on,
            "decided_by": decided_by,
            "letter": LETTER.seal(work.runtime.keys, letter, appeal_id) if letter else None,
        },
        {
            line.number: {
                "favorable": decided[line.number].favorable,
                "rationale": RATIONALE.seal(work.runtime.keys, decided[line.number].rationale, appeal_id, line.number),
            }
            for line in lines
        },
    )
    work.append(
        AppealDecided(
            appeal_id=appeal_id,
            number=appeal.number,
            level=LEVEL,
            claim_id=appeal.claim_id,
            enrollment_id=appeal.enrollment_id,
            internal_control_number=appeal.internal_control_number,
            outcome=outcome,
            lines=to_pay([line.number for line in lines if decided[line.number].favorable], known, apart=others),
            decided_on=on,
        )
    )
    work.audit("decide", "appeal", appeal_id, reason=outcome)
    log.info("appeal decided", reason=outcome, claim_id=str(appeal.claim_id))
    return outcome


def _letter(
    work: UnitOfWork,
    appeal: Appeal,
    lines: Sequence[AppealLine],
    decided: Mapping[int, LineDecision],
    names: Mapping[int, str],
    outcome: Outcome,
    known: ClaimFacts,
    decided_on: date,
) -> Letter:
    deployment = work.runtime.deployment
    return compose(
        LetterFacts(
            contractor=deployment.contractor,
            number=appeal.number,
            outcome=outcome,
            decided_on=day(decided_on),
            received_on=day(appeal.received_on),
            provider=appeal.provider_name,
            npi=appeal.provider_npi,
            ptan=appeal.provider_ptan,
            patient=known.patient,
            medicare_number=mask_mbi(known.mbi),
            control_number=appeal.internal_control_number,
            lines=tuple(_letter_line(line, decided[line.number], names[line.number], known) for line in lines),
            next_level_until=day(reconsideration_until(decided_on, deployment.business_days)),
            help_phone=deployment.help_desk.phone,
            help_hours=deployment.help_desk.hours,
        )
    )


def _letter_line(line: AppealLine, decided: LineDecision, name: str, known: ClaimFacts) -> LetterLine:
    service = known.lines.get(line.number)
    on = f" on {day(service.service_from)}" if service and service.service_from else ""
    reasons = [reason_of(written) for written in line.reasons.split()]
    bill = "; ".join(dict.fromkeys(reason.bill for reason in reasons if reason.bill))
    return LetterLine(
        name=name,
        service=f"{procedure(line.procedure)}{on}",
        charge=format_dollars(line.charge_cents),
        denied=line.reasons.replace(" ", ", "),
        decision="Paid" if decided.favorable else "Not paid",
        rationale=decided.rationale,
        bill="" if decided.favorable else bill,
    )
