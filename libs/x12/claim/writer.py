"""Writes claims: professional ones as an 837P (005010X222A1), institutional ones as an 837I (005010X223A2)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from libs.common.money import decimal_text
from libs.x12.claim.objects import (
    Address,
    Adjustment,
    BillingProvider,
    Claim,
    InstitutionalClaim,
    Line,
    LineDecision,
    OtherPayer,
    Party,
    Patient,
    ProfessionalClaim,
    RevenueLine,
    ServiceLine,
    Subscriber,
)
from libs.x12.writing import Element, Envelope, TransactionWriter, compose, day, write_file

PROFESSIONAL = "005010X222A1"
INSTITUTIONAL = "005010X223A2"

_CODES_PER_SEGMENT = 12
_ADJUSTMENTS_PER_SEGMENT = 6

_Claim = TypeVar("_Claim", bound=Claim)


@dataclass(slots=True, frozen=True)
class Submitter:
    """Who sends the file (loop 1000A), who gets it (1000B), and the payer of its claims (2010BB)."""

    name: str
    identifier: str
    contact_name: str
    contact_phone: str
    payer_name: str
    payer_identifier: str


def write_claims(
    claims: Iterable[ProfessionalClaim], envelope: Envelope, submitter: Submitter, *, reference: str = ""
) -> Iterator[bytes]:
    """Yield one 837P file of `claims`, in pieces of about 64 KB.

    One transaction set. Neighboring claims with the same `billing` object share a billing provider loop, and with
    the same `subscriber` and `patient` object the loops of these. Nothing is checked: claims with faults are written
    with them. `reference` is BHT03, by default the control number.

    Made for files Portico originates. What a submitter sent goes on with `forward_claims`, which copies the text of
    the accepted claims and so loses nothing that these objects do not carry.
    """
    transaction = _transaction(claims, _professional, PROFESSIONAL, envelope, submitter, reference)
    return write_file(envelope, "HC", PROFESSIONAL, transaction)


def write_institutional_claims(
    claims: Iterable[InstitutionalClaim], envelope: Envelope, submitter: Submitter, *, reference: str = ""
) -> Iterator[bytes]:
    """Yield one 837I file of `claims`, in the same way as `write_claims`."""
    transaction = _transaction(claims, _institutional, INSTITUTIONAL, envelope, submitter, reference)
    return write_file(envelope, "HC", INSTITUTIONAL, transaction)


def begin_transaction(envelope: Envelope, submitter: Submitter, reference: str, guide: str) -> TransactionWriter:
    """Return a writer that holds the head of an 837: everything before the first billing provider."""
    writer = TransactionWriter("837", "0001", guide)
    writer.add(
        "BHT",
        "0019",
        "00",
        reference or str(envelope.control_number),
        day(envelope.created),
        f"{envelope.created:%H%M}",
        "CH",
    )
    writer.add("NM1", "41", "2", submitter.name, "", "", "", "", "46", submitter.identifier)
    writer.add("PER", "IC", submitter.contact_name, "TE", submitter.contact_phone)
    writer.add("NM1", "40", "2", submitter.payer_name, "", "", "", "", "46", submitter.payer_identifier)
    return writer


def _transaction(
    claims: Iterable[_Claim],
    body: Callable[[_Claim], Iterator[str]],
    guide: str,
    envelope: Envelope,
    submitter: Submitter,
    reference: str,
) -> Iterator[bytes]:
    writer = begin_transaction(envelope, submitter, reference, guide)
    levels = _Levels(submitter)
    for claim in claims:
        writer.add_text(*_finished([*levels.enter(claim), *body(claim)]))
        if writer.full():
            yield writer.take()
    yield writer.close()


def _finished(segments: list[str]) -> tuple[str, int]:
    return "".join(segments), len(segments)


class _Levels:
    """The billing provider, subscriber and patient the last claim stood below."""

    def __init__(self, submitter: Submitter) -> None:
        self._submitter = submitter
        self._number = self._provider_number = self._subscriber_number = 0
        self._billing: BillingProvider | None = None
        self._subscriber: Subscriber | None = None
        self._patient: Patient | None = None

    def enter(self, claim: Claim) -> Iterator[str]:
        """Yield the levels a claim needs and the last one did not."""
        if claim.billing is not self._billing:
            self._billing, self._subscriber, self._patient = claim.billing, None, None
            self._provider_number = self._next()
            yield compose("HL", str(self._number), "", "20", "1")
            yield from _billing_provider(claim.billing)
        if claim.subscriber is not self._subscriber:
            self._subscriber, self._patient = claim.subscriber, None
            self._subscriber_number = self._next()
            children = "0" if claim.patient is None else "1"
            yield compose("HL", str(self._number), str(self._provider_number), "22", children)
            yield from _subscriber(claim.subscriber, self._submitter)
        if claim.patient is not None and claim.patient is not self._patient:
            self._patient = claim.patient
            self._next()
            yield compose("HL", str(self._number), str(self._subscriber_number), "23", "0")
            yield from _patient(claim.patient)

    def _next(self) -> int:
        self._number += 1
        return self._number


# --- people and places ------------------------------------------------------------------------------------------------


def _address(address: Address) -> Iterator[str]:
    yield compose("N3", address.street, address.second_street)
    yield compose("N4", address.city, address.state, address.postal_code, address.country)


def _npi(npi: str) -> tuple[str, str]:
    return ("XX", npi) if npi else ("", "")


def _billing_provider(billing: BillingProvider) -> Iterator[str]:
    if billing.taxonomy:
        yield compose("PRV", "BI", "PXC", billing.taxonomy)
    kind = "1" if billing.is_person else "2"
    names = billing.name, billing.first_name, billing.middle_name, "", billing.suffix
    yield compose("NM1", "85", kind, *names, *_npi(billing.npi))
    if billing.address:
        yield from _address(billing.address)
    yield compose("REF", billing.tax_id_qualifier, billing.tax_id)
    if billing.pay_to:
        yield compose("NM1", "87", kind)
        yield from _address(billing.pay_to)


def _subscriber(subscriber: Subscriber, submitter: Submitter) -> Iterator[str]:
    yield compose(
        "SBR",
        subscriber.responsibility,
        "18" if subscriber.is_patient else "",
        subscriber.group_number,
        subscriber.group_name,
        subscriber.insurance_type,
        "",
        "",
        "",
        subscriber.filing_indicator,
    )
    names = subscriber.last_name, subscriber.first_name, subscriber.middle_name, "", subscriber.suffix
    yield _person("IL", names, *(("MI", subscriber.mbi) if subscriber.mbi else ()))
    if subscriber.address:
        yield from _address(subscriber.address)
    if subscriber.birth_date:
        yield compose("DMG", "D8", day(subscriber.birth_date), subscriber.sex)
    yield compose("NM1", "PR", "2", submitter.payer_name, "", "", "", "", "PI", submitter.payer_identifier)


def _person(role: str, names: Sequence[str], *identifier: str) -> str:
    """A person by last, first and middle name, prefix and suffix."""
    return compose("NM1", role, "1", *names, *[""] * (5 - len(names)), *identifier)


def _patient(patient: Patient) -> Iterator[str]:
    yield compose("PAT", patient.relationship)
    yield _person("QC", (patient.last_name, patient.first_name, patient.middle_name, "", patient.suffix))
    if patient.address:
        yield from _address(patient.address)
    if patient.birth_date:
        yield compose("DMG", "D8", day(patient.birth_date), patient.sex)


def _rendering(npi: str) -> str:
    # The object keeps the identifier only; X12 wants a name beside it.
    return compose("NM1", "82", "2", "RENDERING PROVIDER", "", "", "", "", "XX", npi)


def _parties(parties: Iterable[Party]) -> Iterator[str]:
    for party in parties:
        kind = "1" if party.is_person else "2"
        names = party.last_name, party.first_name, party.middle_name, "", party.suffix
        yield compose("NM1", party.role, kind, *names, *_npi(party.npi))
        if party.taxonomy:
            yield compose("PRV", "AT" if party.role == "71" else "PE", "PXC", party.taxonomy)
        if party.address:
            yield from _address(party.address)
        for qualifier, number in party.identifiers:
            yield compose("REF", qualifier, number)


# --- claims -----------------------------------------------------------------------------------------------------------


def _professional(claim: ProfessionalClaim) -> Iterator[str]:
    yield compose(
        "CLM",
        claim.patient_control_number,
        decimal_text(claim.total_charge_cents),
        "",
        "",
        (claim.place_of_service, "B", claim.frequency_code),
        claim.signature_on_file,
        claim.accepts_assignment,
        claim.benefits_assigned,
        claim.release,
        *_delay(claim),
    )
    for qualifier, when in claim.dates:
        yield compose("DTP", qualifier, "D8", day(when))
    if claim.admission_date:
        yield compose("DTP", "435", "D8", day(claim.admission_date))
    yield from _papers(claim)
    if claim.patient_paid_cents is not None:
        yield compose("AMT", "F5", decimal_text(claim.patient_paid_cents))
    yield from _references(claim)
    if claim.diagnoses:
        principal, others = ("ABK", "ABF") if claim.icd_version > 9 else ("BK", "BF")
        codes = [(others if index else principal, code) for index, code in enumerate(claim.diagnoses)]
        yield compose("HI", *codes)
    yield from _coded("BG", [(code,) for code in claim.conditions])
    if claim.rendering_npi:
        yield _rendering(claim.rendering_npi)
        if claim.rendering_taxonomy:
            yield compose("PRV", "PE", "PXC", claim.rendering_taxonomy)
    yield from _parties(claim.parties)
    yield from _other_payers(claim.other_payers)
    for line in claim.lines:
        yield from _service_line(line)


def _institutional(claim: InstitutionalClaim) -> Iterator[str]:
    yield compose(
        "CLM",
        claim.patient_control_number,
        decimal_text(claim.total_charge_cents),
        "",
        "",
        (claim.facility_code, "A", claim.frequency_code),
        "",
        claim.accepts_assignment,
        claim.benefits_assigned,
        claim.release,
        *_delay(claim),
    )
    if claim.discharge_hour:
        yield compose("DTP", "096", "TM", claim.discharge_hour)
    if claim.service_from and claim.service_to:
        yield compose("DTP", "434", "RD8", f"{day(claim.service_from)}-{day(claim.service_to)}")
    if claim.admission_date:
        form = "DT" if claim.admission_hour else "D8"
        yield compose("DTP", "435", form, day(claim.admission_date) + claim.admission_hour)
    yield compose("CL1", claim.admission_type, claim.admission_source, claim.patient_status)
    yield from _papers(claim)
    if claim.patient_due_cents is not None:
        yield compose("AMT", "F3", decimal_text(claim.patient_due_cents))
    yield from _references(claim)
    yield from _institutional_codes(claim)
    yield from _parties(claim.parties)
    yield from _other_payers(claim.other_payers)
    for line in claim.lines:
        yield from _revenue_line(line)


def _institutional_codes(claim: InstitutionalClaim) -> Iterator[str]:
    modern = "A" if claim.icd_version > 9 else ""
    if claim.diagnoses:
        indicators = [*claim.present_on_admission, *[""] * len(claim.diagnoses)]
        found = [
            (code, "", "", "", "", "", "", present) for code, present in zip(claim.diagnoses, indicators, strict=False)
        ]
        yield from _coded(f"{modern}BK", found[:1])
    if claim.admitting_diagnosis:
        yield from _coded(f"{modern}BJ", [(claim.admitting_diagnosis,)])
    yield from _coded("APR" if modern else "PR", [(code,) for code in claim.reasons_for_visit])
    yield from _coded(f"{modern}BN", [(code,) for code in claim.external_causes])
    if claim.diagnosis_related_group:
        yield from _coded("DR", [(claim.diagnosis_related_group,)])
    if claim.diagnoses:
        yield from _coded(f"{modern}BF", found[1:])
    procedures = [(each.code, "D8", day(each.day)) for each in claim.procedures]
    yield from _coded("BBR" if modern else "BR", procedures[:1])
    yield from _coded("BBQ" if modern else "BQ", procedures[1:])
    yield from _coded("BI", [(each.code, "RD8", f"{day(each.first)}-{day(each.last)}") for each in claim.spans])
    yield from _coded("BH", [(each.code, "D8", day(each.first)) for each in claim.occurrences])
    yield from _coded("BE", [(each.code, "", "", decimal_text(each.hundredths)) for each in claim.values])
    yield from _coded("BG", [(code,) for code in claim.conditions])
    yield from _coded("TC", [(code,) for code in claim.treatments])


def _coded(qualifier: str, codes: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The segments HI of one kind of code, twelve codes in each."""
    for start in range(0, len(codes), _CODES_PER_SEGMENT):
        yield compose("HI", *((qualifier, *code) for code in codes[start : start + _CODES_PER_SEGMENT]))


