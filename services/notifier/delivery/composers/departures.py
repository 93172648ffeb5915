"""Who left an organization, or manages its users now or no more: told to them, the administrators, the contractor."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from services.notifier.delivery.domain import Composer, HelpDesk, Letter, Recipient, Words


@dataclass(frozen=True, slots=True)
class Facts:
    """When, in words; the organization; `about`: who left it, where somebody else is told."""

    when: str
    organization: str
    about: str = ""


_WORDS: Mapping[str, Words] = {
    "membership-ended": Words(
        "Your access to an organization has ended",
        "Your access to {organization} in the provider portal ended on {when}, for every NPI.",
        "Your account stays. If you work for another organization, sign in and ask for it. If this is wrong, talk to"
        " the portal administrator of {organization}.",
    ),
    "member-removed": Words(
        "The access of a person to your organization was ended",
        "An administrator ended all access of {about} to {organization} in the provider portal on {when}.",
        "You need to do nothing. If this is wrong, the person can ask to join again: sign in and open Administration,"
        " Requests to join.",
    ),
    "member-left": Words(
        "A person left your organization in the provider portal",
        "{about} left {organization} in the provider portal on {when}. All their access to it ended.",
        "You need to do nothing. If they shared a key of a program, replace it under Administration, Programs.",
    ),
    "administrator-added": Words(
        "An organization has another portal administrator",
        "{about} manages the users of {organization} in the provider portal since {when}: an administrator there"
        " approved it.",
        "If EDI enrollment has reason to doubt it, call the organization.",
    ),
    "administrator-stepped-down": Words(
        "An administrator no longer manages your users",
        "{about} no longer manages the users of {organization} in the provider portal since {when}.",
        "Sign in and open Administration: see who is left to manage users. Two administrators are advised.",
    ),
    "organization-unmanaged": Words(
        "An organization has no portal administrator any more",
        "{about}, the last portal administrator of {organization}, went on {when}.",
        "Its users keep their access until it is due for certification. A user of it can ask EDI enrollment to become"
        " administrator: open Organization requests.",
    ),
}


def _compose(words: Words, recipient: Recipient, facts: Facts, help_desk: HelpDesk) -> Letter:
    return words.letter(recipient, help_desk, organization=facts.organization, about=facts.about, when=facts.when)


COMPOSERS = tuple(
    Composer(matter, version=1, facts=Facts, compose=partial(_compose, words)) for matter, words in _WORDS.items()
)
"""One for each kind of notice."""
