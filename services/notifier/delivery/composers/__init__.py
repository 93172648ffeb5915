"""Every kind of message to users: its facts, and the letter they become.

A new kind is a module here with its composer, a place in this registry, and a subscription that queues it.
"""

from collections.abc import Mapping
from typing import Any

from services.notifier.delivery.composers import (
    access_not_recertified,
    access_requests,
    account_inactive,
    account_security,
    certification,
    departures,
    hets_attestation_due,
    hets_enrollment,
    registration,
    staff,
)
from services.notifier.delivery.domain import Composer

_ALL: tuple[Composer[Any], ...] = (
    access_not_recertified.COMPOSER,
    *access_requests.COMPOSERS,
    *account_inactive.COMPOSERS,
    *account_security.COMPOSERS,
    *certification.COMPOSERS,
    *departures.COMPOSERS,
    hets_attestation_due.COMPOSER,
    *hets_enrollment.COMPOSERS,
    *registration.COMPOSERS,
    *staff.COMPOSERS,
)

COMPOSERS: Mapping[str, Composer[Any]] = {each.kind: each for each in _ALL}
