"""What the files of PECOS and EDI enrollment come to, decided purely.

Which file may be taken in which order, and what each standing of an enrollment does to access. The portal serves who
has an active enrollment with this contractor (portal handbook 6.2) and a signed EDI Enrollment Agreement (6.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Source = Literal["pecos", "edi"]
Extent = Literal["full", "delta"]
Order = Literal["next", "gap", "repeated", "older"]
Outcome = Literal["taken", "refused", "waiting", "held", "released", "dropped"]

SOURCES: Mapping[Source, str] = {"pecos": "PECOS", "edi": "EDI enrollment"}
"""Who delivers, in the order in which files are taken: an agreement is about an enrollment that must be known."""

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "taken": ("good", "Taken"),
    "refused": ("bad", "Refused"),
    "waiting": ("warning", "Waits for a file before it"),
    "held": ("warning", "Held: decide"),
    "released": ("waiting", "Let in, about to be taken"),
    "dropped": ("paused", "Refused by a person"),
}
"""What became of a file: kind of status and words."""

REASONS: Mapping[str, str] = {
    "": "",
    "accounts-in-a-cluster": "First accounts are taken in a demonstration only.",
    "empty": "It is a full file without a row: taken as it is, nobody would have access.",
    "form": "It is no file of the agreed form.",
    "gap": "A file before it is missing. A full file closes the gap.",
    "older": "A newer file was taken before.",
    "partner-key-kind": "The installed key of the partner is no elliptic curve key.",
    "repeated": "A file with this number was taken before.",
    "signature": "Its signature is not the partner's, or the content was changed.",
    "smaller": "It is a full file with far fewer rows than are known: taken as it is, many would lose access.",
}
"""Why a file was not taken, in words for the EDI department."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. `sequence` counts the files of a source, full and delta together, from 1."""

    source: Source
    extent: Extent
    sequence: int


def in_order(header: Header, last: int | None) -> Order:
    """Whether a file is the next of its source after number `last` (None: none was taken yet).

    A full file tells all there is, so it may follow a gap; a delta may not. Nothing that was overtaken is taken.
    """
    if last is not None and header.sequence <= last:
        return "repeated" if header.sequence == last else "older"
    follows = last is not None and header.sequence == last + 1
    return "next" if follows or header.extent == "full" else "gap"


