"""Numbers the levels of a transaction set (HL) while objects are written, one after another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from libs.x12.writing import compose

_Item = TypeVar("_Item")


@dataclass(slots=True, frozen=True)
class Level:
    """A level an object stands below. Neighbors with the same object `what` share it.

    `code` is HL03, `segments` writes what follows the HL, `is_last` is true where nothing can lie below: its HL then
    does not say whether something does.
    """

    what: object
    code: str
    segments: Callable[[], list[str]]
    is_last: bool = False


class Hierarchy:
    """The levels that are open."""

    def __init__(self) -> None:
        self._open: list[tuple[object, int]] = []
        self._count = 0

    def enter(self, levels: Sequence[Level], *, has_inner: bool) -> list[str]:
        """Return the segments that lead from the last object into `levels`, the outermost first.

        `has_inner` says whether something lies below the last of them.
        """
        shared = 0
        while shared < min(len(levels), len(self._open)) and self._open[shared][0] is levels[shared].what:
            shared += 1
        del self._open[shared:]
        segments = []
        for index in range(shared, len(levels)):
            level = levels[index]
            self._count += 1
            above = str(self._open[-1][1]) if self._open else ""
            below = "1" if has_inner or index + 1 < len(levels) else "0"
            segments.append(compose("HL", str(self._count), above, level.code, "" if level.is_last else below))
            segments += level.segments()
            self._open.append((level.what, self._count))
        return segments


def with_levels(
    items: Iterable[_Item], levels_of: Callable[[_Item], Sequence[Level]]
) -> Iterator[tuple[_Item, Sequence[Level], bool]]:
    """Yield each object with its levels, and whether a later one lies below the innermost of them.

    Holds only neighbors on one level at a time, so that a long file is written in constant memory.
    """
    waiting: list[tuple[_Item, Sequence[Level]]] = []
    for item in items:
        levels = levels_of(item)
        if waiting and not (len(levels) == len(waiting[0][1]) and _begins_with(levels, waiting[0][1])):
            inner = _begins_with(levels, waiting[0][1])
            yield from ((each, known, inner) for each, known in waiting)
            waiting.clear()
        waiting.append((item, levels))
    yield from ((each, known, False) for each, known in waiting)


def _begins_with(levels: Sequence[Level], outer: Sequence[Level]) -> bool:
    return len(levels) >= len(outer) and all(
        level.what is above.what for level, above in zip(levels, outer, strict=False)
    )
