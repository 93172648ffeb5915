"""Finds what administrators of an organization see of its HETS EDI enrollments, and whether an NPI may ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from libs.common.errors import Rejected, nothing_here
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.ports import Ports
from libs.common.security.permissions import HETS_ENROLLMENT_READ
from libs.common.web.permit import Permit, opaque
from services.eligibility.enrollment import repository
from services.eligibility.enrollment.domain import Contact, HetsLink, HetsRequest, Provider, Standing, standing
from services.eligibility.enrollment.tables import CONTACT

ENROLLMENTS = "/eligibility/hets-enrollments"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An NPI and PTAN of an organization, with what CMS lists of the NPI and what was asked for here."""

    provider: Provider
    links: tuple[HetsLink, ...]
    standing: Standing
    requests: tuple[tuple[HetsRequest, Contact], ...]


def our_submitter(runtime: Ports) -> str:
    """The submitter ID under which this contract asks HETS: one of its own for each contract (handbook 9.2.1)."""
    return runtime.deployment.hets_submitter


def not_enrolled_sentence(npi: str) -> str:
    """That HETS would answer AAA 41, why, and who can help."""
    return (
        f"NPI {npi} has no active HETS EDI enrollment with this contractor, so HETS would refuse the question (AAA 41)"
        " and block the NPI for a day. Nothing was sent. Your organization's portal administrator can enroll it on the"
        " page HETS enrollment."
    )


def not_enrolled(work: UnitOfWork, npi: str) -> Rejected:
    """The refusal of a question for an NPI that is not enrolled (403), audited."""
    work.audit("ask", "inquiry", "none", outcome="refused", reason="inquiry-not-enrolled")
    sentence = not_enrolled_sentence(npi)
    return Rejected("inquiry-not-enrolled", sentence, status=403, fields={"": sentence})


async def may_ask_sentence(permit: Permit) -> str:
    """Why HETS may not be asked for the NPI acted for; nothing when it may."""
    npi, runtime = permit.enrollment.npi, permit.work.runtime
    if await repository.may_ask(permit.work, npi, our_submitter(runtime), runtime.today):
        return ""
    return not_enrolled_sentence(npi)


def may_enroll(permit: Permit) -> bool:
    """Whether whoever looks may see the page of HETS enrollments."""
    return permit.may(HETS_ENROLLMENT_READ)


async def found_provider(permit: Permit, enrollment_id: str) -> Provider:
    """An NPI and PTAN of the administrator's organization. Raises `Rejected` (404)."""
    one = await repository.provider(permit.work, permit.principal.organization_id, opaque(enrollment_id))
    if one is None:
        raise nothing_here()
    return one


@dataclass(frozen=True, slots=True)
class Listed:
    """An NPI and PTAN with what CMS lists of the NPI, and how it stands with our submitter."""

    provider: Provider
    links: tuple[HetsLink, ...]
    standing: Standing


async def listed(permit: Permit, providers: Sequence[Provider]) -> list[Listed]:
    """These NPIs and PTANs of the administrator's organization, with how each stands."""
    work, npis = permit.work, [each.npi for each in providers]
    ours, today = our_submitter(work.runtime), work.runtime.today
    links = await repository.links(work, npis)
    latest = await repository.latest(work, permit.principal.organization_id, npis, ours)
    drafts = await repository.drafts(work, permit.principal.user_id)
    found = []
    for each in providers:
        of_npi = links.get(each.npi, ())
        with_us = [link for link in of_npi if link.submitter == ours]
        stands = standing(with_us, latest.get(each.npi), today, draft=each.enrollment_id in drafts)
        found.append(Listed(each, of_npi, stands))
    return found


async def found(permit: Permit, enrollment_id: str) -> Enrolled:
    """What there is of an NPI and PTAN of the administrator's organization, audited. Raises `Rejected` (404)."""
    work, provider = permit.work, await found_provider(permit, enrollment_id)
    [one] = await listed(permit, [provider])
    requests = await repository.requests(work, permit.principal.organization_id, provider.npi)
    work.audit("read", "hets-enrollment", provider.enrollment_id)
    return Enrolled(
        provider,
        one.links,
        one.standing,
        tuple((each, CONTACT.open(work.runtime.keys, each.contact, each.request_id)) for each in requests),
    )
