"""What the texts of a claim mean: periods, units, codes, each made once however often a file repeats it."""

import re
from datetime import date
from decimal import Decimal

from libs.x12.claim.edits import HCPCS, ICD_9, ICD_10, UNLISTED_PROCEDURES
from libs.x12.guide import COMPONENT
from libs.x12.values import Memory

ICD_10_START = date(2015, 10, 1)
EXTERNAL_CAUSES = frozenset("VWXY")
# Units this short have no digit too many.
SHORT_UNITS = 4
_MAX_UNIT_DIGITS, _MAX_UNIT_DECIMALS = 8, 3
_MODIFIER = re.compile("[0-9A-Z]{2}")
# Behind a segment that ends early.
EMPTY = ("",) * 10

# The day of `20261122`; raises `ValueError` when there is none.
day_of = date.fromisoformat


def value_at(elements: list[str], index: int) -> str:
    """One element, or nothing when the segment ends before it."""
    return elements[index] if len(elements) > index else ""


def are_units(text: str) -> bool:
    """True when units have no more digits and decimals than the guides allow."""
    whole, _, decimals = text.partition(".")
    return len(decimals) <= _MAX_UNIT_DECIMALS and len(whole) + len(decimals) <= _MAX_UNIT_DIGITS


def _period(text: str) -> tuple[date, date]:
    return day_of(text[:8]), day_of(text[-8:])


def _diagnosis(text: str) -> tuple[str, str, bool]:
    qualifier, code, *_ = text.split(COMPONENT)
    return qualifier, code, (ICD_10 if qualifier[0] == "A" else ICD_9).fullmatch(code) is not None


def _procedure(text: str) -> tuple[str, str, tuple[str, ...], bool, bool]:
    qualifier, code, *parts = text.split(COMPONENT)
    modifiers = tuple(modifier for modifier in parts if modifier)
    stand = len(set(modifiers)) == len(modifiers) and all(map(_MODIFIER.fullmatch, modifiers))
    return qualifier, code, modifiers, stand, UNLISTED_PROCEDURES.fullmatch(code) is not None


# Each is shared by all files of a process.
PERIODS = Memory(_period)
UNITS = Memory(Decimal)
HCPCS_CODES = Memory(lambda text: HCPCS.fullmatch(text) is not None)
# Qualifier, code, and whether the code has its form.
DIAGNOSES = Memory(_diagnosis)
# Qualifier, code, modifiers, whether these have their form and stand once, and whether the code is an unlisted one.
PROCEDURES = Memory(_procedure)
