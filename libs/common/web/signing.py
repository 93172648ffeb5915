"""What is signed electronically: by a person, who types their name as the account has it (15 U.S.C. 7006(5))."""

from uuid import UUID

from libs.common.errors import Rejected
from libs.common.web.permit import Permit

_ONLY_PEOPLE = "This is signed by a person, on its page. A program cannot sign."


def by_a_person(permit: Permit, action: str, kind: str, name: str | UUID) -> None:
    """Refuse a program that would sign. Raises `Rejected` (403), audited as this action on this kind of object."""
    if permit.principal.kind != "person":
        permit.work.audit(action, kind, name, outcome="refused", reason="no-person")
        raise Rejected("access-denied", _ONLY_PEOPLE, status=403)


def name_fault(permit: Permit, typed: str) -> str:
    """What is wrong with the name under it; nothing when it is the signer's own, whatever the case and the spaces."""
    if _compared(typed) == _compared(permit.principal.name):
        return ""
    return f"Type your name as it is in your account: {permit.principal.name}."


def _compared(name: str) -> str:
    return " ".join(name.casefold().split())
