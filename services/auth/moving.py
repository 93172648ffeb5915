"""What of auth goes to the next contractor, and why the rest stays (`docs/transition.md`)."""

from libs.common.runtime import Runtime
from libs.common.security.passwords import dummy_hash
from libs.common.transition.exports import PLAIN, Export, Moving, Owned
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
from services.auth.organization_link.tables import organization_request
from services.auth.recertification.tables import (
    account_certification,
    certification,
    certification_call,
    certification_reminder,
    certification_request,
    certification_watch,
)
from services.auth.registration.domain import APPLICANTS
from services.auth.role_requests.tables import ANSWER, REASON, role_request
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


MOVING = Moving(
    exports=(
        Export(
            organization,
            where=organization.c.organization_id != APPLICANTS,
            always=organization.c.organization_id == APPLICANTS,
        ),
        Export(enrollment, sealed={"tax_id": PLAIN}),
        Export(vendor_authorization, sealed={"signed_name": PLAIN}),
        Export(user_account, sealed={"login": PLAIN, "name": PLAIN, "email": PLAIN}),
        Export(membership),
        Export(user_grant),
        Export(look_up_association),
        Export(agreement_text),
        Export(agreement_signature, sealed={"signer": PLAIN}),
        Export(certification, sealed={"signer": PLAIN}),
        Export(account_certification),
        Export(certification_reminder),
        Export(certification_request),
        Export(certification_watch),
        Export(certification_call, sealed={"reason": PLAIN}),
        Export(role_request, sealed={"reason": Owned(REASON, _REQUEST), "answer": Owned(ANSWER, _REQUEST)}),
        Export(organization_request),
        Export(enrollment_use),
        Export(inactivity_notice),
        Export(api_client),
        Export(client_key),
        Export(credential, sealed={"password_hash": NoPassword()}),
        Export(account_deed),
        # Second factors move, so that a new password still needs one.
        Export(totp, sealed={"secret": Owned(SECRET, ("user_id",))}),
        Export(phone, sealed={"number": Owned(PHONE, ("user_id",)), "waiting": Owned(PHONE, ("user_id",))}),
        Export(recovery_code),
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
        "mfa_window": "of hours",
        "passkey": "it is bound to the address of the portal before",
        "passkey_challenge": "of minutes",
        "viewing": "of the contractor's own staff",
        "elevation": "the same",
        "official_text": "the receiver loads the official texts of its own contract",
        "registration": "in progress, and bound to a browser: the person begins again",
        "registered_person": "digests under a key that stays",
        "payment_digest": "the same, of 90 days",
        "feed_file": "the receiver takes the feeds of its own partners",
        "feed_record": "the same",
        "feed_fault": "the same",
    },
)
