"""The Rules of Behavior: their text in versions, and who must accept them when (handbook 6.5; ARS PL-4).

The wording is ours, after the HHS Rules of Behavior for Use of HHS Information Resources and their addendum for
privileged users. A change of the text is a new version: everybody is then asked again. A test holds the digest of each
version that was ever shown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from services.auth.access.domain import ADMINISTRATORS

RULES = "/auth/rules-of-behavior"
"""Where they are read and accepted."""

Means = Literal["electronic", "account-file"]
"""How a text was accepted: on the page, or before, as the file says that brought the account."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the text: what its sentences are about, and the sentences."""

    heading: str
    opening: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A text as it is accepted. `addendum` is what those who manage users accept in addition, empty for others."""

    version: str
    parts: tuple[Part, ...]
    addendum: tuple[Part, ...] = ()

    @property
    def digest(self) -> bytes:
        """SHA-256 of every word of it, by which one knows later what was accepted."""
        lines = [self.version]
        for part in (*self.parts, *self.addendum):
            lines += [part.heading, part.opening, *part.sentences]
        return sha256("\n".join(lines).encode()).digest()


_RULES = (
    Part(
        "What you assert",
        "You know that:",
        (
            "your use of the portal must follow the policies of HHS, CMS and your organization, and the law;",
            "you use it for the duties assigned to you and for nothing else;",
            "access without authorization is prohibited, to the portal as a whole and to anything in it;",
            "you must prevent sensitive information from being disclosed or changed without authorization;",
            "nothing you do here is private: it is monitored and recorded.",
        ),
    ),
    Part(
        "What you must do",
        "You must:",
        (
            "use your own user ID, password and code, and answer for what is done with them;",
            "complete the security awareness training before you use the portal and every year after;",
            "look at information about a person only when your assigned duties require it;",
            "use personal and health information only for the purpose it was collected for, and keep it accurate;",
            "lock your screen when you leave it, and keep sensitive information out of sight of others;",
            "encrypt sensitive information wherever you keep or send it, and destroy it safely in the end;",
            "use a device with current virus protection, a firewall, and a time-out of 30 minutes or less;",
            "be wary of links in messages, and reach the portal by its own address;",
            "report at once to the help desk a lost device, a suspected incident, or what breaks these rules;",
            "tell your administrator when you no longer need your access.",
        ),
    ),
    Part(
        "What you must not do",
        "You must not:",
        (
            "use the user ID, password or code of somebody else, or let anybody use yours;",
            "look at, copy or use information beyond what you are authorized to;",
            "disclose sensitive information to anybody who is not authorized to have it;",
            "use what you learn here for private gain, or to misrepresent yourself or the government;",
            "get around a safeguard, or try to;",
            "keep or send sensitive information unprotected, or on a device or service that is not approved;",
            "hide, falsify, alter or destroy records;",
            "break these rules, or ask or encourage others to.",
        ),
    ),
    Part(
        "What to refrain from",
        "On a system of the government you refrain from:",
        (
            "anything unlawful or unethical;",
            "threatening, harassing, obscene or offensive material;",
            "commercial activity of your own, gambling and games;",
            "prohibited partisan political activity;",
            "chain letters, unsolicited mass messages, and sharing files with peer-to-peer software;",
            "speaking for HHS or CMS, or publishing its information, without authority.",
        ),
    ),
    Part(
        "What follows if you do not keep to them",
        "Depending on how grave it is, one or more of these follow:",
        (
            "your access is suspended or ended;",
            "your employer is told, and may reprimand you or end your employment;",
            "you, or your organization, are removed or barred from federal work;",
            "fines, and prosecution that may end in imprisonment.",
        ),
    ),
)

_PRIVILEGED = (
    Part(
        "What you must do as an administrator",
        "Because you decide what others may do, you must besides:",
        (
            "protect the password and code of this account as the key to every account of your organization;",
            "use it to manage users, and for nothing else;",
            "give each user the least access that their duties need, and take it away as soon as they do not;",
            "certify only access that you know is still needed;",
            "complete any training for administrators before you act as one;",
            "tell the help desk at once when you no longer need to be an administrator.",
        ),
    ),
    Part(
        "What you must not do as an administrator",
        "You must not:",
        (
            "share this account, its password or its code;",
            "change or certify your own access, or give anybody more than was approved;",
            "remove, alter or destroy a log or an audit record;",
            "use your rights to get around a policy or a safeguard, or use tools that do;",
            "bring software into the system, or change its security settings;",
            "use this account for daily work or correspondence.",
        ),
    ),
)

_VERSION = "2026-12"
USER_RULES = Agreement(_VERSION, _RULES)
ADMINISTRATOR_RULES = Agreement(f"{_VERSION}-privileged", _RULES, _PRIVILEGED)


def rules_for(role: str) -> Agreement:
    """What a person of this role accepts: whoever manages users, the addendum for privileged users too."""
    return ADMINISTRATOR_RULES if role in ADMINISTRATORS else USER_RULES


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a person accepted last. Nothing yet: an empty version."""

    version: str
    until: datetime

    def stands(self, role: str, now: datetime) -> bool:
        """Whether it still counts: the text asked of `role` today, accepted less than a year ago."""
        return self.version == rules_for(role).version and now < self.until

    def asked_again(self, role: str, now: datetime, *, early: timedelta) -> bool:
        """Whether it is to be accepted now: it does not stand, or runs out within `early`."""
        return not self.stands(role, now) or now >= self.until - early
