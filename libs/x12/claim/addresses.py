"""Reads addresses of an 837: street and city come in two segments, and the state has edits of its own."""

from libs.x12.claim.edits import STATES
from libs.x12.claim.faults import AnyClaim, AnyLine, ClaimFaults
from libs.x12.claim.objects import Address
from libs.x12.collector import Around
from libs.x12.values import Memory

_POSTAL_CODE_DIGITS = 9
_POSTAL_CODE_SIZES = frozenset({0, 5, 9})
_HOME = frozenset({"", "US"})


class ClaimAddresses(ClaimFaults[AnyClaim, AnyLine]):
    """Makes addresses and judges them."""

    judges = frozenset({"states"})

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._states = Memory(lambda state: STATES.holds(state, around.received))
        self._street: list[str] = ["", ""]

    def _keep_street(self, elements: list[str], _position: int) -> None:
        self._street = elements

    def _address(self, elements: list[str]) -> Address:
        street, size = self._street, len(elements)
        return Address(
            street[1],
            elements[1],
            elements[2] if size > 2 else "",
            elements[3] if size > 3 else "",
            street[2] if len(street) > 2 else "",
            elements[4] if size > 4 else "",
        )

    def _other_city(self, elements: list[str], position: int) -> None:
        if not self._is_state(elements):
            self._keep(self._belonging(), "state", position, "")
        if not is_postal_code(elements):
            self._keep(self._belonging(), "postal-code", position, "")

    def _is_state(self, elements: list[str]) -> bool:
        """True when N402 is a state, or empty because the address lies abroad (N404)."""
        state = elements[2] if len(elements) > 2 else ""
        if not state:
            return len(elements) > 4 and elements[4] not in _HOME
        return self._states[state]


def is_postal_code(elements: list[str]) -> bool:
    """True when N403 is a ZIP code, is left out, or the address lies abroad (N404)."""
    code = elements[3] if len(elements) > 3 else ""
    if len(code) in _POSTAL_CODE_SIZES and (not code or (code.isdigit() and code.strip("0"))):
        return True
    return len(elements) > 4 and elements[4] not in _HOME


def has_nine_digits(address: Address) -> bool:
    """True when the ZIP code is whole, or the address lies abroad."""
    postal_code = address.postal_code
    return address.country not in _HOME or (len(postal_code) == _POSTAL_CODE_DIGITS and postal_code.isdigit())
