"""The access decision: every rule, their order, and what must hold for any facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.auth import Authorization, Enrollment, Grant, OrganizationAccess, UserAccess
from libs.common.security.decision import (
    MAX_CHOICES,
    AccessFacts,
    Decision,
    OrganizationFacts,
    Resource,
    UserFacts,
    decide,
)
from libs.common.security.permissions import (
    APPEAL_REVIEW,
    CATALOG,
    CLAIM_STATUS,
    CLAIM_SUBMIT,
    MESSAGES_READ,
    OWN_ACCOUNT,
    USERS_MANAGE,
    USERS_READ,
    Permission,
)
from libs.common.security.principal import Principal

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(days=30), NOW - timedelta(days=30)
_SPACE = UUID("b3a7f9d2-7f43-4ac1-8c57-1f0c9a7d1f44")


def named(name: str) -> UUID:
    return uuid5(_SPACE, name)


USER, PROVIDER, VENDOR, OTHER = named("user"), named("provider"), named("vendor"), named("other")
OWN, FOREIGN = named("own enrollment"), named("foreign enrollment")
OFFERED = frozenset(permission.function for permission in CATALOG.values())


def enrollment(enrollment_id: UUID = OWN, **changes: object) -> Enrollment:
    return Enrollment(
        **{
            "enrollment_id": enrollment_id,
            "organization_name": "Clinic",
            "npi": "2912345678",
            "tax_id": "001000001",
            "ptan": "MR1",
            "line_of_business": "B",
            "pecos_active": True,
            "edi_agreement_signed": True,
            "submitters": ("SUB00001",),
            "effective": EARLIER,
            **changes,
        }
    )


def grant(permission: str = CLAIM_STATUS.name, enrollment_id: UUID = OWN, **changes: object) -> Grant:
    return Grant(
        **{
            "enrollment_id": enrollment_id,
            "permission": permission,
            "effective": EARLIER,
            "certified_until": LATER,
            **changes,
        }
    )


def organization(organization_id: UUID = PROVIDER, **changes: object) -> OrganizationAccess:
    return OrganizationAccess(
        **{
            "organization_id": organization_id,
            "generation": 1,
            "version": 1,
            "epoch": 1,
            "kind": "provider",
            "name": "Clinic",
            "enrollments": (enrollment(),),
            **changes,
        }
    )


def user(**changes: object) -> UserAccess:
    return UserAccess(
        **{
            "user_id": USER,
            "generation": 1,
            "version": 1,
            "epoch": 1,
            "state": "active",
            "organization_id": PROVIDER,
            "role": "PROVIDER_USER",
            "rules_of_behavior_until": LATER,
            "training_until": LATER,
            "grants": (grant(),),
            **changes,
        }
    )


def facts(
    person: UserAccess | None = None,
    *organizations: OrganizationAccess,
    offered: frozenset[str] = OFFERED,
    acting: UUID | None = OWN,
) -> AccessFacts:
    """What the copy of access tells of `person`, who acts for the enrollment `acting`."""
    someone = person or user()
    known = {each.organization_id: each for each in organizations or (organization(),)}
    grants = tuple(each for each in someone.grants if each.enrollment_id == acting)
    owned = [
        (owner, each)
        for owner in known.values()
        for each in owner.enrollments
        if grants and each.enrollment_id == acting
    ]
    owner, enrollment = owned[0] if owned else (None, None)
    own = known.get(someone.organization_id)
    return AccessFacts(
        UserFacts.model_validate(someone.model_dump()),
        own and of_organization(own),
        enrollment,
        owner and of_organization(owner),
        grants,
        offered=offered,
    )


def of_organization(record: OrganizationAccess) -> OrganizationFacts:
    return OrganizationFacts.model_validate(record.model_dump())


PRINCIPAL = Principal("person", USER, "A Person", PROVIDER, "PROVIDER_USER", 2, NOW, OWN, 1, 1, "session", "csrf")
AT_VENDOR = replace(PRINCIPAL, organization_id=VENDOR)


def ask(
    given_facts: AccessFacts,
    permission: Permission = CLAIM_STATUS,
    resource: Resource | None = None,
    principal: Principal = PRINCIPAL,
) -> str:
    return decide(given_facts, permission, resource or Resource(OWN), principal, NOW).reason


def authorization(**changes: object) -> Authorization:
    return Authorization(
        **{
            "vendor_id": VENDOR,
            "functions": tuple(sorted(OFFERED)),
            "submitter": "SUB00001",
            "effective": EARLIER,
            **changes,
        }
    )


def of_vendor(*authorizations: Authorization, kind: str = "vendor", grants: tuple[Grant, ...] = ()) -> AccessFacts:
    """A vendor's user with a grant for a customer's enrollment."""
    own = organization(VENDOR, kind=kind, enrollments=())
    person = user(organization_id=VENDOR, grants=grants or (grant(),))
    return facts(person, own, organization(authorizations=authorizations))


def test_who_has_everything_may() -> None:
    assert decide(facts(), CLAIM_STATUS, Resource(OWN), PRINCIPAL, NOW) == Decision(allow=True, reason="ALLOWED")


@pytest.mark.parametrize(
    ("given_facts", "reason"),
    [
        (AccessFacts(None), "ACCOUNT_STATE"),
        (facts(user(state="disabled")), "ACCOUNT_STATE"),
        (facts(user(state="locked")), "ACCOUNT_STATE"),
        (facts(user(state="removed")), "ACCOUNT_STATE"),
        (facts(user(user_id=OTHER)), "ACCOUNT_STATE"),
        (facts(user(rules_of_behavior_until=NOW)), "ROB_EXPIRED"),
        (facts(user(training_until=NOW)), "TRAINING_EXPIRED"),
        (facts(user(), organization(OTHER)), "MEMBERSHIP"),
        (facts(user(organization_id=OTHER), organization(OTHER)), "MEMBERSHIP"),
        (facts(user(role="PROVIDER_ADMIN")), "ADMIN_NO_DATA"),
        (facts(user(role="VENDOR_ADMIN")), "ADMIN_NO_DATA"),
        (facts(user(grants=())), "NPI_NOT_GRANTED"),
        (facts(user(), organization(enrollments=())), "NPI_NOT_GRANTED"),
        (replace(facts(), grants=()), "NPI_NOT_GRANTED"),
        (facts(user(grants=(grant(CLAIM_SUBMIT.name),))), "FUNCTION_NOT_GRANTED"),
        (facts(user(grants=(grant(effective=LATER),))), "FUNCTION_NOT_GRANTED"),
        (facts(user(grants=(grant(ends=NOW),))), "FUNCTION_NOT_GRANTED"),
        (facts(user(grants=(grant(certified_until=NOW),))), "RECERT_EXPIRED"),
        (facts(user(), organization(enrollments=(enrollment(pecos_active=False),))), "PECOS_INACTIVE"),
        (facts(user(), organization(enrollments=(enrollment(effective=LATER),))), "PECOS_INACTIVE"),
        (facts(user(), organization(enrollments=(enrollment(ends=NOW),))), "PECOS_INACTIVE"),
        (facts(user(), organization(enrollments=(enrollment(edi_agreement_signed=False),))), "EDI_AGREEMENT_MISSING"),
        (facts(offered=frozenset()), "FUNCTION_OFF"),
    ],
)
def test_each_missing_thing_is_refused_by_its_own_name(given_facts: AccessFacts, reason: str) -> None:
    assert ask(given_facts) == reason


def test_a_session_without_a_second_factor_is_refused() -> None:
    assert ask(facts(), principal=replace(PRINCIPAL, assurance=1)) == "SESSION_AAL"


@pytest.mark.parametrize(("minutes", "reason"), [(15, "ALLOWED"), (16, "STEP_UP_REQUIRED")])
def test_where_a_fresh_factor_is_asked_it_is_at_most_fifteen_minutes_old(minutes: int, reason: str) -> None:
    boss = facts(user(role="PROVIDER_ADMIN", grants=()))
    principal = replace(PRINCIPAL, factor_at=NOW - timedelta(minutes=minutes))
    assert ask(boss, USERS_MANAGE, Resource(None), principal) == reason
    assert ask(boss, USERS_READ, Resource(None), principal) == "ALLOWED"


def test_something_of_another_organization_is_refused() -> None:
    assert ask(facts(user(role="PROVIDER_ADMIN")), USERS_READ, Resource(None, OTHER)) == "MEMBERSHIP"
    assert ask(facts(user(role="PROVIDER_ADMIN")), USERS_READ, Resource(None, PROVIDER)) == "ALLOWED"


def test_only_administrators_manage_users() -> None:
    assert ask(facts(), USERS_READ, Resource(None)) == "FUNCTION_NOT_GRANTED"


@pytest.mark.parametrize(
    ("kind", "role", "reason"),
    [
        ("contractor", "APPEALS_REVIEWER", "ALLOWED"),
        ("contractor", "PROVIDER_USER", "FUNCTION_NOT_GRANTED"),
        ("provider", "APPEALS_REVIEWER", "FUNCTION_NOT_GRANTED"),
    ],
)
def test_appeals_are_reviewed_by_staff_of_the_contractor_in_that_role(kind: str, role: str, reason: str) -> None:
    given_facts = facts(user(role=role, grants=()), organization(kind=kind, enrollments=()))
    assert ask(given_facts, APPEAL_REVIEW, Resource(None)) == reason


def test_staff_of_the_contractor_have_nothing_of_a_providers_functions() -> None:
    given_facts = facts(user(role="APPEALS_REVIEWER", grants=()), organization(kind="contractor", enrollments=()))
    assert ask(given_facts) == "NPI_NOT_GRANTED"


def test_an_administrator_with_a_grant_may_read_what_is_no_patient_data() -> None:
    boss = facts(user(role="PROVIDER_ADMIN", grants=(grant(MESSAGES_READ.name),)))
    assert ask(boss, MESSAGES_READ) == "ALLOWED"


def test_ones_own_account_stays_open_when_the_yearly_duties_lapsed() -> None:
    lapsed = facts(user(rules_of_behavior_until=EARLIER, training_until=EARLIER))
    assert ask(lapsed, OWN_ACCOUNT, Resource(None)) == "ALLOWED"
    assert ask(facts(user(state="disabled")), OWN_ACCOUNT, Resource(None)) == "ACCOUNT_STATE"


def test_a_vendor_may_as_long_as_the_provider_says_so() -> None:
    assert ask(of_vendor(authorization()), principal=AT_VENDOR) == "ALLOWED"
    assert ask(of_vendor(authorization(submitter="")), principal=AT_VENDOR) == "ALLOWED"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ((), "VENDOR_NOT_AUTHORIZED"),
        ((authorization(vendor_id=OTHER),), "VENDOR_NOT_AUTHORIZED"),
        ((authorization(effective=LATER),), "VENDOR_NOT_AUTHORIZED"),
        ((authorization(ends=NOW),), "VENDOR_NOT_AUTHORIZED"),
        ((authorization(submitter="SUB00002"),), "VENDOR_SUBMITTER_MISSING"),
        ((authorization(functions=(CLAIM_SUBMIT.function,)),), "VENDOR_FUNCTION_NOT_AUTHORIZED"),
        ((authorization(functions=()),), "VENDOR_FUNCTION_NOT_AUTHORIZED"),
    ],
)
def test_what_a_providers_letter_lacks_is_refused_by_its_own_name(
    given: tuple[Authorization, ...], reason: str
) -> None:
    assert ask(of_vendor(*given), principal=AT_VENDOR) == reason


def test_what_shows_no_patient_data_is_not_the_providers_to_leave_out() -> None:
    narrow = authorization(functions=(CLAIM_SUBMIT.function,))
    assert ask(of_vendor(narrow, grants=(grant(MESSAGES_READ.name),)), MESSAGES_READ, principal=AT_VENDOR) == "ALLOWED"


def test_an_authorization_makes_no_vendor_of_another_provider() -> None:
    assert ask(of_vendor(authorization(), kind="provider"), principal=AT_VENDOR) == "NPI_NOT_GRANTED"


@pytest.mark.parametrize("role", ["PROVIDER_ADMIN", "VENDOR_ADMIN"])
def test_an_administrator_sees_patient_data_only_in_a_dual_role_and_with_a_grant(role: str) -> None:
    assert ask(facts(user(role=role))) == "ADMIN_NO_DATA"
    assert ask(facts(user(role=role, dual_role=True))) == "ALLOWED"
    assert ask(facts(user(role=role, dual_role=True, grants=()))) == "NPI_NOT_GRANTED"


def test_files_come_under_the_submitters_of_the_agreement_and_a_vendors_under_its_own() -> None:
    both = ("SUB00001", "SUB00002")

    def submitters(known: AccessFacts) -> tuple[str, ...]:
        return replace(known, enrollment=enrollment(submitters=both)).submitters

    assert submitters(facts()) == both
    assert submitters(of_vendor(authorization(submitter="SUB00002"))) == ("SUB00002",)
    assert submitters(of_vendor(authorization(submitter=""))) == both
    assert submitters(of_vendor(authorization(submitter="SUB00003"))) == ()
    assert submitters(of_vendor()) == ()
    assert AccessFacts(None).submitters == ()


def test_the_first_failure_in_the_order_of_the_rules_is_the_reason() -> None:
    everything_wrong = facts(
        user(
            state="disabled",
            rules_of_behavior_until=EARLIER,
            training_until=EARLIER,
            role="PROVIDER_ADMIN",
            grants=(),
        ),
        offered=frozenset(),
    )
    assert ask(everything_wrong) == "ACCOUNT_STATE"
    assert ask(facts(user(rules_of_behavior_until=EARLIER, training_until=EARLIER))) == "ROB_EXPIRED"
    lapsed = grant(certified_until=EARLIER)
    off = organization(enrollments=(enrollment(pecos_active=False, edi_agreement_signed=False),))
    assert ask(facts(user(grants=(lapsed,)), off)) == "RECERT_EXPIRED"
    assert ask(facts(user(), off)) == "PECOS_INACTIVE"


def test_one_certified_grant_beside_a_lapsed_one_is_enough() -> None:
    both = (grant(certified_until=EARLIER), grant())
    assert ask(facts(user(grants=both))) == "ALLOWED"


def test_a_menu_lists_what_one_may_act_for_unless_it_is_much() -> None:
    second = enrollment(named("second"), npi="2900000000")
    few = replace(facts(), choices=(enrollment(), second))
    assert few.menu == (second, enrollment())
    many = tuple(enrollment(named(str(number))) for number in range(MAX_CHOICES + 1))
    assert replace(facts(), choices=many).menu == ()
    assert len(replace(facts(), choices=many[1:]).menu) == MAX_CHOICES


def test_the_functions_of_an_enrollment_are_those_granted_for_it() -> None:
    known = facts(user(grants=(grant(), grant("a permission of yesterday"), grant(CLAIM_SUBMIT.name, FOREIGN))))
    assert known.functions == {CLAIM_STATUS.function}
    assert AccessFacts(None).functions == frozenset()


def test_the_facts_of_one_enrollment_allow_nothing_for_another() -> None:
    assert ask(facts(), resource=Resource(FOREIGN)) == "NPI_NOT_GRANTED"


PERMISSIONS = st.sampled_from(sorted(CATALOG.values(), key=lambda each: each.name))
MOMENTS = st.sampled_from([EARLIER, NOW, LATER])
MAYBE_MOMENTS = st.one_of(st.none(), MOMENTS)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[AccessFacts, Principal, Permission, Resource]:
    """Any mixture of right and wrong facts, of two organizations and a vendor."""

    def some_enrollment(enrollment_id: UUID) -> Enrollment:
        return enrollment(
            enrollment_id,
            pecos_active=draw(st.booleans()),
            edi_agreement_signed=draw(st.booleans()),
            effective=draw(MOMENTS),
            ends=draw(MAYBE_MOMENTS),
        )

    grants = tuple(
        grant(
            draw(PERMISSIONS).name,
            draw(st.sampled_from([OWN, FOREIGN])),
            effective=draw(MOMENTS),
            ends=draw(MAYBE_MOMENTS),
            certified_until=draw(MOMENTS),
        )
        for _ in range(draw(st.integers(0, 4)))
    )
    person = user(
        state=draw(st.sampled_from(["active", "active", "active", "disabled"])),
        organization_id=draw(st.sampled_from([PROVIDER, VENDOR])),
        role=draw(st.sampled_from(["PROVIDER_USER", "PROVIDER_ADMIN", "VENDOR_USER"])),
        rules_of_behavior_until=draw(MOMENTS),
        training_until=draw(MOMENTS),
        grants=grants,
    )
    authorized = tuple(
        authorization(
            functions=draw(st.sampled_from([tuple(sorted(OFFERED)), (CLAIM_STATUS.function,)])),
            submitter=draw(st.sampled_from(["", "SUB00001", "SUB00002"])),
            effective=draw(MOMENTS),
            ends=draw(MAYBE_MOMENTS),
        )
        for _ in range(draw(st.integers(0, 1)))
    )
    known = [
        organization(PROVIDER, enrollments=(some_enrollment(OWN),), authorizations=authorized),
        organization(OTHER, enrollments=(some_enrollment(FOREIGN),), authorizations=authorized),
        organization(VENDOR, kind="vendor", enrollments=()),
    ]
    kept = [each for each in known if draw(st.integers(0, 9))]
    offered = OFFERED if draw(st.integers(0, 9)) else frozenset()
    principal = replace(
        PRINCIPAL,
        organization_id=draw(st.sampled_from([PROVIDER, VENDOR])),
        assurance=draw(st.sampled_from([1, 2, 2, 2])),
        factor_at=draw(st.sampled_from([NOW, EARLIER])),
    )
    resource = Resource(draw(st.sampled_from([OWN, FOREIGN, None])), draw(st.sampled_from([None, None, PROVIDER])))
    acting = draw(st.sampled_from([OWN, FOREIGN]))
    return facts(person, *kept, offered=offered, acting=acting), principal, draw(PERMISSIONS), resource


@given(worlds(), st.data())
def test_knowing_less_never_allows_more(
    world: tuple[AccessFacts, Principal, Permission, Resource], data: st.DataObject
) -> None:
    known, principal, permission, resource = world
    before = decide(known, permission, resource, principal, NOW)
    nothing = dict.fromkeys(("user", "organization", "enrollment", "owner")) | {"grants": (), "offered": frozenset()}
    lessened = [replace(known, **{name: without}) for name, without in nothing.items()]
    if known.owner is not None:
        lessened.append(replace(known, owner=known.owner.model_copy(update={"authorizations": ()})))
    count = len(known.grants)
    lessened.extend(replace(known, grants=known.grants[:n] + known.grants[n + 1 :]) for n in range(count))
    less = data.draw(st.sampled_from(lessened))
    after = decide(less, permission, resource, principal, NOW)
    assert before.allow or not after.allow


@given(worlds())
def test_another_organizations_enrollment_is_never_allowed_without_its_authorization(
    world: tuple[AccessFacts, Principal, Permission, Resource],
) -> None:
    known, principal, permission, resource = world
    owner = known.owner
    if not permission.needs_enrollment or not decide(known, permission, resource, principal, NOW).allow:
        return
    assert owner is not None
    assert known.user is not None
    own = known.user.organization_id
    assert owner.organization_id == own or (
        own == VENDOR and any(each.functions and each.vendor_id == VENDOR for each in owner.authorizations)
    )


@given(worlds())
def test_the_reason_says_allowed_exactly_when_it_is(
    world: tuple[AccessFacts, Principal, Permission, Resource],
) -> None:
    known, principal, permission, resource = world
    decision = decide(known, permission, resource, principal, NOW)
    assert decision.allow == (decision.reason == "ALLOWED")
