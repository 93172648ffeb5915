"""The same for programs."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.permit import Permit, permitted
from services.eligibility.home.domain import offered

router = APIRouter(prefix="/api/eligibility")


class Functions(BaseModel):
    """The functions offered, by their names in Appendix 9.1."""

    functions: tuple[str, ...]


@router.get("/functions")
async def functions(permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)]) -> Functions:
    """What eligibility offers under this contract."""
    return Functions(functions=offered(permit.work.runtime.deployment.functions))
