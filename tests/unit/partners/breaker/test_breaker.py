from datetime import timedelta

from libs.partners.breaker import PartnerBreaker
from tests.support.portico import MORNING

PAUSE = timedelta(seconds=10)


def breaker() -> PartnerBreaker:
    return PartnerBreaker("nobody", limit=2, pause=PAUSE)


def test_it_opens_after_failures_in_a_row_alone() -> None:
    one = breaker()
    for _ in range(3):
        one.failed(MORNING)
        assert one.may_ask(MORNING)
        one.answered()
    one.failed(MORNING)
    one.failed(MORNING)
    assert (one.rests(MORNING), one.may_ask(MORNING)) == (True, False)


def test_after_its_pause_one_may_try_and_a_success_closes_it() -> None:
    one = breaker()
    one.failed(MORNING)
    one.failed(MORNING)
    later = MORNING + PAUSE
    assert [one.may_ask(later) for _ in range(3)] == [True, False, False]
    one.answered()
    assert [one.may_ask(later) for _ in range(3)] == [True, True, True]


def test_a_trial_that_fails_begins_another_pause() -> None:
    one = breaker()
    one.failed(MORNING)
    one.failed(MORNING)
    later = MORNING + PAUSE
    assert one.may_ask(later)
    one.failed(later + PAUSE / 2)
    assert not one.may_ask(later + PAUSE)
    assert one.may_ask(later + PAUSE * 1.5)


def test_a_trial_of_which_nothing_comes_is_followed_by_another() -> None:
    one = breaker()
    one.failed(MORNING)
    one.failed(MORNING)
    assert one.may_ask(MORNING + PAUSE)
    assert one.may_ask(MORNING + PAUSE * 2)
