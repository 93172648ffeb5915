"""Writes claims as an 837P (005010X222A1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from libs.common.money import decimal_text
from libs.x12.claim.objects import Address, BillingProvider, ProfessionalClaim, ServiceLine, Subscriber
from libs.x12.writing import Envelope, TransactionWriter, compose, day, write_file

GUIDE = "005010X222A1"


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

    One transaction set. Neighbouring claims with the same `billing` object share a billing provider loop, and with
    the same `subscriber` object a subscriber loop. Nothing is checked: claims with faults are written with them.
    `reference` is BHT03, by default the control number.

    Made for files Portico originates. What a submitter sent goes on with `forward_claims`, which copies the text of
    the accepted claims and so loses nothing that these objects do not carry.
    """
    return write_file(envelope, "HC", GUIDE, _transaction(claims, envelope, submitter, reference))


def begin_transaction(envelope: Envelope, submitter: Submitter, reference: str) -> TransactionWriter:
    """Return a writer that holds the head of an 837P: everything before the first billing provider."""
    writer = TransactionWriter("837", "0001", GUIDE)
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
    claims: Iterable[ProfessionalClaim], envelope: Envelope, submitter: Submitter, reference: str
) -> Iterator[bytes]:
    writer = begin_transaction(envelope, submitter, reference)
    level = parent = 0
    billing: BillingProvider | None = None
    subscriber: Subscriber | None = None
    for claim in claims:
        if claim.billing is not billing:
            billing, subscriber = claim.billing, None
            level += 1
            parent = level
            writer.add_text(*_billing_provider(billing, level))
        if claim.subscriber is not subscriber:
            subscriber = claim.subscriber
            level += 1
            writer.add_text(*_subscriber(subscriber, level, parent, submitter))
        writer.add_text(*_claim(claim))
        if writer.full():
            yield writer.take()
    yield writer.close()


def _finished(segments: list[str]) -> tuple[str, int]:
    return "".join(segments), len(segments)


def _address(address: Address) -> list[str]:
    return [compose("N3", address.street), compose("N4", address.city, address.state, address.postal_code)]


def _billing_provider(billing: BillingProvider, level: int) -> tuple[str, int]:
    segments = [compose("HL", str(level), "", "20", "1")]
    if billing.taxonomy:
        segments.append(compose("PRV", "BI", "PXC", billing.taxonomy))
    segments.append(compose("NM1", "85", "2", billing.name, "", "", "", "", "XX", billing.npi))
    if billing.address:
        segments += _address(billing.address)
    segments.append(compose("REF", "EI", billing.tax_id))
    return _finished(segments)


def _subscriber(subscriber: Subscriber, level: int, parent: int, submitter: Submitter) -> tuple[str, int]:
    segments = [
        compose("HL", str(level), str(parent), "22", "0"),
        compose("SBR", "P", "18", "", "", "", "", "", "", "MB"),
        compose("NM1", "IL", "1", subscriber.last_name, subscriber.first_name, "", "", "", "MI", subscriber.mbi),
    ]
    if subscriber.address:
        segments += _address(subscriber.address)
    if subscriber.birth_date:
        segments.append(compose("DMG", "D8", day(subscriber.birth_date), subscriber.sex))
    segments.append(compose("NM1", "PR", "2", submitter.payer_name, "", "", "", "", "PI", submitter.payer_identifier))
    return _finished(segments)


def _claim(claim: ProfessionalClaim) -> tuple[str, int]:
    segments = [
        compose(
            "CLM",
            claim.patient_control_number,
            decimal_text(claim.total_charge_cents),
            "",
            "",
            (claim.place_of_service, "B", claim.frequency_code),
            "Y",
            "A",
            "Y",
            "Y",
        )
    ]
    if claim.admission_date:
        segments.append(compose("DTP", "435", "D8", day(claim.admission_date)))
    if claim.payer_claim_control_number:
        segments.append(compose("REF", "F8", claim.payer_claim_control_number))
    if claim.internal_control_number:
        segments.append(compose("REF", "D9", claim.internal_control_number))
    if claim.prior_authorization:
        segments.append(compose("REF", "G1", claim.prior_authorization))
    if claim.diagnoses:
        codes = [("ABK" if index == 0 else "ABF", code) for index, code in enumerate(claim.diagnoses)]
        segments.append(compose("HI", *codes))
    if claim.rendering_npi:
        segments.append(_rendering(claim.rendering_npi))
    for line in claim.lines:
        segments += _line(line)
    return _finished(segments)


def _rendering(npi: str) -> str:
    # The object keeps the identifier only; X12 wants a name beside it.
    return compose("NM1", "82", "2", "RENDERING PROVIDER", "", "", "", "", "XX", npi)


def _line(line: ServiceLine) -> list[str]:
    segments = [
        compose("LX", str(line.number)),
        compose(
            "SV1",
            ("HC", line.procedure, *line.modifiers),
            decimal_text(line.charge_cents),
            line.unit_of_measure,
            f"{line.units.normalize():f}",
            line.place_of_service,
            "",
            tuple(str(pointer) for pointer in line.pointers),
        ),
    ]
    if line.service_from:
        last = line.service_to or line.service_from
        if last == line.service_from:
            segments.append(compose("DTP", "472", "D8", day(last)))
        else:
            segments.append(compose("DTP", "472", "RD8", f"{day(line.service_from)}-{day(last)}"))
    if line.rendering_npi:
        segments.append(_rendering(line.rendering_npi))
    return segments
