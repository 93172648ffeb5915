"""What of auth goes to the next contractor, and why the rest stays (`docs/transition.md`).

The contractor's own organization stays, with its staff and whatever they sign in with: nobody of the giver's has access
to the portal of the receiver, whatever role they hold for good or for a time.
"""

from typing import Any

import sqlalchemy as sa

from libs.common.runtime import Runtime
from libs.common.security.passwords import dummy_hash
from libs.common.transition.exports import PLAIN, Export, Moving, Owned, attachments_of
from services.auth.access.tables import (
    enrollment,
    membership,
    organization,
    user_account,
    user_grant,
    vendor_authorization,
)
from services.auth.agreements.tables import agreement_signature, agreement_text
from services.auth.back_office.tables import account_deed
from services.auth.clients.tables import api_client, client_key
from services.auth.factors.tables import PHONE, SECRET, phone, recovery_code, totp
from services.auth.inactive.tables import enrollment_use, inactivity_notice
from services.auth.look_up_association.tables import look_up_association
from services.auth.organization_link.tables import TAX_ID, organization_request
from services.auth.organization_link.tables import VERIFIED as ASKED_VERIFIED
from services.auth.recertification.tables import (
    account_certification,
    certification,
    certification_call,
    certification_reminder,
    certification_request,
    certification_watch,
)
from services.auth.registration.domain import APPLICANTS
from services.auth.role_requests.tables import ANSWER, REASON, VERIFIED, role_request
from services.auth.sign_in.tables import credential

_REQUEST = ("request_id",)


class NoPassword:
    """A password does not move: its hash needs the pepper, which stays. Its owner chooses a new one."""

    def __init__(self) -> None:
        self._nobodys = ""

    def open(self, _runtime: Runtime, _row: object, _value: str) -> bytes:
        """Nothing."""
        return b""

    def seal(self, runtime: Runtime, _row: object, _content: bytes) -> str:
        """A hash whose password nobody knows; one for all, because making one takes a quarter of a second."""
        self._nobodys = self._nobodys or dummy_hash(runtime.keys)
        return self._nobodys


_CONTRACTOR = sa.select(organization.c.organization_id).where(organization.c.kind == "contractor")
_STAFF = sa.select(membership.c.user_id).where(membership.c.organization_id.in_(_CONTRACTOR))
_PROGRAMS_OF_STAFF = sa.select(api_client.c.client_id).where(api_client.c.user_id.in_(_STAFF))


def _of_users(table: sa.Table, **how: Any) -> Export:
    """Rows of users, without those of the contractor's staff."""
    return Export(table, where=table.c.user_id.not_in(_STAFF), **how)


MOVING = Moving(
    exports=(
        Export(
            organization,
            where=sa.and_(organization.c.organization_id != APPLICANTS, organization.c.kind != "contractor"),
            always=organization.c.organization_id == APPLICANTS,
        ),
        Export(enrollment, sealed={"tax_id": PLAIN}),
        Export(vendor_authorization, sealed={"signed_name": PLAIN}),
        attachments_of(sa.select(vendor_authorization.c.authorization_id)),
        _of_users(user_account, sealed={"login": PLAIN, "name": PLAIN, "email": PLAIN}),
        _of_users(membership),
        _of_users(user_grant),
        _of_users(look_up_association),
        Export(agreement_text),
        _of_users(agreement_signature, sealed={"signer": PLAIN}),
        _of_users(certification, sealed={"signer": PLAIN}),
        _of_users(account_certification),
        _of_users(certification_reminder),
        _of_users(certification_request),
        Export(certification_watch),
        Export(certification_call, sealed={"reason": PLAIN}),
        _of_users(
            role_request,
            sealed={
                "reason": Owned(REASON, _REQUEST),
                "answer": Owned(ANSWER, _REQUEST),
                "verified": Owned(VERIFIED, _REQUEST),
            },
        ),
        _of_users(
            organization_request,
            sealed={"tax_id": Owned(TAX_ID, _REQUEST), "verified": Owned(ASKED_VERIFIED, _REQUEST)},
        ),
        _of_users(enrollment_use),
        _of_users(inactivity_notice),
        _of_users(api_client),
        Export(client_key, where=client_key.c.client_id.not_in(_PROGRAMS_OF_STAFF)),
        _of_users(credential, sealed={"password_hash": NoPassword()}),
        # Done by staff who stay. An account that they closed as high-risk is opened by a security officer alone.
        _of_users(account_deed),
        # Second factors move, so that a new password still needs one.
        _of_users(totp, sealed={"secret": Owned(SECRET, ("user_id",))}),
        _of_users(phone, sealed={"number": Owned(PHONE, ("user_id",)), "waiting": Owned(PHONE, ("user_id",))}),
        _of_users(recovery_code),
    ),
    stays={
        "failure": "failed attempts of days",
        "attempt_count": "the same",
        "sign_in_attempt": "of minutes",
        "session": "everybody signs in again",
        "used_assertion": "of minutes",
        "mailed_link": "of minutes",
        "known_device": "browsers know the address of the portal before",
        "sent_code": "of minutes",
        "email_change": "of minutes",
        "factor_loss": "of days: whoever has no factor asks the receiver",
        "mfa_window": "of hours",
        "passkey": "it is bound to the address of the portal before",
        "passkey_challenge": "of minutes",
        "viewing": "of the contractor's own staff",
        "elevation": "the same",
        "staff_request": "the same",
        "official_text": "the receiver loads the official texts of its own contract",
        "registration": "in progress, and bound to a browser: the person begins again",
        "registered_person": "digests under a key that stays, of what nobody keeps: a person who registers once more is"
        " noticed by the mail address alone",
        "payment_digest": "digests under a key that stays, of 90 days",
        "feed_file": "the receiver takes the feeds of its own partners",
        "feed_record": "the same",
        "feed_fault": "the same",
    },
)
