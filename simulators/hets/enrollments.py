"""CMS's list of HETS EDI enrollments: which NPI is linked to which submitter, and what contractors ask for."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

from libs.partners.hets_enrollment import Change, Link
from simulators.population import Population

_VENDORS = {"CLEARWAY1": "Clearway Exchange", "LUMEN2040": "Lumen Practice Software"}
# Contracts of the demonstration are known by their letters and their number.
_CONTRACTOR = re.compile(r"[A-Z]{0,4}[0-9]{5}")
_SINCE, _ATTESTED = date(2026, 5, 11), date(2027, 5, 11)


class AnotherChangeError(Exception):
    """The same request came before with other content."""


class Enrollments:
    """The list. Of the demonstration every NPI is enrolled with whichever contract asks, but one: the hospital's.

    `folder` keeps what was asked for, so that it outlives the process; None keeps nothing.
    """

    def __init__(self, seed: int, folder: Path | None = None) -> None:
        everybody = Population(seed).enrollments
        self._first = frozenset(each.npi for each in everybody if each.line_of_business == "B")
        self._file = folder / "enrollments.jsonl" if folder else None
        self._taken: dict[UUID, Change] = {}
        if self._file and self._file.exists():
            for line in self._file.read_text(encoding="utf-8").splitlines():
                request_id, change = json.loads(line)
                self._taken[UUID(request_id)] = Change.model_validate(change)

    def take(self, request_id: UUID, change: Change) -> Link:
        """Take a request once. Raises `AnotherChangeError`."""
        if known := self._taken.get(request_id):
            if known != change:
                raise AnotherChangeError
        else:
            self._taken[request_id] = change
            if self._file:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([str(request_id), change.model_dump(mode="json")]) + "\n")
        return _link(change)

    def links(self, submitter: str) -> tuple[Link, ...]:
        """Every enrollment with a submitter, also those that have ended."""
        return tuple(self._links(submitter).values())

    def named(self, submitter: str) -> str:
        """Who asks under an ID; nothing when nobody does."""
        contractor = f"Medicare contractor {submitter[-5:]}" if _CONTRACTOR.fullmatch(submitter) else ""
        return _VENDORS.get(submitter, contractor)

    def may_ask(self, npi: str, submitter: str, day: date) -> bool:
        """Whether HETS answers a submitter about patients of an NPI."""
        return any(
            each.npi == npi and each.effective <= day and (each.ends is None or day <= each.ends)
            for each in self._links(submitter).values()
        )

    def _links(self, submitter: str) -> dict[tuple[str, date], Link]:
        found = {(each.npi, each.effective): each for each in self._beginning(submitter)}
        for change in self._taken.values():
            if change.submitter == submitter:
                found[change.npi, change.effective] = _link(change)
        return found

    def _beginning(self, submitter: str) -> Iterator[Link]:
        for npi in sorted(self._first):
            yield Link(submitter=submitter, npi=npi, effective=_SINCE, attested_until=_ATTESTED)


def _link(change: Change) -> Link:
    return Link(
        submitter=change.submitter,
        npi=change.npi,
        effective=change.effective,
        ends=change.ends,
        attested_until=change.attested_until,
    )
