"""One whole portal for all journeys, and one walk through it that they build on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.portal import Walked, WholePortal, whole_portal
from tools.walk.journey import journey
from tools.walk.steps import STEPS
from tools.walk.telling import take


@pytest.fixture(scope="session")
async def portal() -> AsyncIterator[WholePortal]:
    async with whole_portal() as whole:
        yield whole


@pytest.fixture(scope="session")
async def walked(portal: WholePortal, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walked]:
    """The walk of the demonstration, once; the people of `portal` stay signed in."""
    directory: Path = tmp_path_factory.mktemp("walk")
    async with journey(portal.place, portal.codes, directory) as walk:
        outcomes = {step.name: await take(step, walk) for step in STEPS}
        for person in (walk.biller, walk.administrator, walk.stranger, walk.reviewer, walk.operator):
            portal.people[person.user.user_id] = person
        yield Walked(walk, outcomes)
