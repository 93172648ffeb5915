"""What of auth goes to the next contractor, and why the rest stays (`docs/transition.md`)."""

from libs.common.transition.exports import PLAIN, Export, Moving, Owned
from services.auth.access.tables import (
    enrollment,
    membership,
    organization,
    user_account,
    user_grant,
    vendor_authorization,
)
from services.auth.agreements.tables import agreement_signature
from services.auth.clients.tables import api_client
from services.auth.recertification.tables import certification
from services.auth.sign_in.tables import SECRET, totp

MOVING = Moving(
    exports=(
        Export(organization),
        Export(enrollment, sealed={"tax_id": PLAIN}),
        Export(vendor_authorization),
        Export(user_account, sealed={"login": PLAIN, "name": PLAIN, "email": PLAIN}),
        Export(membership),
        Export(user_grant),
        Export(agreement_signature),
        Export(certification),
        Export(api_client),
        Export(totp, sealed={"secret": Owned(SECRET, ("user_id",))}),
    ),
    stays={
        "credential": "a hash needs the pepper, which stays: users choose a new password by mail and second factor",
        "failure": "failed attempts of days",
        "attempt_count": "the same",
        "sign_in_attempt": "of minutes",
        "session": "everybody signs in again",
        "used_assertion": "of minutes",
        "feed_file": "the receiver takes the feeds of its own partners",
    },
)
