"""The contractor's own staff: an account is there, its role is another one, or it ended."""

from dataclasses import dataclass
from functools import partial

from services.notifier.delivery.domain import Composer, HelpDesk, Letter, Recipient


@dataclass(frozen=True, slots=True)
class Facts:
    """`login`, `link` and `hours` of a new account; `role`: which one it has now; `when`."""

    when: str = ""
    login: str = ""
    link: str = ""
    hours: str = ""
    role: str = ""


_INVITED = (
    "You have an account of the contractor's staff at the provider portal. Your user ID is {login}. Open this address"
    " within {hours} hours, add the account to an authenticator app, and choose a password:\n{link}"
)
_LATER = (
    "After that time, open the sign-in page of the portal and follow “Forgot your password?”: you are sent another"
    " link. If you do not know of this account, tell a security officer."
)
_ROLE = (
    "Your role at the provider portal is {role} since {when}. You were signed out. At the next sign-in you may be asked"
    " to sign the documents of this role."
)
_LETTERS = {
    "invited": ("Your account at the provider portal", _INVITED, _LATER),
    "role-changed": ("You have another role at the provider portal", _ROLE, "Ask a security officer if this is wrong."),
    "ended": (
        "Your account at the provider portal ended",
        "Your account was ended on {when}. Nobody can sign in with it.",
        "Ask a security officer if this is wrong.",
    ),
}


def _compose(matter: str, recipient: Recipient, facts: Facts, help_desk: HelpDesk) -> Letter:
    """What happened, and what to do."""
    told = {name: getattr(facts, name) for name in ("when", "login", "link", "hours", "role")}
    subject, *sentences = (each.format_map(told) for each in _LETTERS[matter])
    return Letter(subject, "\n\n".join((f"Dear {recipient.name},", *sentences, help_desk.closing)) + "\n")


COMPOSERS = tuple(
    Composer(f"staff-{matter}", version=1, facts=Facts, compose=partial(_compose, matter)) for matter in _LETTERS
)
