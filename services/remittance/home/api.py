"""The same for programs."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from libs.common.security.permissions import REMITTANCE_READ
from libs.common.web.permit import Permit, permitted
from services.remittance.home.domain import offered

router = APIRouter(prefix="/api/remittance")


class Functions(BaseModel):
    """The functions offered, by their names in Appendix 9.1."""

    functions: tuple[str, ...]


@router.get("/functions")
async def functions(permit: Annotated[Permit, permitted(REMITTANCE_READ)]) -> Functions:
    """What remittance offers under this contract."""
    return Functions(functions=offered(permit.work.runtime.deployment.functions))
