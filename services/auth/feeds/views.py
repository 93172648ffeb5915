"""Says of enrollments how they stand in PECOS, in words for the people who act for them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import day
from services.auth.feeds import repository
from services.auth.feeds.domain import Standing, standings
from services.auth.feeds.partner import EnrollmentRow
from services.auth.settings import auth_settings


@dataclass(frozen=True, slots=True)
class Told:
    """One standing of an enrollment as people read it: kind of status, words, what it means, where it follows from."""

    kind: str
    words: str
    sentence: str
    rule: str


async def standings_told(work: UnitOfWork, enrollment_ids: Collection[UUID]) -> dict[UUID, tuple[Told, ...]]:
    """All standings of each of these enrollments, the worst first."""
    clock, deployment = work.runtime.clock, work.runtime.deployment
    today = clock.business().astimezone(deployment.zone).date()
    known = await repository.records(work, "enrollment", enrollment_ids)
    rules = auth_settings()
    return {
        each: tuple(
            _told(standing)
            for standing in standings(
                EnrollmentRow.model_validate(known[each]).facts if each in known else None,
                today,
                revalidation_days=rules.revalidation_notice_days,
            )
        )
        for each in enrollment_ids
    }


def _told(standing: Standing) -> Told:
    effect = standing.effect
    on = day(standing.day) if standing.day else "a day that PECOS does not tell"
    return Told(effect.kind, effect.words.format(day=on), effect.sentence, effect.rule)
