"""An account is not used: it will be disabled, was disabled, or is enabled again (NIST SP 800-53, AC-2(3))."""

from dataclasses import dataclass
from functools import partial

from services.notifier.delivery.domain import Composer, HelpDesk, Letter, Recipient


@dataclass(frozen=True, slots=True)
class Facts:
    """`day`: with which it is disabled, or until which its owner can enable it. `when`: it happened."""

    day: str
    when: str = ""


_SOME_TIME = (
    "You have not signed in to the provider portal for some time. An account that is not used is disabled: yours on"
    " {day}."
)
_UNTIL = (
    "Until {day} you can enable it yourself: sign in with your password and your second factor. After that day only the"
    " help desk can."
)
_AGAIN = (
    "Your account had been disabled because it was not used. Somebody signed in with your password and your second"
    " factor just now, and it is enabled again."
)
_LETTERS = {
    "notice": (
        "Your provider portal account will be disabled on {day}",
        _SOME_TIME,
        "If you still need it, sign in before that day. Nothing else is needed.",
    ),
    "disabled": (
        "Your provider portal account was disabled",
        "You have not signed in to the provider portal for a long time, so your account was disabled.",
        _UNTIL,
    ),
    "enabled-again": (
        "Your provider portal account is enabled again",
        _AGAIN,
        "If that was not you, call the help desk at once.",
    ),
}


def _compose(matter: str, recipient: Recipient, facts: Facts, help_desk: HelpDesk) -> Letter:
    """What happened or will happen, and what to do."""
    subject, *sentences = (each.format(day=facts.day) for each in _LETTERS[matter])
    return Letter(subject, "\n\n".join((f"Dear {recipient.name},", *sentences, help_desk.closing)) + "\n")


COMPOSERS = tuple(
    Composer(f"account-inactive-{matter}", version=1, facts=Facts, compose=partial(_compose, matter))
    for matter in _LETTERS
)
