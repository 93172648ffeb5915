"""CMNs and DIFs on file, in words. CMS ended them for service from January 1, 2023 on: what is shown is history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LAST_DAY = date(2022, 12, 31)
"""The last day of service for which a claim could carry a CMN or DIF."""

FOR_LIFE = 99
"""A length of need of so many months is for life."""

_FORMS = {
    "CMS-484": "Oxygen",
    "CMS-846": "Pneumatic compression devices",
    "CMS-847": "Osteogenesis stimulators",
    "CMS-848": "Transcutaneous electrical nerve stimulators",
    "CMS-849": "Seat lift mechanisms",
    "CMS-854": "Section C continuation form",
    "CMS-10125": "External infusion pumps",
    "CMS-10126": "Enteral and parenteral nutrition",
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """The supplier who sent a certificate in; what is not on file is empty."""

    name: str
    npi: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A CMN or DIF with all that Appendix 9.1 asks for. `change` says what `recertified_on` is the date of."""

    form: str
    procedure: str
    words: str
    modifiers: tuple[str, ...]
    initial_date: date
    recertified_on: date | None
    change: str
    status: str
    status_date: date
    length_of_need: int
    last_billed: date | None
    rental_payments: int
    supplier: Issuer

    @property
    def about(self) -> str:
        """What the form was for, in words; empty for a form that is not known."""
        return _FORMS.get(self.form, "")

    @property
    def need(self) -> str:
        """How long the item was needed."""
        if self.length_of_need == FOR_LIFE:
            return "99: for life"
        return f"{self.length_of_need} month{'' if self.length_of_need == 1 else 's'}"


def newest_first(certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """By their initial date."""
    return tuple(sorted(certificates, key=lambda each: (each.initial_date, each.procedure), reverse=True))
