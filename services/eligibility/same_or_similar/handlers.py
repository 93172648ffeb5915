"""Asks the item history what was issued of the same or similar items."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from libs.common.web.permit import Admission
from services.eligibility.item_history.domain import ITEMS, Question
from services.eligibility.item_history.handlers import Answering, asking


@asynccontextmanager
async def checking(admission: Admission, question: Question, key: str) -> AsyncIterator[Answering]:
    """As `item_history.handlers.asking`, about items."""
    async with asking(admission, ITEMS, question, key) as answering:
        yield answering


async def check(admission: Admission, question: Question, key: str) -> UUID:
    """As `checking`, for whoever needs nothing but the id."""
    async with checking(admission, question, key) as answering:
        return answering.check_id
