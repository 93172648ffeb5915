"""Certification of access: decisions that wait, a user who asks, an account that ended without one (handbook 6.4)."""

from dataclasses import dataclass
from functools import partial

from services.notifier.delivery.domain import Composer, HelpDesk, Letter, Recipient


@dataclass(frozen=True, slots=True)
class Facts:
    """`waiting`: what waits, with its number; `day`: when the first of it ends; `about`: who asks; `when`."""

    waiting: str = ""
    day: str = ""
    about: str = ""
    when: str = ""


_ENDS = "Access that nobody certifies by then is suspended that day, and revoked 45 days later."
_WHERE = "Sign in to the provider portal, choose Administration and then Recertification."
_REMINDER = "{waiting} about access to the provider portal for you, to be made by {day}."
_ASKED = (
    "{about} asks you to certify the access that is due, because it is still needed. Look whether it is, and decide: it"
    " is yours to refuse."
)
_SUSPENDED = (
    "Your account at the provider portal was not certified in time, so it is suspended. Accounts of administrators and"
    " of the contractor's staff are certified every 90 days, those without access to any NPI once a year."
)
_ACCESS_SUSPENDED = (
    "Your access to the provider portal for {waiting} is suspended, because it is certified until {day} and no longer."
    " The portal refuses it."
)
_DECLINED = (
    "Your account at the provider portal was not certified, and is disabled. To have one again, ask for it again."
)
_LETTERS = {
    "reminder": ("Access to certify by {day}", _REMINDER, _ENDS, _WHERE),
    "asked": ("A user asks you to certify their access", _ASKED, _ENDS, _WHERE),
    "suspended": (
        "Your access to the provider portal is suspended",
        _ACCESS_SUSPENDED,
        "Ask the portal administrator of your organization to certify it. After 45 days it is revoked.",
    ),
    "account-suspended": (
        "Your provider portal account is suspended",
        _SUSPENDED,
        "Ask another administrator of your organization, or the help desk, to certify it within 45 days.",
    ),
    "account-declined": (
        "Your provider portal account was not certified",
        _DECLINED,
        "If you think that this is wrong, ask another administrator of your organization, or the help desk.",
    ),
}
_VERSIONS = {"reminder": 1, "asked": 1, "suspended": 1, "account-suspended": 2, "account-declined": 2}


def _compose(matter: str, recipient: Recipient, facts: Facts, help_desk: HelpDesk) -> Letter:
    """What waits or what happened, what follows, and what to do."""
    subject, *sentences = (
        each.format(waiting=facts.waiting, day=facts.day, about=facts.about) for each in _LETTERS[matter]
    )
    return Letter(subject, "\n\n".join((f"Dear {recipient.name},", *sentences, help_desk.closing)) + "\n")


COMPOSERS = tuple(
    Composer(f"certification-{matter}", version=version, facts=Facts, compose=partial(_compose, matter))
    for matter, version in _VERSIONS.items()
)
