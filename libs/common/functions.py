"""The catalog of functions: the 28 of Appendix 9.1 of the portal handbook, and all that anybody must know of each.

Navigation, home page, monthly report, catalog page, access and gateway read it; a contract only says which functions
are on (`contract.toml`). A function without a service is not part of this release.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from libs.common.security.permissions import (
    APPEAL_REVIEW,
    ASSOCIATIONS_READ,
    AUDIT_SEARCH,
    CATALOG,
    CERTIFICATES,
    CERTIFICATIONS_READ,
    CLAIM_STATUS,
    CLAIM_SUBMIT,
    DESK_READ,
    ELEVATION,
    ELIGIBILITY_INQUIRY,
    ELIGIBILITY_LOOK_UP,
    ELIGIBILITY_USE,
    FACTOR_LOSSES_READ,
    FEEDS_READ,
    HETS_ENROLLMENT_READ,
    LOOK_UPS_READ,
    MESSAGES_READ,
    ORGANIZATION_REVIEW,
    PORTAL_OPERATION,
    REDETERMINATION_READ,
    REMITTANCE_READ,
    RESOURCES_READ,
    SAME_OR_SIMILAR,
    STAFF_READ,
    USERS_READ,
    Permission,
)

USED = "functions.function-used.v1"
"""The event of `Permit.used`, for functions of which no event of their own tells."""

HELP = "Help"
"""The last group of the navigation."""

BACK_OFFICE = "Back office"
"""The group of what the contractor's staff do beside the work of their department."""

DME = "DME"
"""The line of business of equipment, prostheses, orthoses and supplies: a contract of its own kind (DME MAC)."""

