"""Holds that nothing an object carries is lost on its way to people: every field of it changes what they see.

A test gives a `sample` in which every field of every type is set, renders it, and renders it again for each of its
`variants`: copies of the sample in which one value differs in its smallest unit, so that rounding is seen too. What
looks the same afterwards was not shown: `unexplained` names it, unless a list says why it need not be.

    baseline = await shown(SAMPLE)
    outputs = {each.path: await shown(each.value) for each in variants(SAMPLE)}
    assert unexplained(baseline, outputs, NOT_SHOWN) == []
    assert unset(SAMPLE, objects) == set()
"""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_LEAST_FRACTION = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Variant(Generic[T]):
    """A copy of the sample that differs in one value: that at `path`, as `lines.0.adjustments.1.amount_cents`."""

    path: str
    value: T


def variants(sample: T, others: Mapping[str, object] | None = None) -> Iterator[Variant[T]]:
    """Yield one variant for each value below `sample`.

    `others` are values to change to where not just any will do, by the path without its places in lists
    (`lines.procedure.code`), or by the name of the field alone. A text becomes another one, a day the next, a number
    the next by its smallest unit, True becomes False; None has no other value: fill it in the sample.
    """
    for path, value in _changed(sample, "", others or {}):
        yield Variant(path, value)


def _changed(value: Any, path: str, others: Mapping[str, object]) -> Iterator[tuple[str, Any]]:
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            below = f"{path}.{each.name}" if path else each.name
            for where, changed in _changed(getattr(value, each.name), below, others):
                yield where, replace(value, **{each.name: changed})
    elif isinstance(value, tuple | list):
        for place, one in enumerate(value):
            for where, changed in _changed(one, f"{path}.{place}", others):
                yield where, type(value)((*value[:place], changed, *value[place + 1 :]))
    elif value is not None:
        yield path, _other(value, path, others)


def _other(value: Any, path: str, others: Mapping[str, object]) -> object:
    name = _without_places(path)
    for key in (name, name.rpartition(".")[2]):
        if key in others:
            return others[key]
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case Decimal():
            return value + _LEAST_FRACTION
        case datetime() | date():
            return value + timedelta(days=1)
        case str():
            return f"{value[:-1]}{next(each for each in _other_ends(value) if each != value[-1:])}"
    raise TypeError(f"{path}: give another value for a {type(value).__name__}")


def _other_ends(value: str) -> str:
    return "87" if value[-1:].isdigit() else "QX"


def _without_places(path: str) -> str:
    return ".".join(part for part in path.split(".") if not part.isdigit())


def unexplained(baseline: object, outputs: Mapping[str, object], reasons: Mapping[str, str]) -> list[str]:
    """The paths whose variant looks like the `baseline`, without places in lists, and no reason is given for.

    A reason stands for its path and all below it. A reason nobody needs (any more) is named too: `stale: …`.
    """
    lost = {_without_places(path) for path, output in outputs.items() if output == baseline}
    needed = {reason for reason in reasons for path in lost if path == reason or path.startswith(f"{reason}.")}
    explained = {path for path in lost for reason in needed if path == reason or path.startswith(f"{reason}.")}
    return sorted(lost - explained) + [f"stale: {reason}" for reason in sorted(reasons.keys() - needed)]


def unset(sample: object, module: ModuleType) -> set[str]:
    """Fields (`Type.field`) of the dataclasses that `module` defines which are nowhere set below `sample`."""
    everything = {
        f"{kind.__name__}.{each.name}"
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and is_dataclass(kind)
        for each in fields(kind)
    }
    return everything - set(_set_fields(sample))


def _set_fields(value: Any) -> Iterator[str]:
    if is_dataclass(value) and not isinstance(value, type):
        for kind in type(value).__mro__:
            for each in fields(value):
                if is_dataclass(kind) and getattr(value, each.name) not in (None, "", (), []):
                    yield f"{kind.__name__}.{each.name}"
        for each in fields(value):
            yield from _set_fields(getattr(value, each.name))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _set_fields(one)
