"""The text of a JSON body is held to what forms are held to: printable, without space or turning signs around it."""

from collections.abc import Iterator
from inspect import isclass
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, ValidationError

from libs.common.settings import SERVICES
from libs.common.web.app import build_routes
from libs.common.web.bodies import SentBody
from services.eligibility.inquiry.api import QuestionBody
from tests.support.applications import BILLER, Applications, service_named


def body_models(dependant: Dependant) -> Iterator[type[BaseModel]]:
    for each in dependant.body_params:
        kind = each.field_info.annotation
        if isclass(kind) and issubclass(kind, BaseModel):
            yield kind
    for each in dependant.dependencies:
        yield from body_models(each)


MODELS = {
    model
    for name in SERVICES
    for route in iter_route_contexts(build_routes(service_named(name)).routes)
    if isinstance(route.original_route, APIRoute)
    for model in body_models(route.dependant)
}


def test_every_json_body_of_every_service_is_a_sent_body() -> None:
    assert QuestionBody in MODELS
    assert {model for model in MODELS if not issubclass(model, SentBody)} == set()


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f"], ids=["NUL", "bell", "escape", "delete"])
def test_a_control_character_is_refused_with_its_field(character: str) -> None:
    with pytest.raises(ValidationError) as refused:
        QuestionBody.model_validate({"mbi": "1EG4", "last_name": f"Doe{character}"})
    [error] = refused.value.errors()
    assert error["loc"] == ("last_name",)


def test_space_around_text_and_signs_that_turn_it_are_left_out() -> None:
    assert QuestionBody(mbi=" 1EG4 ", last_name="\u202eDoe\u2069").model_dump(include={"mbi", "last_name"}) == {
        "mbi": "1EG4",
        "last_name": "Doe",
    }


async def test_a_program_is_told_which_field_to_correct_and_how(applications: Applications) -> None:
    app = await applications("eligibility")
    await app.admit(BILLER)
    body: dict[str, Any] = {"mbi": "1EG4TE5MK73", "last_name": "Doe\x07", "birth_date": "1950-01-01"}

    answer = await app.call(
        "POST", "/api/eligibility/inquiries", BILLER, json=body, headers={"idempotency-key": "control character"}
    )

    assert answer.status_code == 422
    assert answer.json()["fields"] == {"last_name": "Remove the control characters: nobody can print them."}
