"""Writes segments and envelopes: separators kept out of the data, segments counted, control numbers right."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

# One element, the components of one (a tuple), or the repetitions of one (a list).
Element = str | tuple[str, ...] | list[str]

_UNSAFE = re.compile(r"[*:^~\x00-\x1f\x7f-\U0010ffff]")
_CHUNK = 1 << 16


@dataclass(slots=True, frozen=True)
class Envelope:
    """Who sends to whom, when, and under which number.

    Identifiers have at most 15 characters; `control_number` (1 to 999,999,999) numbers interchange and group and must
    differ between any two files for one receiver. `usage` is P for production, T for test. `created` is aware or
    local; it is written as it stands.
    """

    sender: str
    receiver: str
    created: datetime
    control_number: int
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    usage: str = "P"


def clean(text: str) -> str:
    """`text` without characters that X12 keeps for itself or that lie outside its character set."""
    return _UNSAFE.sub(" ", text) if _UNSAFE.search(text) else text


def compose(*elements: Element) -> str:
    """One segment with its terminator. Trailing empty elements and components are left off."""
    parts = [clean(element) if isinstance(element, str) else _compose_parts(element) for element in elements]
    return "*".join(parts).rstrip("*") + "~"


def _compose_parts(parts: tuple[str, ...] | list[str]) -> str:
    separator = ":" if isinstance(parts, tuple) else "^"
    return separator.join(map(clean, parts)).rstrip(separator)


def day(value: date) -> str:
    """A day as `20261122`."""
    return value.strftime("%Y%m%d")


def moment(value: datetime) -> str:
    """Hour and minute as `1705`."""
    return value.strftime("%H%M")


def interchange_header(envelope: Envelope) -> str:
    """The ISA segment: fixed width, standard separators."""
    return (
        f"ISA*00*{'':10}*00*{'':10}*{envelope.sender_qualifier:2}*{clean(envelope.sender):15.15}"
        f"*{envelope.receiver_qualifier:2}*{clean(envelope.receiver):15.15}*{envelope.created:%y%m%d*%H%M}*^*00501"
        f"*{envelope.control_number:09}*0*{envelope.usage}*:~"
    )


class TransactionWriter:
    """Collects the segments of one transaction set and knows their number."""

    def __init__(self, identifier: str, control_number: str, guide: str) -> None:
        self._control_number = control_number
        self._parts: list[str] = []
        self._size = 0
        self._segments = 0
        self.add("ST", identifier, control_number, guide)

    def add(self, *elements: Element) -> None:
        """Append one segment."""
        self.add_text(compose(*elements), 1)

    def add_text(self, text: str, segments: int) -> None:
        """Append `segments` finished segments."""
        self._parts.append(text)
        self._size += len(text)
        self._segments += segments

    def full(self) -> bool:
        """True when enough has gathered to hand on."""
        return self._size >= _CHUNK

    def take(self) -> bytes:
        """What has gathered since the last call."""
        text = "".join(self._parts)
        self._parts.clear()
        self._size = 0
        return text.encode("ascii")

    def close(self) -> bytes:
        """What has gathered, with the trailer."""
        self.add("SE", str(self._segments + 1), self._control_number)
        return self.take()


def write_file(
    envelope: Envelope,
    functional_identifier: str,
    guide: str,
    transactions: Iterator[bytes],
    count: int | Callable[[], int] = 1,
) -> Iterator[bytes]:
    """One interchange with one functional group around `transactions`, which hold `count` transaction sets.

    A `count` that is known only when they have been written is asked for then.
    """
    group = str(envelope.control_number)
    yield (
        interchange_header(envelope)
        + compose(
            "GS",
            functional_identifier,
            envelope.sender.strip(),
            envelope.receiver.strip(),
            day(envelope.created),
            moment(envelope.created),
            group,
            "X",
            guide,
        )
    ).encode("ascii")
    yield from transactions
    sets = count() if callable(count) else count
    yield (compose("GE", str(sets), group) + compose("IEA", "1", f"{envelope.control_number:09}")).encode("ascii")
