"""Tells a user by mail what happened to their account. The notifier writes the letter; nobody else can read it."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

from libs.common.contracts.auth import MessageWanted
from libs.common.contracts.eligibility import HetsNotice
from libs.common.contracts.envelope import Received
from libs.common.contracts.sealed import WANTED_MESSAGE, WantedMessage
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import day, moment
from services.auth.access import repository as access

Notice = Literal[
    "access-approved",
    "access-asked",
    "access-lapsed",
    "access-refused",
    "account-closed",
    "account-closed-of",
    "account-disabled",
    "account-disabled-by-staff",
    "account-enabled-by-staff",
    "account-enabled-without-role",
    "account-inactive-disabled",
    "account-inactive-enabled-again",
    "account-inactive-notice",
    "account-locked",
    "account-unlocked",
    "administrator-added",
    "administrator-stepped-down",
    "another-user-id",
    "biller-asked",
    "biller-confirmed",
    "biller-ended",
    "biller-refused",
    "certification-account-declined",
    "certification-account-suspended",
    "certification-asked",
    "certification-reminder",
    "certification-suspended",
    "contractor-approved",
    "contractor-asked",
    "contractor-refused",
    "email-changed",
    "email-code",
    "factor-added",
    "factor-removed",
    "factors-lost-asked",
    "factors-lost-canceled",
    "factors-lost-confirmed",
    "factors-lost-ended",
    "factors-lost-refused",
    "factors-lost-waiting",
    "hets-attestation-open",
    "hets-not-sent",
    "hets-refused",
    "join-asked",
    "member-left",
    "member-removed",
    "membership-ended",
    "new-device",
    "organization-asked",
    "organization-lapsed",
    "organization-unmanaged",
    "password-changed",
    "password-reset-link",
    "recovery-code-used",
    "recovery-codes-made",
    "requests-pending",
    "sign-in-code",
    "sign-in-not-mine",
    "signed-out-by-staff",
    "staff-ended",
    "staff-invited",
    "staff-role-changed",
    "user-ids",
]
"""Kinds of letters about an account and its access (`services/notifier/delivery/composers/`)."""


async def tell(work: UnitOfWork, user_id: UUID, notice: Notice, *, link: str = "", to: str = "", **facts: str) -> None:
    """Let a letter go to a user once this transaction has committed: what happened, now, and `facts` of its kind.

    `link` is an address below the portal's own; `to` is a mail address other than the one on file. A program has none
    and is told nothing.
    """
    name, on_file = await access.contact(work, user_id)
    email = to or on_file
    if not email:
        return
    runtime = work.runtime
    told = {"when": moment(runtime.clock.business(), runtime.deployment.zone), **facts}
    if link:
        told["link"] = f"{runtime.settings.public_address}{link}"
    sealed = WANTED_MESSAGE.seal(runtime.keys, WantedMessage(name, email, told), user_id)
    work.append(MessageWanted(user_id=user_id, kind=notice, sealed_message=sealed))


_HETS: Mapping[str, Notice] = {
    "attestation-due": "hets-attestation-open",
    "refused": "hets-refused",
    "not-sent": "hets-not-sent",
}


async def tell_administrators(work: UnitOfWork, events: Sequence[Received[HetsNotice]]) -> None:
    """Let a letter go to each administrator of an organization about one of its HETS EDI enrollments."""
    for each in events:
        told = each.event
        for administrator in await access.administrators(work, told.organization_id):
            await tell(
                work,
                administrator,
                _HETS[told.matter],
                npi_last_four=told.npi[-4:],
                submitter=told.submitter,
                day=day(told.day),
            )
