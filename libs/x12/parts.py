"""What many transaction sets are made of: names, addresses, numbers, days, procedures — as objects, read and written.

Readers take the elements of a segment that was found in order (the identifier first); writers return the segment with
its terminator. An empty text or None means that the sender left it out. Days are `datetime.date`, moments carry no
zone, as X12 has none.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from libs.common.money import decimal_text, parse_cents
from libs.x12.guide import COMPONENT
from libs.x12.values import read_cents
from libs.x12.writing import Element, compose, day, moment

# Qualifiers of identifiers (NM108) that matter in Medicare: an NPI, a member number (the MBI), a payer's number.
NPI, MEMBER_NUMBER, PAYER_NUMBER = "XX", "MI", "PI"
# Far above any honest list; it bounds memory when a file is made to hurt.
MOST = 1_000

_Thing = TypeVar("_Thing")


@dataclass(slots=True, frozen=True)
class Heading:
    """How a transaction set begins (BHT). `reference` comes back in the answer; `kind` is BHT06, where it is used."""

    reference: str
    created: datetime
    kind: str = ""


@dataclass(slots=True, frozen=True)
class Name:
    """Who somebody is (NM1). `entity` is the part they play, `kind` 1 for a person and 2 for an organization.

    `qualifier` says what `identifier` is: XX an NPI, MI a member number (in Medicare the MBI), PI a payer's number.
    """

    entity: str
    kind: str
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    prefix: str = ""
    suffix: str = ""
    qualifier: str = ""
    identifier: str = ""


@dataclass(slots=True, frozen=True)
class Reference:
    """A number by which something is known (REF). `qualifier` says which."""

    qualifier: str
    value: str


@dataclass(slots=True, frozen=True)
class Address:
    """Where somebody lives or works (N3 and N4). `postal_code` has five or nine digits, no dash."""

    street: str = ""
    second_street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    subdivision: str = ""


@dataclass(slots=True, frozen=True)
class Contact:
    """Whom to ask (PER). `numbers` are pairs of a qualifier (TE telephone, EM mail …) and the number."""

    name: str = ""
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, frozen=True)
class Trace:
    """A number by which an answer is matched with its question (TRN).

    `kind` is 1 for the sender's own number and 2 for one that is given back.
    """

    kind: str
    number: str
    originator: str = ""
    department: str = ""


@dataclass(slots=True, frozen=True)
class Period:
    """A day, or the days from `first` to `last`. `last` is None for a single day."""

    first: date
    last: date | None = None

    @property
    def end(self) -> date:
        """The last day of all."""
        return self.last or self.first

    @property
    def is_reversed(self) -> bool:
        """True when it ends before it begins."""
        return self.end < self.first


@dataclass(slots=True, frozen=True)
class Dated:
    """Days of something (DTP). `qualifier` says of what."""

    qualifier: str
    period: Period


@dataclass(slots=True, frozen=True)
class Procedure:
    """A procedure, product or service. `qualifier` HC is HCPCS. `through` ends a range of codes."""

    qualifier: str
    code: str
    modifiers: tuple[str, ...] = ()
    description: str = ""
    through: str = ""


# --- reading ------------------------------------------------------------------------------------------------------


def cells(elements: list[str], size: int) -> list[str]:
    """The identifier and `size` elements, empty where the segment ends before."""
    return elements if len(elements) > size else [*elements, *[""] * (size + 1 - len(elements))]


def keep(things: list[_Thing], thing: _Thing) -> None:
    """Append `thing`, unless there are far too many already."""
    if len(things) < MOST:
        things.append(thing)


def read_day(text: str) -> date:
    """The day of `20261122`. Raises `ValueError` when there is no such day."""
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def read_optional_day(text: str) -> date | None:
    """The day of `20261122`, None when nothing is written."""
    return read_day(text) if text else None


def read_optional_cents(text: str) -> int | None:
    """Cents of an amount, None when nothing is written. Raises `ValueError` for parts of a cent or too many digits."""
    return read_cents(text) if text else None


def read_optional_sum(text: str) -> int | None:
    """Cents of the amounts of many claims together, which may have more digits than one amount."""
    return parse_cents(text) if text else None


def read_heading(elements: list[str]) -> Heading:
    """What a BHT says."""
    _, _, _, reference, on, at, kind = cells(elements, 6)[:7]
    seconds = int(at[4:6] or 0)
    created = datetime(int(on[:4]), int(on[4:6]), int(on[6:8]), int(at[:2]), int(at[2:4]), seconds)  # noqa: DTZ001
    return Heading(reference, created, kind)


def read_name(elements: list[str]) -> Name:
    """What an NM1 says."""
    return Name(*cells(elements, 9)[1:10])


def read_reference(elements: list[str]) -> Reference:
    """What a REF says."""
    return Reference(elements[1], elements[2])


def read_contact(elements: list[str]) -> Contact:
    """What a PER says."""
    parts = cells(elements, 8)
    return Contact(parts[2], tuple((parts[at], parts[at + 1]) for at in (3, 5, 7) if parts[at]))


def read_trace(elements: list[str]) -> Trace:
    """What a TRN says."""
    return Trace(*cells(elements, 4)[1:5])


def read_dated(elements: list[str]) -> Dated:
    """What a DTP says."""
    return Dated(elements[1], read_period(elements[2], elements[3]))


def read_period(form: str, text: str) -> Period:
    """The days of a text in the form D8 or RD8."""
    return Period(read_day(text[:8]), read_day(text[9:17]) if form == "RD8" else None)


def read_procedure(text: str) -> Procedure:
    """What a procedure composite (C003) says."""
    parts = [*text.split(COMPONENT), *[""] * 8]
    return Procedure(parts[0], parts[1], tuple(part for part in parts[2:6] if part), parts[6], parts[7])


def with_street(address: Address | None, elements: list[str]) -> Address:
    """`address` with the street of an N3."""
    _, street, second = cells(elements, 2)[:3]
    return replace(address or Address(), street=street, second_street=second)


def with_city(address: Address | None, elements: list[str]) -> Address:
    """`address` with what an N4 says."""
    _, city, state, postal_code, country, _, _, subdivision = cells(elements, 7)[:8]
    return replace(
        address or Address(), city=city, state=state, postal_code=postal_code, country=country, subdivision=subdivision
    )


# --- writing ------------------------------------------------------------------------------------------------------


def heading_segment(structure: str, purpose: str, heading: Heading) -> str:
    """The BHT of `heading`; `structure` and `purpose` are those of the guide."""
    created = heading.created
    at = f"{created:%H%M%S}" if created.second else moment(created)
    return compose("BHT", structure, purpose, heading.reference, day(created), at, heading.kind)


def name_segment(name: Name) -> str:
    """The NM1 of `name`."""
    return compose(
        "NM1",
        name.entity,
        name.kind,
        name.last_name,
        name.first_name,
        name.middle_name,
        name.prefix,
        name.suffix,
        name.qualifier,
        name.identifier,
    )


def reference_segment(reference: Reference) -> str:
    """The REF of `reference`."""
    return compose("REF", reference.qualifier, reference.value)


def contact_segment(contact: Contact) -> str:
    """The PER of `contact`."""
    return compose("PER", "IC", contact.name, *(part for pair in contact.numbers for part in pair))


def trace_segment(trace: Trace) -> str:
    """The TRN of `trace`."""
    return compose("TRN", trace.kind, trace.number, trace.originator, trace.department)


def dated_segment(dated: Dated) -> str:
    """The DTP of `dated`."""
    return compose("DTP", dated.qualifier, *period_elements(dated.period))


def period_elements(period: Period | None) -> tuple[str, str]:
    """Format and text of `period`, for DTP and others; empty when there is none."""
    if period is None:
        return "", ""
    if period.last is None:
        return "D8", day(period.first)
    return "RD8", f"{day(period.first)}-{day(period.last)}"


def address_segments(address: Address | None) -> list[str]:
    """N3 and N4 of `address`, as far as it is known."""
    if address is None:
        return []
    street = compose("N3", address.street, address.second_street)
    city = compose("N4", address.city, address.state, address.postal_code, address.country, "", "", address.subdivision)
    return [segment for segment in (street, city) if "*" in segment]


def procedure_element(procedure: Procedure | None) -> Element:
    """The composite C003 of `procedure`; empty when there is none."""
    if procedure is None:
        return ""
    modifiers = (*procedure.modifiers, "", "", "", "")[:4]
    return (procedure.qualifier, procedure.code, *modifiers, procedure.description, procedure.through)


def optional_cents(cents: int | None) -> str:
    """An amount as it is written; empty when there is none."""
    return "" if cents is None else decimal_text(cents)


def optional_day(value: date | None) -> str:
    """A day as it is written; empty when there is none."""
    return day(value) if value else ""