def too_small(header: Header, rows: int, known: int, *, least_percent: int) -> Literal["", "empty", "smaller"]:
    """Why a file must be looked at by a person before it takes access from many: it has `rows`, `known` are here."""
    if header.extent == "delta":
        return ""
    if rows == 0:
        return "empty"
    return "smaller" if rows * 100 < known * least_percent else ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a standing does to access.

    `open`: whether the enrollment's functions may be used. `certify_again`: what was granted does not come back with
    the enrollment: an administrator certifies it, or gives it again once it was taken away. `kind`, `words` and
    `sentence` are for the people of the enrollment; `sentence` may name `{day}`. `rule`: where it follows from.
    """

    open: bool
    kind: Literal["good", "warning", "bad"]
    words: str
    sentence: str
    rule: str
    certify_again: bool = False


StandingName = Literal[
    "excluded",
    "revoked",
    "deactivated",
    "not-listed",
    "stayed",
    "waived",
    "revalidation-late",
    "revalidation-due",
    "approved",
]

EFFECTS: Mapping[StandingName, Effect] = {
    "excluded": Effect(
        open=False,
        certify_again=True,
        kind="bad",
        words="Excluded from federal health care programs",
        sentence="Medicare pays for nothing while the exclusion of the Office of Inspector General stands, so the"
        " portal is closed for this NPI and PTAN. After a reinstatement you enroll again. Access does not come back"
        " by itself: your administrator gives it again.",
        rule="42 CFR 1001.1901(b), 424.535(a)(2)",
    ),
    "revoked": Effect(
        open=False,
        certify_again=True,
        kind="bad",
        words="Enrollment revoked as of {day}",
        sentence="The portal is closed for this NPI and PTAN from that day, and access is as it was until then. You may"
        " ask for a reconsideration within 60 days of the notice. Claims for earlier services can still be sent through"
        " a clearinghouse within 60 days. If the enrollment comes back, access does not come back by itself: your"
        " administrator gives it again.",
        rule="42 CFR 424.535(a), (g), 424.545, 498.22(b)",
    ),
    "deactivated": Effect(
        open=False,
        kind="bad",
        words="Billing privileges deactivated as of {day}",
        sentence="The portal is closed for this NPI and PTAN. Ask for reactivation in PECOS: when PECOS shows it,"
        " access is back by itself, as it was. Services while it is deactivated are not paid.",
        rule="42 CFR 424.540",
    ),
    "not-listed": Effect(
        open=False,
        kind="bad",
        words="PECOS lists no such enrollment with this contractor",
        sentence="The portal is closed for this NPI and PTAN. If that is wrong, call the help desk: when PECOS lists it"
        " again, access is back by itself, as it was.",
        rule="Portal handbook 6.2",
    ),
    "stayed": Effect(
        open=True,
        kind="warning",
        words="Enrollment stayed until {day}",
        sentence="You stay enrolled and keep your access. Claims for services within the stay are rejected; they can be"
        " sent again once the contractor finds that you comply. Send the application that the notice names.",
        rule="42 CFR 424.541",
    ),
    "waived": Effect(
        open=True,
        kind="warning",
        words="Exclusion waived",
        sentence="You keep your access. Medicare pays only for what the waiver of the Office of Inspector General"
        " covers.",
        rule="42 CFR 1001.1801",
    ),
    "revalidation-late": Effect(
        open=True,
        kind="warning",
        words="Revalidation was due on {day}",
        sentence="You keep your access for now. Revalidate in PECOS at once: an enrollment that is not revalidated can"
        " be stayed or deactivated, and deactivation closes the portal.",
        rule="42 CFR 424.515, 424.540(a)(3), 424.541",
    ),
    "revalidation-due": Effect(
        open=True,
        kind="warning",
        words="Revalidation is due on {day}",
        sentence="You keep your access. Revalidate in PECOS by that day.",
        rule="42 CFR 424.515",
    ),
    "approved": Effect(open=True, kind="good", words="Active in PECOS", sentence="", rule="42 CFR 424.510"),
}
"""What each standing does, the worst first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One standing of an enrollment, and the day that its words name, if they name one."""

    name: StandingName
    day: date | None = None

    @property
    def effect(self) -> Effect:
        """What it does."""
        return EFFECTS[self.name]


@dataclass(frozen=True, slots=True)
class PecosFacts:
    """What PECOS says of one enrollment. `day`: from when a deactivation or revocation counts; the last one of a stay.

    `sanction` is that of the List of Excluded Individuals/Entities, `waived` where a waiver stands.
    """

    status: Literal["approved", "stayed", "deactivated", "revoked"]
    day: date | None = None
    revalidation_due: date | None = None
    sanction: Literal["none", "excluded", "waived"] = "none"


def standings(facts: PecosFacts | None, today: date, *, revalidation_days: int) -> tuple[Standing, ...]:
    """All that is to be said of an enrollment on a day, the worst first; never nothing. None: PECOS does not list it.

    A revalidation is told of `revalidation_days` before it is due.
    """
    if facts is None:
        return (Standing("not-listed"),)
    found: list[Standing] = []
    if facts.sanction != "none":
        found.append(Standing(facts.sanction))
    stay_over = facts.status == "stayed" and facts.day is not None and facts.day < today
    if facts.status != "approved" and not stay_over:
        found.append(Standing(facts.status, facts.day))
    due = facts.revalidation_due
    if due is not None and due < today:
        found.append(Standing("revalidation-late", due))
    elif due is not None and (due - today).days <= revalidation_days:
        found.append(Standing("revalidation-due", due))
    ranked = list(EFFECTS)
    return tuple(sorted(found, key=lambda each: ranked.index(each.name))) or (Standing("approved"),)


def closes(facts: PecosFacts | None) -> Standing | None:
    """The standing that closes access, at once or from its day on; None while the enrollment is open."""
    closing = [each for each in standings(facts, date.max, revalidation_days=0) if not each.effect.open]
    return closing[0] if closing else None
