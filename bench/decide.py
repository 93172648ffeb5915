"""What one decision about access costs: `decide()`, which every service asks at every request.

A vendor's biller acts for a provider with a grant for each function; the vendor is one of fifty that the provider has
authorized, so that every rule is looked at before the answer is yes. Goal: under 200 microseconds.
"""

import gc
import time
from datetime import UTC, datetime, timedelta

from bench.measuring import line, percentile
from libs.common.contracts.auth import Enrollment, Grant
from libs.common.functions import FUNCTIONS
from libs.common.ids import derived_id
from libs.common.security.decision import AccessFacts, OrganizationFacts, Resource, UserFacts, decide
from libs.common.security.permissions import CATALOG, CLAIM_STATUS
from libs.common.security.principal import Principal

_TIMES = 20_000
_VENDORS = 50


async def run() -> None:
    """Decide again and again, and tell how long one decision took."""
    now = datetime(2026, 11, 30, 15, tzinfo=UTC)
    facts, principal = _facts(now), _principal(now)
    resource = Resource(principal.enrollment_id)
    if not decide(facts, CLAIM_STATUS, resource, principal, now).allow:
        raise RuntimeError("The biller of this bench may not see claims: its facts fit the rules no more.")
    microseconds = []
    gc.disable()
    for _ in range(_TIMES):
        started = time.perf_counter_ns()
        decide(facts, CLAIM_STATUS, resource, principal, now)
        microseconds.append((time.perf_counter_ns() - started) / 1000)
    gc.enable()
    figures = {f"p{share}_us": percentile(microseconds, share / 100) for share in (50, 95, 99)}
    line("decide", times=_TIMES, **figures, goal_us=200)


def _facts(now: datetime) -> AccessFacts:
    year = timedelta(days=365)
    enrollment_id, vendor = derived_id("bench", "enrollment"), derived_id("bench", "vendor", 0)
    return AccessFacts(
        user=UserFacts(
            user_id=derived_id("bench", "biller"),
            epoch=1,
            state="active",
            organization_id=vendor,
            role="VENDOR_USER",
            rules_of_behavior_until=now + year,
            training_until=now + year,
        ),
        organization=OrganizationFacts(organization_id=vendor, epoch=1, kind="vendor", name="Billing Agency"),
        enrollment=Enrollment(
            enrollment_id=enrollment_id,
            organization_name="Clinic",
            npi="1234567893",
            tax_id="123456789",
            ptan="P000001",
            line_of_business="B",
            pecos_active=True,
            edi_agreement_signed=True,
            submitters=("SUB00001",),
            effective=now - year,
        ),
        owner=OrganizationFacts(
            organization_id=derived_id("bench", "clinic"),
            epoch=1,
            kind="provider",
            name="Clinic",
            vendors=tuple(derived_id("bench", "vendor", number) for number in reversed(range(_VENDORS))),
        ),
        grants=tuple(
            Grant(enrollment_id=enrollment_id, permission=name, effective=now - year, certified_until=now + year)
            for name in CATALOG
        ),
        offered=frozenset(FUNCTIONS),
    )


def _principal(now: datetime) -> Principal:
    return Principal(
        kind="person",
        user_id=derived_id("bench", "biller"),
        name="A Biller",
        organization_id=derived_id("bench", "vendor", 0),
        role="VENDOR_USER",
        assurance=2,
        factor_at=now,
        enrollment_id=derived_id("bench", "enrollment"),
        user_epoch=1,
        organization_epoch=1,
        session="00" * 32,
        csrf="csrf",
    )
