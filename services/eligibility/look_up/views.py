"""What page and handler ask of look-ups: the question for people, who may look up, how it stands against claims."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from libs.common.errors import NotYet
from libs.common.ids import made_at
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.ports import Ports
from libs.common.sealing import SealBrokenError
from libs.common.security.principal import Principal
from services.eligibility.look_up import repository
from services.eligibility.look_up.domain import RULES, Standing, Wanted, faults_of, human_check, standing
from services.eligibility.look_up.repository import Limit, LookUpRow, LookUpUser, OfficeRow
from services.eligibility.look_up.tables import CHALLENGE, NAME
from services.eligibility.settings import eligibility_settings

WRONG_ANSWERS, IN_VAIN, OF_USER, OF_NPI = "wrong-answers", "in-vain", "look-ups", "look-ups-of-npi"
_DAY = 24


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question for people on a form: `token` comes back with the answer and opens for nobody but us."""

    token: str
    question: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What stands in a form besides who is wanted."""

    confirmed: bool
    challenge: str
    answer: str


def new_challenge(runtime: Ports, user_id: UUID) -> Challenge:
    """Another question for a user."""
    identity = runtime.ids.new()
    return Challenge(CHALLENGE.seal(runtime.keys, str(identity), user_id), human_check(identity).question)


def challenge_in(runtime: Ports, user_id: UUID, token: str) -> UUID | None:
    """The id of the question in a form; `None` for what is not ours, was another user's, or is too old."""
    try:
        identity = UUID(CHALLENGE.open(runtime.keys, token, user_id))
    except (SealBrokenError, NotYet):
        return None
    age = runtime.clock.now() - made_at(identity)
    return identity if age <= timedelta(minutes=eligibility_settings().human_check_minutes) else None


def challenge_again(runtime: Ports, user_id: UUID, token: str) -> Challenge:
    """The question of a form that is shown once more, or another one where it can no longer be answered."""
    identity = challenge_in(runtime, user_id, token)
    return new_challenge(runtime, user_id) if identity is None else Challenge(token, human_check(identity).question)


def form_faults(runtime: Ports, wanted: Wanted, sent: Sent, npi: str) -> dict[str, str]:
    """What to correct before anybody is looked for, by field of the form."""
    faults = faults_of(wanted, runtime.today)
    if not sent.confirmed:
        faults["confirmed"] = (
            f"Confirm that this patient will be billed to Medicare by NPI {npi}: only then may the number be looked up."
        )
    if not sent.answer:
        faults["answer"] = "Answer the question."
    return faults


async def who(work: UnitOfWork, principal: Principal) -> LookUpUser | None:
    """Who looks up, where they accepted the rules in today's text; else `None`: the rules come first."""
    user = await repository.user(work, principal.user_id)
    return user if user and user.rules_version == RULES.version else None


def limits_of(user_id: UUID, npi: str) -> tuple[Limit, ...]:
    """What is counted of each look-up."""
    settings, user = eligibility_settings(), str(user_id)
    return (
        Limit(OF_USER, user, 1, settings.look_ups_an_hour),
        Limit(OF_USER, user, _DAY, settings.look_ups_a_day),
        Limit(OF_NPI, npi, 1, settings.look_ups_of_npi_an_hour),
        Limit(OF_NPI, npi, _DAY, settings.look_ups_of_npi_a_day),
        in_vain(user_id),
    )


def in_vain(user_id: UUID) -> Limit:
    """How many look-ups may lead to nobody."""
    return Limit(IN_VAIN, str(user_id), _DAY, eligibility_settings().look_ups_in_vain)


def wrong_answers(user_id: UUID) -> Limit:
    """How often the question for people may be answered wrongly."""
    return Limit(WRONG_ANSWERS, str(user_id), 1, eligibility_settings().human_checks_failed)


def late_before(runtime: Ports) -> datetime:
    """A patient found before this has no claim for too long."""
    return runtime.clock.business() - timedelta(days=eligibility_settings().look_up_claim_days)


def standings(runtime: Ports, rows: Iterable[LookUpRow]) -> list[tuple[LookUpRow, Standing]]:
    """Where look-ups stand against claims, in words."""
    now, days = runtime.clock.business(), eligibility_settings().look_up_claim_days
    return [(row, standing(row.state, row.looked_up_at, row.claimed_at, now, days=days)) for row in rows]


def named(runtime: Ports, one: LookUpUser | OfficeRow) -> str:
    """The name of a user."""
    return NAME.open(runtime.keys, one.name, one.user_id)
