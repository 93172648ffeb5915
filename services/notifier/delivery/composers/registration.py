"""What people are told who register, and who ask for an organization. None says to strangers who has an account."""

from dataclasses import dataclass

from services.notifier.delivery.domain import Composer, HelpDesk, Letter, Recipient


def _letter(subject: str, recipient: Recipient, help_desk: HelpDesk, *paragraphs: str) -> Letter:
    blocks = (f"Dear {recipient.name},", *paragraphs, help_desk.closing)
    return Letter(subject, "\n\n".join(blocks) + "\n")


@dataclass(frozen=True, slots=True)
class Code:
    """The code that confirms an address, and for how many minutes it counts."""

    code: str
    minutes: str


def compose_code(recipient: Recipient, facts: Code, help_desk: HelpDesk) -> Letter:
    """The code, and what to do when one did not ask for it."""
    return _letter(
        "Your code for the provider portal",
        recipient,
        help_desk,
        f"Your code is {facts.code}. Enter it on the page of your registration within {facts.minutes} minutes.",
        "Nobody of ours ever asks you for this code. If you did not register, do nothing: without the code nothing"
        " happens, and what was entered is deleted.",
    )


@dataclass(frozen=True, slots=True)
class Nothing:
    """A message that needs no facts."""


def compose_exists(recipient: Recipient, _facts: Nothing, help_desk: HelpDesk) -> Letter:
    """Somebody registered who has an account."""
    return _letter(
        "You have an account at the provider portal",
        recipient,
        help_desk,
        "Somebody registered at the provider portal with your email address or your identity. You have an account"
        " already, so no other one was opened. If you work for another organization too, sign in and ask for another"
        " user ID on the page “Your account”.",
        "If that was you, sign in with the user ID you have. If you forgot it or your password, follow the links on the"
        " sign-in page, or call the help desk.",
        "If that was not you, call the help desk now. Your account is as it was.",
    )


def compose_complete(recipient: Recipient, _facts: Nothing, help_desk: HelpDesk) -> Letter:
    """The account is open, and what comes next (NIST SP 800-63A: the person is told that they were proofed)."""
    return _letter(
        "You are registered at the provider portal",
        recipient,
        help_desk,
        "Your identity was checked, and an account was opened for you.",
        "What comes next: sign in with the user ID and password you chose and the code or passkey you set up,"
        " accept the Rules of Behavior, and ask for the organization you work for.",
        "If you did not register, call the help desk now.",
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a request. `role` is what the person wants to be; `reason` says why it was declined."""

    organization: str
    role: str
    reason: str = ""


def compose_approved(recipient: Recipient, facts: Decision, help_desk: HelpDesk) -> Letter:
    """One belongs to the organization now."""
    onward = (
        "Sign in again and accept the rules for administrators. Then give the users of your organization their access,"
        " and certify it once a year. Two administrators are advised: when one is away, the other one goes on."
        if facts.role == "portal administrator"
        else "Sign in again. What you may do there is granted by the portal administrator of the organization."
    )
    return _letter(
        "Your organization at the provider portal",
        recipient,
        help_desk,
        f"Your request was approved: you belong to {facts.organization} now, as {facts.role}.",
        onward,
    )


def compose_declined(recipient: Recipient, facts: Decision, help_desk: HelpDesk) -> Letter:
    """The request was declined, and why."""
    return _letter(
        "Your organization at the provider portal",
        recipient,
        help_desk,
        f"Your request to belong to {facts.organization} as {facts.role} was declined.",
        f"The reason: {facts.reason}",
        "Your account stays as it is. You can ask again on the page “Your organization” when that is corrected.",
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of a request that waits, or lapsed: when that is told, the organization, and `about`: who asks."""

    when: str
    organization: str
    about: str = ""


def compose_join_asked(recipient: Recipient, facts: Waiting, help_desk: HelpDesk) -> Letter:
    """An administrator is to let somebody in."""
    return _letter(
        "A person asks to join your organization",
        recipient,
        help_desk,
        f"{facts.about} registered at the provider portal and asks to join {facts.organization}.",
        "Sign in and open Administration, Requests to join. Let in only people you know.",
    )


def compose_asked(recipient: Recipient, facts: Waiting, help_desk: HelpDesk) -> Letter:
    """EDI enrollment is to verify an administrator."""
    return _letter(
        "A request to become portal administrator waits",
        recipient,
        help_desk,
        f"{facts.about} asks to become portal administrator of {facts.organization}.",
        "Sign in and open Organization requests. Call the organization before you approve.",
    )


def compose_lapsed(recipient: Recipient, facts: Waiting, help_desk: HelpDesk) -> Letter:
    """Nobody decided a request in time."""
    return _letter(
        "Your request for an organization lapsed",
        recipient,
        help_desk,
        f"Nobody decided your request to belong to {facts.organization} at the provider portal in time, so it lapsed.",
        "Talk to the portal administrator of the organization, or call the help desk. Then ask again on the page “Your"
        " organization”.",
    )


COMPOSERS = (
    Composer("account-exists", version=2, facts=Nothing, compose=compose_exists),
    Composer("join-asked", version=1, facts=Waiting, compose=compose_join_asked),
    Composer("organization-approved", version=1, facts=Decision, compose=compose_approved),
    Composer("organization-declined", version=1, facts=Decision, compose=compose_declined),
    Composer("organization-asked", version=1, facts=Waiting, compose=compose_asked),
    Composer("organization-lapsed", version=1, facts=Waiting, compose=compose_lapsed),
    Composer("registration-code", version=1, facts=Code, compose=compose_code),
    Composer("registration-complete", version=2, facts=Nothing, compose=compose_complete),
)