NewsGroup = Literal["fix-now", "decisions", "payments", "own-doing"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation: for whoever may be asked for `permission`.

    Entries of one `group` share one place in it; one without stands for itself.
    """

    label: str
    path: str
    permission: Permission
    group: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """One kind of item on the home page, for who has `permission`. It leads to `page` and the id of its object.

    `words` may name `{count}` (of things that `counted` names in the singular), `{amount}`, `{number}`, `{outcome}`.
    """

    kind: str
    group: NewsGroup
    permission: Permission
    page: str
    words: str
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """What the monthly report counts: events of one type, by the day they happened, or by the day in their field `day`.

    `words` say it in the report; `name` is how it is stored, and never changes. Of `USED` those of its own function.
    """

    name: str
    words: str
    event: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its code here, its name as the PCID list spells it, and in one sentence what one can do with it.

    `minimum`: every portal must have it (handbook 1.2.1); others need an approval. `only` names the lines of business
    whose contracts may have it; empty for any. `service` must be up for it, `feature` is its folder there and `path`
    where a person finds it; all are empty while no release has the function.
    """

    code: str
    name: str
    purpose: str
    service: str = ""
    feature: str = ""
    path: str = ""
    minimum: bool = False
    only: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    news: tuple[News, ...] = ()
    counters: tuple[Counter, ...] = ()

    @property
    def built(self) -> bool:
        """Whether this release has it."""
        return bool(self.service)

    def belongs_to(self, lines_of_business: Collection[str]) -> bool:
        """Whether a contract of these lines of business may have it."""
        return not self.only or not set(self.only).isdisjoint(lines_of_business)

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """What may be asked for to use it."""
        return tuple(each for each in CATALOG.values() if each.function == self.code)


_ALL = (
    Function(
        "F-01",
        "Audit and Reimbursement Document Submission",
        "Send cost reports and other audit and reimbursement documents.",
    ),
    Function(
        "F-02",
        "CMN Detail (DME only)",
        "See the Certificates of Medical Necessity on file for a patient: history, for service before 2023.",
        service="eligibility",
        feature="certificates",
        path="/eligibility/certificates",
        only=(DME,),
        entries=(Entry("CMN history", "/eligibility/certificates", CERTIFICATES, "Eligibility"),),
        counters=(Counter("certificate-checks", "CMN histories shown", USED),),
    ),
    Function(
        "F-03",
        "Claim Redetermination Status",
        "Follow a redetermination you requested, and the reconsideration after it.",
        service="appeals",
        feature="redetermination",
        path="/appeals",
        minimum=True,
        entries=(
            Entry("Appeals", "/appeals", REDETERMINATION_READ),
            Entry("Appeal reviews", "/appeals/review", APPEAL_REVIEW),
        ),
        news=(
            News(
                "appeal-decided",
                "decisions",
                REDETERMINATION_READ,
                "/appeals/",
                "Redetermination {number} decided {outcome}",
            ),
            News(
                "appeal-reconsidered",
                "decisions",
                REDETERMINATION_READ,
                "/appeals/",
                "Reconsideration {number} decided {outcome}",
            ),
            News(
                "appeal-filed",
                "own-doing",
                REDETERMINATION_READ,
                "/appeals/",
                "Redetermination {number} requested",
            ),
        ),
    ),
    Function(
        "F-04",
        "Claim Redetermination Submission",
        "Request a redetermination of a claim that was denied, and a reconsideration after it.",
        service="appeals",
        feature="redetermination",
        path="/appeals",
        minimum=True,
        counters=(Counter("appeals-filed", "Redeterminations requested", "appeals.appeal-filed.v1"),),
    ),
    Function("F-05", "Claim Reopening Status", "Follow a reopening you requested."),
    Function("F-06", "Claim Reopening Submission", "Request the reopening of a claim."),
    Function(
        "F-07",
        "Claim Status",
        "See the status and history of one claim or of many.",
        service="claims",
        feature="status",
        path="/claims",
        minimum=True,
        entries=(Entry("Claims", "/claims", CLAIM_STATUS, "Claims"),),
    ),
    Function(
        "F-08",
        "Claim Submission",
        "Send claim files and read their acknowledgments.",
        service="claims",
        feature="submission",
        path="/claims/submissions",
        entries=(Entry("Submit claims", "/claims/submissions", CLAIM_SUBMIT, "Claims"),),
        news=(
            News(
                "claims-not-accepted",
                "fix-now",
                CLAIM_SUBMIT,
                "/claims/submissions/",
                "{count} not accepted: correct and send again",
                counted="claim",
            ),
            News("file-sent", "own-doing", CLAIM_SUBMIT, "/claims/submissions/", "Claim file sent"),
        ),
        counters=(
            Counter("submissions-received", "Claim files received", "claims.submission-received.v1", "business_date"),
            Counter("submissions-acknowledged", "Claim files acknowledged", "claims.submission-acknowledged.v1"),
            Counter("claims-accepted", "Claims accepted", "claims.claim-accepted.v1"),
            Counter("claims-rejected", "Claims not accepted at the front end", "claims.claim-rejected.v1"),
        ),
    ),
    Function("F-09", "Comparative Data Reports", "Compare your billing with that of others in your specialty."),
    Function(
        "F-10",
        "Educational Resources",
        "Find code look-ups, forms, billing information and help with denials.",
        service="portal",
        feature="resources",
        path="/resources",
        entries=(Entry("Resources", "/resources", RESOURCES_READ, HELP),),
        counters=(Counter("resources-opened", "Educational resources opened", USED),),
    ),
    Function("F-11", "EFT Status", "See the status of an application for electronic funds transfer."),
    Function(
        "F-12",
        "Eligibility Inquiry and Response",
        "Ask whether and how a patient is covered by Medicare.",
        service="eligibility",
        feature="inquiry",
        path="/eligibility",
        minimum=True,
        entries=(
            Entry("Eligibility", "/eligibility", ELIGIBILITY_INQUIRY, "Eligibility"),
            Entry("Check a schedule", "/eligibility/schedules", ELIGIBILITY_INQUIRY, "Eligibility"),
            Entry("HETS enrollment", "/eligibility/hets-enrollments", HETS_ENROLLMENT_READ, "HETS"),
            Entry("Eligibility use", "/eligibility/use", ELIGIBILITY_USE, "HETS"),
        ),
        news=(
            News(
                "inquiry",
                "own-doing",
                ELIGIBILITY_INQUIRY,
                "/eligibility/inquiries/",
                "Eligibility inquiry answered",
            ),
        ),
        counters=(
            Counter("inquiries-answered", "Eligibility inquiries answered", "eligibility.inquiry-answered.v1"),
            Counter("inquiries-failed", "Eligibility inquiries failed", "eligibility.inquiry-failed.v1"),
        ),
    ),
    Function("F-13", "e-Pay/e-Check", "Pay back an overpayment through your bank."),
    Function("F-14", "e-Offset", "Pay back an overpayment out of payments to come."),
    Function("F-15", "Financial Information", "See checks, payment history, offsets and Financial Control Numbers."),
    Function("F-16", "General Inquiry Submission", "Send a question to the contractor."),
    Function(
        "F-17",
        "MBI Look-up Tool",
        "Find a patient's Medicare Beneficiary Identifier.",
        service="eligibility",
        feature="look_up",
        path="/eligibility/look-up",
        minimum=True,
        entries=(
            Entry("MBI look-up", "/eligibility/look-up", ELIGIBILITY_LOOK_UP, "Eligibility"),
            Entry("MBI look-ups", "/eligibility/look-up/office", LOOK_UPS_READ),
        ),
        counters=(Counter("mbi-look-ups", "Medicare numbers looked up", USED),),
    ),
    Function("F-18", "Medical Review Information", "See requests for medical records, and send the records."),
    Function(
        "F-19",
        "One-way Messaging",
        "Read what the contractor tells everybody, such as the status of each function.",
        service="notifier",
        feature="interruptions",
        path="/notifier",
        entries=(
            Entry("Function status", "/notifier", MESSAGES_READ, HELP),
            Entry("Monthly report", "/notifier/reports", PORTAL_OPERATION),
        ),
    ),
    Function("F-20", "Overpayment Claims Adjustments", "Send an adjustment of a claim that was overpaid."),
    Function(
        "F-21",
        "Printable Entitlement Eligibility Page",
        "Print a patient's eligibility.",
        service="eligibility",
        feature="printout",
        path="/eligibility",
        minimum=True,
    ),
    Function("F-22", "Prior Authorization Request Status", "Follow a request for prior authorization."),
    Function("F-23", "Prior Authorization Request Submission", "Send a request for prior authorization."),
    Function(
        "F-24",
        "Remittance Advice",
        "Read, print and download what was paid and why.",
        service="remittance",
        feature="advice",
        path="/remittance",
        minimum=True,
        entries=(Entry("Remittances", "/remittance", REMITTANCE_READ),),
        news=(
            News(
                "remittance",
                "payments",
                REMITTANCE_READ,
                "/remittance/",
                "Remittance of {amount} for {count}",
                counted="claim",
            ),
        ),
        counters=(Counter("remittances-posted", "Remittances posted", "remittance.remittance-posted.v1"),),
    ),
    Function(
        "F-25",
        "Same or Similar Eligibility (DME only)",
        "Check whether the same or similar equipment was issued to a patient.",
        service="eligibility",
        feature="same_or_similar",
        path="/eligibility/same-or-similar",
        minimum=True,
        only=(DME,),
        entries=(Entry("Same or similar", "/eligibility/same-or-similar", SAME_OR_SIMILAR, "Eligibility"),),
        counters=(Counter("same-or-similar-checks", "Same or similar checks answered", USED),),
    ),
    Function("F-26", "Secure two-way Messaging", "Exchange messages and documents with the contractor."),
    Function(
        "F-27",
        "Time Out Alerts",
        "Be told how much time is left before you are signed out.",
        service="auth",
        feature="sign_in",
        path="/auth",
        minimum=True,
        entries=(
            Entry("Administration", "/auth/users", USERS_READ, "Administration"),
            Entry("Requests for access", "/auth/access-requests", USERS_READ, "Administration"),
            Entry("Billers", "/auth/billers", USERS_READ, "Administration"),
            Entry("Look-up associations", "/auth/look-ups", USERS_READ, "Administration"),
            Entry("Reports", "/auth/reports", USERS_READ, "Administration"),
            Entry("Accounts", "/auth/desk", DESK_READ, BACK_OFFICE),
            Entry("Enrollment feeds", "/auth/desk/feeds", FEEDS_READ, BACK_OFFICE),
            Entry("Certification of all users", "/auth/desk/certifications", CERTIFICATIONS_READ, BACK_OFFICE),
            Entry("Who looks up for which NPI", "/auth/desk/look-ups", ASSOCIATIONS_READ, BACK_OFFICE),
            Entry("Organization requests", "/auth/organizations", ORGANIZATION_REVIEW, BACK_OFFICE),
            Entry("Staff", "/auth/desk/staff", STAFF_READ, BACK_OFFICE),
            Entry("Lost factors", "/auth/desk/lost-factors", FACTOR_LOSSES_READ, BACK_OFFICE),
            Entry("Roles for a time", "/auth/desk/elevation", ELEVATION, BACK_OFFICE),
            Entry("Audit", "/auth/audit", AUDIT_SEARCH, BACK_OFFICE),
        ),
    ),
    Function("F-28", "View/Print Decision/Request Letters", "Read and print the contractor's letters."),
)

FUNCTIONS: Mapping[str, Function] = {each.code: each for each in _ALL}
"""By code, in the order of Appendix 9.1: reported functions are chosen from these (8.2)."""

NAMES: Mapping[str, str] = {each.code: each.name for each in _ALL}
"""What each is called."""

OF_THE_PORTAL = (Counter("roles-removed", "Removals of access", "auth.role-removed.v1"),)
"""What is counted of no function, but of the portal as a whole."""

COUNTERS: Mapping[str, tuple[str, Counter]] = {
    counter.name: (code, counter)
    for code, counters in (*((each.code, each.counters) for each in _ALL), ("", OF_THE_PORTAL))
    for counter in counters
}
"""By name: the code of its function, empty for the portal as a whole, and the counter."""

NEWS: Mapping[str, News] = {news.kind: news for each in _ALL for news in each.news}
"""The kinds of items on the home page."""
