"""Builds a service's web application: its routes, health, static files, one way of answering errors."""

import asyncio
from collections.abc import Mapping

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.common.observability.logs import log
from libs.common.observability.traces import TraceRequests
from libs.common.persistence.migrate import Revisions, newest_revisions, stands_at
from libs.common.runtime import Runtime
from libs.common.service import PartnerCheck, Service
from libs.common.web.audit_pages import audit_routes
from libs.common.web.bodies import WholeBody
from libs.common.web.headers import AnswerHeaders
from libs.common.web.pages import static_files
from libs.common.web.permit import public
from libs.common.web.problems import DESCRIBED, add_problem_handlers
from libs.common.web.queries import KNOWN_QUERIES
from libs.common.web.traffic import CountTraffic, Traffic

# Spans and figures of requests are our own (`TraceRequests`, `CountTraffic`): by allow-list, and at less cost.
_OURS: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}
_PARTNER_SECONDS = 1.5  # longer than a partner's light answer takes, shorter than the notifier waits for ours


def create_app(service: Service, runtime: Runtime, traffic: Traffic) -> ASGIApp:
    """The application of one service, ready to be served."""
    app = build_routes(service)
    app.state.runtime = runtime
    app.include_router(health_routes(newest_revisions(service.name)))
    app.include_router(partner_routes(service.partners))
    app.mount("/static", static_files())
    return AnswerHeaders(CountTraffic(AsMeant(WholeBody(TraceRequests(app))), traffic), service.name)


class AsMeant:
    """ASGI middleware: takes HEAD for the GET it asks about, and an address with a slash too many for that without.

    Every server answers HEAD (RFC 9110, section 9.1). The one that serves us sends no body after it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; only HTTP requests are touched."""
        if scope["type"] == "http":
            scope.setdefault("state", {})  # what a route notes there is read outside of here
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            scope = {**scope, "method": method, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)


def build_routes(service: Service) -> FastAPI:
    """The routes of one service without a process around them: what OpenAPI and the route tests look at."""
    app = FastAPI(
        title=f"Portico {service.name}",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        debug=False,
        responses=DESCRIBED,
        telemetry=_OURS,
        dependencies=[KNOWN_QUERIES],
        redirect_slashes=False,  # a redirect would repeat whatever host the client named; see AsMeant
    )
    # Before those of the service, some of which take any one word after its own.
    for router in (audit_routes(service.name, service.concerned), *service.routers):
        app.include_router(router)
    add_problem_handlers(app)
    return app


def health_app(runtime: Runtime, revisions: Revisions) -> ASGIApp:
    """What a process without pages answers on its port."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, telemetry=_OURS)
    app.state.runtime = runtime
    app.include_router(health_routes(revisions))
    return AnswerHeaders(app, runtime.service)


def health_routes(revisions: Revisions) -> APIRouter:
    """`/livez` touches nothing; `/readyz` asks the service's own database; `/metrics` are Prometheus's."""
    router = APIRouter(dependencies=[public()], include_in_schema=False)

    @router.get("/livez")
    async def livez() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @router.get("/readyz")
    async def readyz(request: Request) -> PlainTextResponse:
        runtime: Runtime = request.app.state.runtime
        try:
            ready = await stands_at(runtime.database.engine, revisions)
        except Exception:  # noqa: BLE001 - whatever the database's trouble is, we are not ready
            ready = False
        if ready:
            return PlainTextResponse("ready\n")
        return PlainTextResponse("the database is away or at another migration\n", 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def partner_routes(partners: Mapping[str, PartnerCheck]) -> APIRouter:
    """`/partnerz/<name>`: 200 while the partner answers, 503 while it does not, 404 for who is no partner of ours."""
    router = APIRouter(dependencies=[public()], include_in_schema=False)

    @router.get("/partnerz/{name}")
    async def partnerz(request: Request, name: str) -> PlainTextResponse:
        check = partners.get(name)
        if check is None:
            return PlainTextResponse("no partner of this service\n", 404)
        try:
            async with asyncio.timeout(_PARTNER_SECONDS):
                await check(request.app.state.runtime)
        except Exception as error:  # noqa: BLE001 - every way of not answering is the same to who asks
            log.warning("partner does not answer", partner=name, error_class=type(error).__name__)
            return PlainTextResponse("the partner does not answer\n", 503)
        return PlainTextResponse("the partner answers\n")

    return router
