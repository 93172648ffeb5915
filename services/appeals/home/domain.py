"""What appeals offers under a contract."""

from collections.abc import Iterable
from typing import Protocol


class Function(Protocol):
    """What is asked of a portal function here."""

    @property
    def name(self) -> str:
        """Its name in Appendix 9.1 of the portal handbook."""

    @property
    def service(self) -> str:
        """The service that offers it."""


def offered(functions: Iterable[Function]) -> tuple[str, ...]:
    """The names of the functions that appeals offers, in the order of the contract."""
    return tuple(function.name for function in functions if function.service == "appeals")
