"""Each refusal of a request for an organization has its reason, its field and its next step."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest

from services.auth.organization_link.domain import REASONS, Asked, Evidence, Known, Refusal, refuse

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TODAY = NOW.date()
KNOWN = Known(
    enrollment_id=UUID(int=1),
    organization_id=UUID(int=2),
    organization_name="Riverside Clinic",
    tax_id="001000001",
    pecos_active=True,
    edi_agreement_signed=True,
    submitters=("SUB1", "LCX1"),
    effective=NOW - timedelta(days=9),
    ends=None,
)
PROVIDER = Asked("provider", "administrator", "2900000000", "MR1", "001000001", "SUB1", 10_000, date(2026, 11, 2))
VENDOR = Asked("vendor", "administrator", "2900000000", "MR1", submitter_id="LCX1")
OF_PROVIDER = Evidence(KNOWN, None, paid=True, administrators=0)
OF_VENDOR = Evidence(KNOWN, UUID(int=3), paid=False, administrators=0)


def refused(asked: Asked, evidence: Evidence) -> Refusal | None:
    return refuse(asked, evidence, now=NOW, today=TODAY, payment_days=90)


@pytest.mark.parametrize(
    ("asked", "evidence"),
    [
        (PROVIDER, OF_PROVIDER),
        (replace(PROVIDER, paid_on=TODAY - timedelta(days=90)), OF_PROVIDER),
        (replace(PROVIDER, wanted="user", paid_on=None, submitter_id=""), replace(OF_PROVIDER, administrators=1)),
        (VENDOR, OF_VENDOR),
        (replace(VENDOR, wanted="user", npi=""), replace(OF_VENDOR, enrollment=None, administrators=1)),
    ],
    ids=["administrator", "payment of the first day", "user", "of a clearinghouse", "user of a clearinghouse"],
)
def test_what_agrees_goes_on(asked: Asked, evidence: Evidence) -> None:
    assert refused(asked, evidence) is None


@pytest.mark.parametrize(
    ("refusal", "asked", "evidence"),
    [
        ("enrollment-unknown", PROVIDER, replace(OF_PROVIDER, enrollment=None)),
        ("tax-id", replace(PROVIDER, tax_id="001000002"), OF_PROVIDER),
        ("pecos-inactive", PROVIDER, replace(OF_PROVIDER, enrollment=replace(KNOWN, pecos_active=False))),
        ("pecos-inactive", PROVIDER, replace(OF_PROVIDER, enrollment=replace(KNOWN, ends=NOW))),
        (
            "pecos-inactive",
            PROVIDER,
            replace(OF_PROVIDER, enrollment=replace(KNOWN, effective=NOW + timedelta(days=1))),
        ),
        (
            "edi-agreement-missing",
            PROVIDER,
            replace(OF_PROVIDER, enrollment=replace(KNOWN, edi_agreement_signed=False)),
        ),
        ("submitter-not-listed", replace(PROVIDER, submitter_id="SUB2"), OF_PROVIDER),
        ("payment-old", replace(PROVIDER, paid_on=TODAY - timedelta(days=91)), OF_PROVIDER),
        ("payment-old", replace(PROVIDER, paid_on=TODAY + timedelta(days=1)), OF_PROVIDER),
        ("payment-unknown", PROVIDER, replace(OF_PROVIDER, paid=False)),
        ("administrator-missing", replace(PROVIDER, wanted="user"), OF_PROVIDER),
        ("submitter-unknown", VENDOR, replace(OF_VENDOR, vendor_id=None)),
        ("submitter-not-listed", replace(VENDOR, submitter_id="LCX2"), OF_VENDOR),
        ("edi-agreement-missing", VENDOR, replace(OF_VENDOR, enrollment=replace(KNOWN, edi_agreement_signed=False))),
        ("enrollment-unknown", VENDOR, replace(OF_VENDOR, enrollment=None)),
        ("administrator-missing", replace(VENDOR, wanted="user"), OF_VENDOR),
    ],
)
def test_what_does_not_agree_is_refused(refusal: Refusal, asked: Asked, evidence: Evidence) -> None:
    assert refused(asked, evidence) == refusal


def test_each_refusal_says_what_to_do() -> None:
    assert set(REASONS) == set(get_args(Refusal))
    assert len({each.sentence for each in REASONS.values()}) == len(REASONS)
    assert all(each.then.endswith(".") for each in REASONS.values())
