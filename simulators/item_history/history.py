"""What was issued to each beneficiary of the population, and the answers about it."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property

from libs.dmepos import GROUPS
from libs.partners.item_history import (
    Asked,
    Certificate,
    CertificatesAsked,
    CertificatesFound,
    Differs,
    Item,
    ItemsAsked,
    ItemsFound,
    Outcome,
    Supplier,
)
from simulators.item_history.stories import EQUIPMENT, STORIES, Story, bought, later, oxygen_certificate, rented
from simulators.population import Beneficiary, Population

# So many beneficiaries of the population are on file; those with a story begin at a place of their own.
_ON_FILE = 500
_FIRST_STORY = 100
_OLDEST_DAYS = 8 * 365
_RUNNING_DAYS = 30
_OTHER_SUPPLIERS = ("Lanternview Home Medical", "Copperfield Respiratory", "Brightwater Mobility", "Old Mill Orthotics")
# Codes that suppliers bill and no group has: supplies, shoes, what has no code of its own.
_UNGROUPED = frozenset({"A4253", "A5500", "A7030", "E0776", "E1399", "L2999"})
_KNOWN = _UNGROUPED.union(*(group.codes for group in GROUPS))


class History:
    """The item history of one population."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._population = Population(seed)

    @cached_property
    def patients(self) -> dict[str, tuple[Beneficiary, Story]]:
        """The beneficiaries whose history is made for showing, by Medicare number."""
        people = (self._population.beneficiary(_FIRST_STORY + place) for place in range(len(STORIES)))
        return {person.mbi: (person, story) for person, story in zip(people, STORIES, strict=True)}

    @cached_property
    def suppliers(self) -> tuple[Supplier, ...]:
        """Who issues: the first provider of the demonstration as a supplier, and others."""
        first = self._population.provider_organization(1)
        ours = Supplier(
            name=first.name,
            npi=self._population.supplier(first).npi,
            phone="800-555-0150",
            address=f"{first.address.street}, {first.address.city}, {first.address.state}",
        )
        return ours, *(
            Supplier(
                name=name,
                npi=self._population.npi(90_000 + place),
                phone=f"800-555-01{60 + place}",
                address=f"{home.street}, {home.city}, {home.state}",
            )
            for place, name in enumerate(_OTHER_SUPPLIERS)
            for home in (self._population.address("supplier", place),)
        )

    @cached_property
    def _people(self) -> dict[str, Beneficiary]:
        return {each.mbi: each for each in self._population.beneficiaries(_ON_FILE)}

    def find_items(self, asked: ItemsAsked, now: datetime) -> ItemsFound:
        """What was issued of the codes asked for, or why that cannot be said."""
        outcome, differs = self._judged(asked, asked.ordered)
        items = self.items(asked.mbi, now.date()) if outcome == "found" else ()
        return ItemsFound(
            trace=asked.trace,
            mbi=asked.mbi,
            outcome=outcome,
            differs=differs,
            answered_at=now,
            items=tuple(each for each in items if each.procedure in asked.procedures),
        )

    def find_certificates(self, asked: CertificatesAsked, now: datetime) -> CertificatesFound:
        """The CMNs and DIFs on file, or why that cannot be said."""
        outcome, differs = self._judged(asked, asked.procedure)
        certificates = self.certificates(asked.mbi) if outcome == "found" else ()
        return CertificatesFound(
            trace=asked.trace,
            mbi=asked.mbi,
            outcome=outcome,
            differs=differs,
            answered_at=now,
            certificates=tuple(each for each in certificates if asked.procedure in ("", each.procedure)),
        )

    def _judged(self, asked: Asked, procedure: str) -> tuple[Outcome, tuple[Differs, ...]]:
        person = self._people.get(asked.mbi)
        if person is None:
            return "patient-unknown", ()
        if differs := tuple(_differing(asked, person)):
            return "patient-differs", differs
        return ("found" if procedure in ("", *_KNOWN) else "procedure-unknown"), ()

    def items(self, mbi: str, today: date) -> Sequence[Item]:
        """All that was issued to a beneficiary until `today`."""
        if mbi in self.patients:
            return self.patients[mbi][1].items(today, self.suppliers)
        draw = random.Random(f"{self._seed}/items/{mbi}")
        return [self._drawn(draw, today) for _ in range(draw.randint(0, 5))]

    def _drawn(self, draw: random.Random, today: date) -> Item:
        equipment, supplier = draw.choice(EQUIPMENT), draw.choice(self.suppliers)
        since = today - timedelta(days=draw.randint(_RUNNING_DAYS, _OLDEST_DAYS))
        if not equipment.rented:
            side = (draw.choice(("LT", "RT")),) if equipment.sided else ()
            return bought(equipment.procedure, supplier, since, *side)
        most = min((today - since).days // _RUNNING_DAYS, equipment.cap or 60)
        return rented(equipment.procedure, supplier, since, draw.randint(1, max(most, 1)))

    def certificates(self, mbi: str) -> Sequence[Certificate]:
        """The CMNs and DIFs of a beneficiary."""
        if mbi in self.patients:
            return self.patients[mbi][1].certificates(self.suppliers)
        draw = random.Random(f"{self._seed}/certificates/{mbi}")
        if draw.random() < 0.5:
            return ()
        since = later(date(2018, 1, 15), draw.randint(0, 24))
        return [oxygen_certificate(draw.choice(self.suppliers), since, status=draw.choice(("Active", "Discontinued")))]


def _differing(asked: Asked, person: Beneficiary) -> list[Differs]:
    """What was asked with and is not so, each by itself."""
    found: list[Differs] = []
    if asked.last_name.casefold() != person.last_name.casefold():
        found.append("last_name")
    if asked.first_name and asked.first_name.casefold() != person.first_name.casefold():
        found.append("first_name")
    if asked.birth_date and asked.birth_date != person.birth_date:
        found.append("birth_date")
    return found
