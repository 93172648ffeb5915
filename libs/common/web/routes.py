"""The routes of a service as its application serves them: what the gateway's table and the tests of all routes read."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from fastapi.params import Form
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from libs.common.security.permissions import Permission
from libs.common.service import Service
from libs.common.web.app import build_routes


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `permission` is `None` for a route that is open to everybody; `upload`: it reads a file itself.

    `form`: it takes a form of a page, checked (`permitted_form.py`). `fields` are those that the form (or, with `json`,
    its document) declares; an upload of a program has none.
    """

    service: str
    method: str
    path: str
    permission: Permission | None
    upload: bool
    in_schema: bool
    fields: tuple[str, ...] = ()
    json: bool = False
    form: bool = False

    @property
    def api(self) -> bool:
        """Whether it is for programs."""
        return self.path.startswith("/api/")

    @property
    def fresh_code(self) -> str:
        """How young the second factor must be, in minutes; empty where its age does not matter."""
        step_up = self.permission.step_up if self.permission else None
        return str(int(step_up.total_seconds()) // 60) if step_up else ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(service: Service) -> Iterator[Route]:
    """Every route of a service, one for each method, in the order in which they are matched."""
    for each in iter_route_contexts(build_routes(service).routes):
        if isinstance(each.original_route, APIRoute):
            (rule,) = rules_of(each)
            form = getattr(rule, "model", None)
            fields, json = (tuple(form.model_fields), False) if form else _body(each.dependant.body_params)
            for method in sorted(each.methods or ()):
                yield Route(
                    service.name,
                    method,
                    str(each.path),
                    rule.permission,
                    getattr(rule, "upload", False),
                    bool(each.include_in_schema),
                    fields,
                    json,
                    form is not None,
                )


def _body(declared: Sequence[Any]) -> tuple[tuple[str, ...], bool]:
    if any(isinstance(each.field_info, Form) for each in declared):
        return tuple(each.alias for each in declared), False
    names = (name for each in declared for name in each.field_info.annotation.model_fields)
    return tuple(names), bool(declared)


def rules_of(route: RouteContext) -> list[Any]:
    """What the dependencies of a route say of who may use it; each route has one rule."""
    return [each.call for each in route.dependant.dependencies if hasattr(each.call, "permission")]


def as_table(routes: Iterable[Route]) -> str:
    """The routes as CSV, for whoever must not start the applications to know them."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("service", "method", "path", "permission", "fresh_code_minutes", "upload"))
    for each in routes:
        permission = each.permission.name if each.permission else ""
        rows.writerow(
            (each.service, each.method, each.path, permission, each.fresh_code, "upload" if each.upload else "")
        )
    return text.getvalue()
