"""Educational resources for programs: the same links as data."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from libs.common.security.permissions import RESOURCES_READ
from libs.common.web.permit import Permit, permitted
from services.portal.resources.domain import TOPICS

router = APIRouter(prefix="/api/portal/resources")


class ResourceAnswer(BaseModel):
    """One link: what it is called, where it leads, and what it is good for."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    address: str
    purpose: str


class TopicAnswer(BaseModel):
    """Links to one subject."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    resources: tuple[ResourceAnswer, ...]


@router.get("")
async def resources(permit: Annotated[Permit, permitted(RESOURCES_READ)]) -> tuple[TopicAnswer, ...]:
    """Where to look up codes, find forms, read how to bill and what a denial means."""
    permit.used()
    return tuple(TopicAnswer.model_validate(each) for each in TOPICS)
