"""The user manual (handbook chapter 7): its chapters, its edition, and what changed from one to the next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a chapter; `anchor` is its place in the address and never changes."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter; `slug` is its address and never changes. `summary` says for whom it is.

    `functions` are the codes of which one must be offered for it to be in the manual; without any it always is.
    """

    slug: str
    title: str
    summary: str
    sections: tuple[Section, ...]
    functions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of the manual, and what is new in it."""

    number: str
    issued: date
    changes: tuple[str, ...]


EDITIONS = (
    Edition(
        "1.7",
        date(2026, 11, 30),
        (
            "Administration: certifying with evidence, in part, reminders, reports, other administrators.",
            "Signing in: documents to sign, security training, your copies; accounts that are not used.",
            "Registering: opening an account by yourself, and asking for the organization you work for.",
            "Eligibility: several NPIs enrolled for HETS at once, drafts, and reminders to attest.",
            "Signing in: passkeys, where you are signed in, and the end of a session.",
            "Signing in: codes by phone, recovery codes, 12 hours without another code, a forgotten password.",
            "Administration: replacing and revoking the keys of programs; what PECOS says of an enrollment.",
            "For the contractor's staff: helping users, seeing the portal as one, roles for a time, enrollment feeds.",
            "For the contractor's staff: searching the audit trail, and who saw one patient.",
            "For the contractor's staff: new members, roles for good, and accounts that end.",
            "Administration: authorizing a billing service or clearinghouse by a letter you sign, and ending it.",
            "Administration: requests for access, access for some time, dual roles of small offices, reports.",
            "Administration: which user looks up Medicare numbers for which NPI.",
            "Signing in: asking for access.",
            "Registering: other second proofs, recovery codes, another user ID for another office.",
            "Signing in: reporting an incident; a new password is judged while you type it.",
            "Signing in: when you lost everything that shows a code; another email address; a forgotten user ID.",
        ),
    ),
    Edition(
        "1.6",
        date(2026, 11, 30),
        (
            "Administration: certifying the users of a large organization, page by page.",
            "Administration: programs that ask about eligibility with their own 270.",
            "Eligibility: other ways to write a name by one click, service types, numbers that were replaced.",
            "Eligibility: enrolling an NPI for HETS, limits of CMS, your own checks of before.",
            "Eligibility: a whole schedule of patients checked at once, and questions that wait while HETS is busy.",
            "Eligibility: the answer as tabs, with days left and their cost, therapy thresholds and next dates.",
            "For DME contracts: equipment issued before, and the history of CMNs.",
            "Administration: watching MBI look-ups, and unlocking them.",
            "Eligibility: finding a Medicare number, and look-ups against claims.",
            "Remittances and appeals: the whole list as a file.",
        ),
    ),
    Edition(
        "1.5",
        date(2026, 11, 30),
        (
            "Appeals: documents may be TIFF or JPEG too, and the page of the appeal says which were received.",
            "Appeals: a request that is put aside as a draft, and continued later; one that cannot be delivered.",
            "Claims: files that were not received or not read yet, and what to do.",
            "Claims, remittances and appeals: filters you save, and lists of any length.",
            "Eligibility: the answer as a PDF.",
            "Signing in: functions in groups, keyboard shortcuts.",
        ),
    ),
    Edition(
        "1.4",
        date(2026, 11, 29),
        ("Resources: where codes, forms, billing rules and help with denials are found.",),
    ),
    Edition(
        "1.3",
        date(2026, 11, 29),
        (
            "Claims: what the 277CA says of the lines of a claim that was not accepted.",
            "Claims: everything to correct as a file, and how each line was paid.",
            "Claims: the provider you act for bills each file, and a submitter of its EDI agreement sends it.",
            "Eligibility: the way from an answer to the next patient, and which Medicare Advantage plan you bill.",
            "Remittances: finding a payment, lines by their numbers, corrected Medicare numbers, provider adjustments.",
        ),
    ),
    Edition(
        "1.2",
        date(2026, 11, 26),
        (
            "Claims: files of hospitals and other institutions (837I), and what their claims show.",
            "Appeals: asking for a reconsideration, the second level, and following it.",
        ),
    ),
    Edition(
        "1.1",
        date(2026, 11, 26),
        (
            "Claims: which files are taken. Remittances: how to find a claim, what an adjustment looks like.",
            "Appeals: which lines to choose, what more documents mean. Eligibility: how long an answer stays.",
        ),
    ),
    Edition(
        "1.0",
        date(2026, 11, 26),
        ("First edition: signing in, eligibility, claims, remittances, appeals, administration, interruptions.",),
    ),
)
"""Newest first."""


def _sections(*pairs: tuple[str, str]) -> tuple[Section, ...]:
    return tuple(Section(anchor, title) for anchor, title in pairs)


CHAPTERS = (
    Chapter(
        "registering",
        "Registering",
        "Opening an account, and asking for the organization you work for.",
        _sections(
            ("before", "What you need"),
            ("account", "Opening an account"),
            ("identity", "When your identity is not confirmed online"),
            ("leaving", "Leaving and continuing"),
            ("organization", "Asking for your organization"),
            ("refused", "When your request is refused"),
            ("decided", "Who decides, and what comes next"),
            ("another-user-id", "When you work for two offices"),
        ),
    ),
    Chapter(
        "signing-in",
        "Signing in",
        "Getting in, staying in, getting out; what keeps patient information safe.",
        _sections(
            ("what-you-need", "What you need"),
            ("steps", "Step by step"),
            ("acting-for", "Choosing a provider"),
            ("asking-for-access", "Asking for access"),
            ("time-out", "When you are signed out"),
            ("elsewhere", "Where you are signed in"),
            ("passkeys", "Passkeys"),
            ("sign-in-codes", "Codes, and when none is asked for"),
            ("lost-factors", "When nothing shows a code any more"),
            ("password", "Your password"),
            ("email-address", "Your email address"),
            ("signing", "What you sign"),
            ("locked", "When you cannot get in"),
        ),
    ),
    Chapter(
        "eligibility",
        "Eligibility",
        "Asking whether and how a patient is covered by Medicare.",
        _sections(
            ("asking", "Asking"),
            ("searches", "What to enter"),
            ("answer", "Reading and printing the answer"),
            ("not-found", "When nothing is found"),
            ("limits", "Limits, and what you asked before"),
            ("enrollment", "Enrolling an NPI for HETS"),
            ("look-up", "Finding a Medicare number"),
            ("look-ups-and-claims", "Look-ups against claims"),
            ("schedule", "Checking a schedule"),
        ),
    ),
    Chapter(
        "equipment",
        "Equipment issued before",
        "For suppliers of DME: what a patient has been issued already, and which certificates are on file.",
        _sections(
            ("same-or-similar", "Same or similar items"),
            ("your-order", "What it means for your order"),
            ("compared", "What is compared"),
            ("certificates", "History of CMNs and DIFs"),
        ),
        frozenset({"F-02", "F-25"}),
    ),
    Chapter(
        "claims",
        "Claims",
        "Sending claim files, and following what becomes of each claim.",
        _sections(
            ("sending", "Sending a file"),
            ("answers", "What comes back"),
            ("not-accepted", "Claims that were not accepted"),
            ("status", "Following a claim"),
        ),
    ),
    Chapter(
        "remittances",
        "Remittances",
        "What was paid, what was not, and why.",
        _sections(
            ("finding", "Finding a remittance"),
            ("codes", "Reading the codes"),
            ("downloads", "Keeping it"),
        ),
    ),
    Chapter(
        "appeals",
        "Appeals",
        "Asking for a redetermination when a claim was denied, and for a reconsideration after it.",
        _sections(
            ("when", "When you may appeal, and until when"),
            ("filing", "Requesting a redetermination"),
            ("after", "What happens then"),
            ("reconsideration", "Asking for a reconsideration"),
            ("instead", "When not to appeal"),
        ),
    ),
    Chapter(
        "resources",
        "Resources",
        "Where codes, forms, billing rules and help with denials are found.",
        _sections(("what-you-find", "What you find"), ("denials", "Understanding a denial")),
    ),
    Chapter(
        "administration",
        "Administration",
        "For the portal administrators of a provider or vendor.",
        _sections(
            ("duties", "What administrators do"),
            ("granting", "Giving and taking access"),
            ("requests", "Requests for access"),
            ("billers", "Billing services and clearinghouses"),
            ("certifying", "Certifying once a year"),
            ("look-ups", "Watching MBI look-ups"),
            ("reports", "Reports"),
            ("programs", "Programs"),
            ("standing", "What PECOS says"),
        ),
    ),
    Chapter(
        "back-office",
        "For the contractor's staff",
        "Helping users, closing accounts, and the files of PECOS and EDI enrollment.",
        _sections(
            ("helping", "Helping a user"),
            ("looking", "Seeing the portal as a user"),
            ("closing", "Closing an account everywhere"),
            ("roles", "Roles for a time"),
            ("staff", "Members of the staff"),
            ("organizations", "Who becomes an administrator"),
            ("feeds", "Enrollment feeds"),
            ("auditing", "Searching the audit trail"),
        ),
    ),
    Chapter(
        "interruptions",
        "Interruptions",
        "What to do when something does not work.",
        _sections(
            ("how-you-know", "How you know"),
            ("meanwhile", "What to do meanwhile"),
            ("deadlines", "If you miss a deadline"),
            ("reporting", "When you see it first"),
        ),
    ),
)


def chapters_for(offered: Collection[str]) -> tuple[Chapter, ...]:
    """The chapters of a contract that offers these functions (codes)."""
    return tuple(each for each in CHAPTERS if not each.functions or not each.functions.isdisjoint(offered))


def chapter(slug: str, chapters: Sequence[Chapter] = CHAPTERS) -> Chapter | None:
    """The chapter at an address; `None` when there is none."""
    return next((each for each in chapters if each.slug == slug), None)


def neighbors(slug: str, chapters: Sequence[Chapter] = CHAPTERS) -> tuple[Chapter | None, Chapter | None]:
    """The chapters before and after one."""
    place = next(number for number, each in enumerate(chapters) if each.slug == slug)
    before = chapters[place - 1] if place else None
    return before, chapters[place + 1] if place + 1 < len(chapters) else None
