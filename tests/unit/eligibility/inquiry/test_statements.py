"""Statements in the way of every question are compiled once: compiling one takes longer than asking with it."""

import pytest
import sqlalchemy as sa

from libs.common.access import _BEGIN, _KNOWN
from services.eligibility.conduct import repository as conduct
from services.eligibility.inquiry import repository as inquiry

STATEMENTS = {
    "begin": _BEGIN,
    "access": _KNOWN,
    "count-asked": conduct._COUNT_ASKED,
    "count-guesses": conduct._GUESSED_MANY,
    "take-back": conduct._TAKE_BACK,
    "opening": inquiry._OPEN,
    "add": inquiry._ADD,
    "close": inquiry._CLOSE,
    "find": inquiry._FIND,
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_of_every_question_is_compiled_once(name: str) -> None:
    statement: sa.ClauseElement = STATEMENTS[name]
    assert statement._generate_cache_key() is not None, "several rows of VALUES cannot be known again"