def _delay(claim: Claim) -> list[str]:
    return [*[""] * 10, claim.delay_reason] if claim.delay_reason else []


def _papers(claim: Claim) -> Iterator[str]:
    for paper in claim.attachments:
        number = ("AC", paper.control_number) if paper.control_number else ()
        yield compose("PWK", paper.report_type, paper.transmission, "", "", *number)


def _references(claim: Claim) -> Iterator[str]:
    for qualifier, number in (
        ("F8", claim.payer_claim_control_number),
        ("D9", claim.internal_control_number),
        ("G1", claim.prior_authorization),
        *claim.references,
    ):
        if number:
            yield compose("REF", qualifier, number)
    for note in claim.notes:
        yield compose("NTE", note.kind, note.text)


# --- other payers -----------------------------------------------------------------------------------------------------


def _other_payers(payers: Iterable[OtherPayer]) -> Iterator[str]:
    for payer in payers:
        yield compose(
            "SBR",
            payer.responsibility,
            payer.relationship,
            payer.group_number,
            payer.group_name,
            payer.insurance_type,
            "",
            "",
            "",
            payer.filing_indicator,
        )
        yield from _adjustments(payer.adjustments)
        for qualifier, cents in (
            ("D", payer.paid_cents),
            ("A8", payer.not_covered_cents),
            ("EAF", payer.remaining_cents),
        ):
            if cents is not None:
                yield compose("AMT", qualifier, decimal_text(cents))
        yield compose("OI", "", "", payer.benefits_assigned, "", "", payer.release)
        yield _person("IL", (payer.insured_last_name, payer.insured_first_name), "MI", payer.insured_id)
        yield compose("NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.identifier)
        if payer.paid_on:
            yield compose("DTP", "573", "D8", day(payer.paid_on))


def _adjustments(adjustments: Sequence[Adjustment]) -> Iterator[str]:
    """The segments CAS: neighbors of one group share one, six in each at most."""
    for group in _runs(adjustments):
        parts: list[Element] = []
        for one in group:
            parts += [one.reason, decimal_text(one.cents), "" if one.quantity is None else _number(one.quantity)]
        yield compose("CAS", group[0].group, *parts)


def _runs(adjustments: Sequence[Adjustment]) -> Iterator[list[Adjustment]]:
    run: list[Adjustment] = []
    for one in adjustments:
        if run and (one.group != run[0].group or len(run) == _ADJUSTMENTS_PER_SEGMENT):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _decisions(decisions: Iterable[LineDecision]) -> Iterator[str]:
    for one in decisions:
        paid = decimal_text(one.paid_cents)
        bundled_into = str(one.bundled_into) if one.bundled_into else ""
        yield compose("SVD", one.payer, paid, one.procedure, one.revenue_code, _number(one.units), bundled_into)
        yield from _adjustments(one.adjustments)
        if one.paid_on:
            yield compose("DTP", "573", "D8", day(one.paid_on))
        if one.remaining_cents is not None:
            yield compose("AMT", "EAF", decimal_text(one.remaining_cents))


# --- lines ------------------------------------------------------------------------------------------------------------


def _service_line(line: ServiceLine) -> Iterator[str]:
    yield compose("LX", str(line.number))
    yield compose(
        "SV1",
        _procedure(line),
        decimal_text(line.charge_cents),
        line.unit_of_measure,
        _number(line.units),
        line.place_of_service,
        "",
        tuple(str(pointer) for pointer in line.pointers),
        *(["", "Y"] if line.is_emergency else []),
    )
    yield from _line_details(line)
    if line.rendering_npi:
        yield _rendering(line.rendering_npi)
    yield from _parties(line.parties)
    yield from _decisions(line.decisions)


def _revenue_line(line: RevenueLine) -> Iterator[str]:
    yield compose("LX", str(line.number))
    yield compose(
        "SV2",
        line.revenue_code,
        _procedure(line) if line.procedure else "",
        decimal_text(line.charge_cents),
        line.unit_of_measure,
        _number(line.units),
        "",
        decimal_text(line.not_covered_cents) if line.not_covered_cents else "",
    )
    yield from _line_details(line)
    yield from _parties(line.parties)
    yield from _decisions(line.decisions)


def _procedure(line: Line) -> tuple[str, ...]:
    modifiers = [*line.modifiers, *[""] * (4 - len(line.modifiers))] if line.description else line.modifiers
    return (line.qualifier, line.procedure, *modifiers, line.description)


def _line_details(line: Line) -> Iterator[str]:
    if line.service_from:
        last = line.service_to or line.service_from
        yield compose("DTP", "472", *_period(line.service_from, last))
    if line.control_number:
        yield compose("REF", "6R", line.control_number)
    for note in line.notes:
        yield compose("NTE", note.kind, note.text)
    if line.drug:
        yield compose("LIN", "", line.drug.qualifier, line.drug.code)
        yield compose("CTP", "", "", "", _number(line.drug.quantity), line.drug.unit)


def _period(first: date, last: date) -> tuple[str, str]:
    return ("D8", day(first)) if first == last else ("RD8", f"{day(first)}-{day(last)}")


def _number(number: Decimal) -> str:
    return f"{number.normalize():f}"
