"""The walk of the demonstration, step by step."""

import pytest

from tests.support.portal import Walked
from tools.walk.journey import Journey
from tools.walk.steps import STEPS
from tools.walk.telling import Step


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
async def test_each_step_of_the_walk_goes_well(walked: Walked, step: Step[Journey]) -> None:
    assert walked.outcomes[step.name].problem == ""
