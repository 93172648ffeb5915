"""Requests for access and of billers: administrators are told of what waits, whoever asked of what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from services.notifier.delivery.domain import Composer, HelpDesk, Letter, Recipient, Words


@dataclass(frozen=True, slots=True)
class Facts:
    """When, in words; the organization it concerns; `count`: how many requests wait, where it is about several."""

    when: str
    organization: str
    count: str = "1"


_WORDS: Mapping[str, Words] = {
    "access-asked": Words(
        "A request for access waits for you",
        "A user of {organization} asks for access in the provider portal and waits for your decision.",
        "Sign in and open Administration, Requests for access. Approve it only if you know the user and their duties.",
    ),
    "access-approved": Words(
        "Your request for access was approved",
        "An administrator of {organization} approved your request for access in the provider portal.",
        "It counts from your next request on. If you did not ask for it, tell your administrator.",
    ),
    "access-refused": Words(
        "Your request for access was refused",
        "An administrator of {organization} refused your request for access in the provider portal.",
        "Sign in and open your account, Requests for access: the reason is there.",
    ),
    "access-lapsed": Words(
        "Your request for access lapsed",
        "No administrator of {organization} decided about your request for access in time, so it lapsed.",
        "If you still need it, talk to your administrator, then ask again.",
    ),
    "contractor-asked": Words(
        "A request waits for EDI enrollment in the provider portal",
        "Somebody of {organization} asks in the provider portal, and no other administrator is there to decide.",
        "Sign in and open Organization requests. Call the organization before you approve.",
    ),
    "contractor-approved": Words(
        "Your request was approved",
        "EDI enrollment of the contractor approved your request for {organization} in the provider portal.",
        "If you are signed out, sign in again. If you did not ask for it, call the help desk now.",
    ),
    "contractor-refused": Words(
        "Your request was refused",
        "EDI enrollment of the contractor refused your request for {organization} in the provider portal.",
        "Sign in and open your account, Requests for access: the reason is there.",
    ),
    "requests-pending": Words(
        "Requests wait for you in the provider portal",
        "In {organization} {waiting} for an administrator.",
        "Sign in and open Administration, Reports: it names each of them.",
    ),
    "biller-asked": Words(
        "A company wants to act for you in the provider portal",
        "{organization} asks to act for your organization in the provider portal. Nothing is allowed until you sign.",
        "Sign in and open Administration, Billers. Sign only if your organization works with this company.",
    ),
    "biller-confirmed": Words(
        "A provider signed your letter of authorization",
        "{organization} signed a letter of authorization for your company. It names functions and days.",
        "Sign in and open Administration, Billers to read it. Then grant your users access to this provider.",
    ),
    "biller-refused": Words(
        "A provider refused your request",
        "{organization} did not authorize your company to act for it in the provider portal.",
        "Sign in and open Administration, Billers: the reason is there.",
    ),
    "biller-ended": Words(
        "An authorization of a biller ended",
        "The authorization between your organization and {organization} ended in the provider portal, at once.",
        "Sign in and open Administration, Billers to see it. If this is wrong, talk to {organization}.",
    ),
}


def _compose(words: Words, recipient: Recipient, facts: Facts, help_desk: HelpDesk) -> Letter:
    waiting = "1 request waits" if facts.count == "1" else f"{facts.count} requests wait"
    return words.letter(recipient, help_desk, organization=facts.organization, waiting=waiting)


COMPOSERS = tuple(
    Composer(matter, version=1, facts=Facts, compose=partial(_compose, words)) for matter, words in _WORDS.items()
)
"""One for each kind of notice."""
