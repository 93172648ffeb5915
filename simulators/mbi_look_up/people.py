"""Whom the source knows: the beneficiaries of one population, some of whom died, and two with the same details."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from libs.partners.mbi_look_up import Found, LookUp, Person
from simulators.population import Population

# As many as HETS has on file: whoever is found here can be asked about there.
_ON_FILE = 500
_CLAIMS_ON_FILE = 500
# Places in the population of those who died, and how many years ago.
_DEATHS = {40: 3, 41: 5}
_TWICE = 42


@dataclass(frozen=True, slots=True)
class Known:
    """A person on file. `note` says what is special about them."""

    person: Person
    ssn: str
    note: str = ""


class People:
    """The people of one seed."""

    def __init__(self, seed: int) -> None:
        self._population = Population(seed)

    @cached_property
    def _by_ssn(self) -> dict[str, list[Known]]:
        found: dict[str, list[Known]] = defaultdict(list)
        for known in self._everybody():
            found[known.ssn].append(known)
        return found

    def _everybody(self) -> Iterator[Known]:
        population, seen = self._population, set[str]()
        for place, each in enumerate(population.beneficiaries(_ON_FILE)):
            seen.add(each.mbi)
            years = _DEATHS.get(place)
            yield Known(
                Person(mbi=each.mbi, first_name=each.first_name, last_name=each.last_name, birth_date=each.birth_date),
                population.social_security_number(each.mbi),
                f"died {years} years ago" if years else "has two Medicare numbers" if place == _TWICE else "",
            )
        for claim in population.claims(_CLAIMS_ON_FILE, received=date(2026, 1, 1)):
            person = claim.subscriber
            if person.birth_date is not None and person.mbi not in seen:
                seen.add(person.mbi)
                yield Known(
                    Person(
                        mbi=person.mbi,
                        first_name=person.first_name,
                        last_name=person.last_name,
                        birth_date=person.birth_date,
                    ),
                    population.social_security_number(person.mbi),
                )
        twice = population.beneficiary(_TWICE)
        yield Known(
            Person(
                mbi=population.beneficiary(_ON_FILE + _TWICE).mbi,
                first_name=twice.first_name,
                last_name=twice.last_name,
                birth_date=twice.birth_date,
            ),
            population.social_security_number(twice.mbi),
        )

    def find(self, asked: LookUp, today: date) -> Found:
        """How many have all of what was asked with, and the person where it is one."""
        fits = [each for each in self._by_ssn.get(asked.ssn.get_secret_value(), ()) if _fits(asked, each.person)]
        if len(fits) != 1:
            return Found(look_up_id=asked.look_up_id, matches="several" if fits else "none")
        return Found(look_up_id=asked.look_up_id, matches="one", person=self._today(fits[0].person, today))

    def _today(self, person: Person, today: date) -> Person:
        for place, years in _DEATHS.items():
            if self._population.beneficiary(place).mbi == person.mbi:
                return person.model_copy(update={"died_on": date(today.year - years, today.month, 1)})
        return person

    def shown(self) -> list[Known]:
        """Whom to look up: everybody of whom something is special, and some of whom nothing is."""
        everybody = list(self._everybody())
        return [*everybody[:10], *(each for each in everybody if each.note)]


def _fits(asked: LookUp, known: Person) -> bool:
    names = ((asked.first_name, known.first_name), (asked.last_name, known.last_name))
    return asked.birth_date == known.birth_date and all(one.casefold() == other.casefold() for one, other in names)
