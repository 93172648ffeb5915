"""Prints a remittance as a tagged PDF, in parts of so many claims that memory stays small."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from libs.common.documents.typesetting import typeset
from libs.common.mbi import mask_mbi
from libs.common.money import format_dollars
from libs.common.persistence.paging import Place
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import day, procedure
from services.remittance.advice import repository
from services.remittance.advice.domain import Patient, outcome_words
from services.remittance.advice.repository import Claim, Line, Remittance
from services.remittance.advice.views import details
from services.remittance.wording.views import (
    ExplainedAdjustment,
    ExplainedLine,
    explained,
    explained_adjustments,
    explained_lines,
    explained_remarks,
    method_words,
)

CLAIMS_OF_A_PART = 200
"""Claims of one PDF. A process that sets them takes some 100 MiB, and two run at once at most."""
_LINES_OF_A_PART = 800

_TEMPLATE = Path(__file__).parent / "templates" / "statement.typ"
_COLUMNS = ("Line", "Procedure", "Service", "Charge", "Allowed", "Paid", "Why the rest was not paid")
_WITHOUT_LINES = "This claim has more lines than fit here. Its own page in the portal shows them."


@dataclass(frozen=True, slots=True)
class Part:
    """One PDF of a remittance: its number from 1, and its first and last claim."""

    number: int
    first: int
    last: int


def parts(one: Remittance) -> list[Part]:
    """The PDFs a remittance has; one when it names no claim."""
    last_part = max(1, -(-one.claims // CLAIMS_OF_A_PART))
    return [
        Part(
            number,
            min((number - 1) * CLAIMS_OF_A_PART + 1, one.claims),
            min(number * CLAIMS_OF_A_PART, one.claims),
        )
        for number in range(1, last_part + 1)
    ]


@dataclass(frozen=True, slots=True)
class PrintedClaim:
    """A claim as a statement prints it. `corrected`: a later remittance takes its place."""

    claim: Claim
    patient: Patient
    lines: Sequence[Line]
    corrected: bool


async def statement(work: UnitOfWork, one: Remittance, part: int) -> bytes:
    """A part of the remittance as a tagged PDF, with every reason in words. Audited."""
    work.audit("print", "remittance", one.remittance_id)
    before = (part - 1) * CLAIMS_OF_A_PART
    place = Place(str(before) if before else "", size=CLAIMS_OF_A_PART, counted=False)
    claims = (await repository.claims_of(work, one.remittance_id, place)).rows
    lines = await repository.lines_of(work, one.remittance_id, [claim.number for claim in claims])
    corrections = await repository.corrections(work, one.enrollment_id, claims)
    printed = [
        PrintedClaim(
            claim,
            details(work, claim).patient,
            lines.get(claim.number, []),
            corrected=(claim.remittance_id, claim.number) in corrections,
        )
        for claim in claims
    ]
    return await typeset_part(one, part, printed, payer=work.runtime.deployment.contractor, today=work.runtime.today)


async def typeset_part(one: Remittance, part: int, claims: Iterable[PrintedClaim], *, payer: str, today: date) -> bytes:
    """A part of a remittance with these claims as a PDF (PDF/UA-1), printed by `payer` today."""
    printed: list[dict[str, object]] = []
    words: dict[str, str] = {}
    room = _LINES_OF_A_PART
    for each in claims:
        told = explained_lines(each.lines)
        fits = len(told) <= room
        room -= len(told) if fits else 0
        words |= _words(each.claim, told if fits else ())
        printed.append(_printed(each, told if fits else (), fits=fits))
    shown = parts(one)
    which = f", part {part} of {len(shown)}" if len(shown) > 1 else ""
    return await typeset(
        _TEMPLATE,
        {
            "title": f"Remittance {one.trace_number}{which}",
            "payer": payer,
            "printed": f"Printed {day(today)}",
            "about": [
                ("Issued", day(one.issued_on)),
                ("Payment", f"{method_words(one.method)}, {format_dollars(one.paid_cents)}"),
                ("Claims", f"{one.claims:,}{_range(shown[part - 1]) if which else ''}"),
                *map(_adjustment, explained_adjustments(one.provider_adjustments)),
            ],
            "columns": _COLUMNS,
            "claims": printed,
            "reasons": sorted(words.items()),
        },
    )


def _range(part: Part) -> str:
    return f"; this part has claims {part.first:,} to {part.last:,}"


def _adjustment(each: ExplainedAdjustment) -> tuple[str, str]:
    of = f" (claim {each.claim_number} {each.patient_control_number})".replace(" )", ")") if each.claim_number else ""
    return f"{each.code} {each.name}{of}", f"{each.direction}: {format_dollars(each.amount_cents)}. {each.sentence}"


def _words(claim: Claim, lines: Iterable[ExplainedLine]) -> dict[str, str]:
    """The codes of a claim and its lines with what they mean."""
    words = {each.code: each.words for each in explained(claim.adjustments)} | dict(explained_remarks(claim.remarks))
    for line in lines:
        words |= {each.code: each.words for each in line.reasons} | dict(line.remarks)
    return words


def _printed(each: PrintedClaim, lines: Sequence[ExplainedLine], *, fits: bool) -> dict[str, object]:
    claim, person = each.claim, each.patient
    _, outcome, _ = outcome_words(claim.outcome, claim.status, corrected=each.corrected)
    allowed = "" if claim.allowed_cents is None else format_dollars(claim.allowed_cents)
    about = [
        ("Patient", f"{person.name}, {mask_mbi(person.mbi)}"),
        ("Name on the next claim", person.corrected_name),
        ("Medicare number on the next claim", mask_mbi(person.corrected_mbi) if person.corrected_mbi else ""),
        ("Patient control number", claim.patient_control_number),
        ("Charge", format_dollars(claim.charge_cents)),
        ("Allowed", allowed),
        ("Paid", format_dollars(claim.paid_cents)),
        ("Patient owes", format_dollars(claim.patient_responsibility_cents)),
        *((reason.code, format_dollars(reason.amount_cents)) for reason in explained(claim.adjustments)),
        *(("Remark", code) for code in claim.remarks),
        ("Lines", "" if fits else _WITHOUT_LINES),
    ]
    return {
        "title": f"ICN {claim.internal_control_number}: {outcome}",
        "about": [(label, fact) for label, fact in about if fact],
        "lines": list(map(_row, lines)),
    }


def _row(each: ExplainedLine) -> tuple[str, ...]:
    line = each.line
    done = f"{procedure(line.procedure)} {line.modifiers}".strip()
    codes = [f"{reason.code} {format_dollars(reason.amount_cents)}" for reason in each.reasons]
    return (
        each.name,
        done if line.billed == line.procedure else f"{done}, billed as {procedure(line.billed)}",
        day(line.service_from) if line.service_from else "",
        format_dollars(line.charge_cents),
        "" if line.allowed_cents is None else format_dollars(line.allowed_cents),
        format_dollars(line.paid_cents),
        ", ".join([*codes, *(code for code, _ in each.remarks)]),
    )
