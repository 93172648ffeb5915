"""The state of each function for programs, open to everybody."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from libs.common.web.permit import public, runtime_of
from services.notifier.banners.domain import Condition, Situation
from services.notifier.banners.repository import told

router = APIRouter()


class FunctionCondition(BaseModel):
    """One function of Appendix 9.1 and how it is."""

    code: str
    name: str
    condition: Condition
    since: datetime


class Functions(BaseModel):
    """How the portal is now. `banner` is empty while everything works."""

    banner: str | None
    banner_since: datetime | None
    functions: tuple[FunctionCondition, ...]


@router.get("/notifier/public/functions.json", dependencies=[public()])
async def functions(request: Request) -> Functions:
    """How each function is, since when."""
    situation = await told(runtime_of(request)) or Situation(())
    return Functions(
        banner=situation.banner,
        banner_since=situation.banner_since,
        functions=tuple(
            FunctionCondition(code=each.code, name=each.name, condition=each.condition, since=each.since)
            for each in situation.functions
        ),
    )
