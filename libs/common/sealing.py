"""Sealed values: what each one holds, who may open it, and where it belongs.

A `Sealed[T]` stands beside the column it is kept in (`tables.py`), or in `libs/common/contracts/sealed.py` when it
travels in an event from one service to another. Nobody else names a key group or a place, so nobody can get one wrong.
"""

from typing import Any, Generic, Protocol, TypeVar, cast
from uuid import UUID

from pydantic import GetJsonSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema

from libs.common.errors import Poison

OWN = ""
"""Stands for the readers of what a service keeps to itself, where the code is every service's."""

KINDS: "dict[str, Sealed[Any]]" = {}
"""Every kind of sealed value whose module is loaded, by its place."""

T = TypeVar("T")


class SealBrokenError(Poison):
    """The sealed text was changed, cut, or taken from another place: no key will ever open it."""


class Keys(Protocol):
    """Who seals and opens bytes, on behalf of `service`: `libs.common.security.keys.KeyRing`."""

    service: str

    def seal(self, readers: str, plaintext: bytes, *, context: str) -> str:
        """`plaintext` as text for a group of readers, bound to `context`."""

    def open(self, sealed: str, *, context: str) -> bytes:
        """What was sealed. Raises `SealBrokenError`, or `NotYet` without the key."""


class Sealed(Generic[T]):
    """One kind of sealed value.

    `place` is its table and column, or the event type and field; `holds` a type that pydantic reads and writes as JSON,
    or `bytes`, which are sealed as they are; `readers` the key group of those who may open it, `OWN` for a table that
    every service has.
    What is kept outlives the code that wrote it: fields are only added, with a default.
    """

    def __init__(self, place: str, holds: type[T], *, readers: str) -> None:
        if place in KINDS:
            raise TypeError(f"two sealed values belong to {place}")
        self.place = place
        self.holds = holds
        self.readers = readers
        self._adapter = None if holds is bytes else TypeAdapter(holds)
        KINDS[place] = self

    def seal(self, keys: Keys, value: T, *owner: UUID | str | int) -> str:
        """`value` as text that opens only for its readers, and only in the row or event that `owner` identifies."""
        return keys.seal(self.readers or keys.service, self.encode(value), context=self._context(owner))

    def open(self, keys: Keys, sealed: str, *owner: UUID | str | int) -> T:
        """What was sealed for this `owner`.

        Raises `SealBrokenError`, also when it does not hold what it should, or `KeyNotHeldError`.
        """
        return self.decode(keys.open(sealed, context=self._context(owner)))

    def encode(self, value: T) -> bytes:
        """The content as it is sealed."""
        return cast("bytes", value) if self._adapter is None else self._adapter.dump_json(value)

    def decode(self, content: bytes) -> T:
        """The inverse of `encode`. Raises `SealBrokenError`, which quotes nothing."""
        if self._adapter is None:
            return cast("T", content)
        try:
            return self._adapter.validate_json(content)
        except ValidationError:
            raise SealBrokenError(f"what was sealed at {self.place} is not what belongs there") from None

    def _context(self, owner: tuple[UUID | str | int, ...]) -> str:
        return "|".join((self.place, *map(str, owner)))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """How a contract shows a field that is `Annotated` with this kind."""
        return {**handler(schema), "description": f"Sealed; opens for {self.readers} only."}
