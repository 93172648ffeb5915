"""Wires notifier together; the only place that does."""

from typing import TYPE_CHECKING

from libs.common.messaging.subscriptions import Job
from libs.common.runtime import Runtime
from libs.common.service import Service
from libs.common.settings import SERVICES
from services.notifier.banners import api as banner_api
from services.notifier.banners import handlers as banners
from services.notifier.banners import pages as banner_pages
from services.notifier.banners.subscriptions import SUBSCRIPTIONS as BANNER_SUBSCRIPTIONS
from services.notifier.delivery.handlers import DELIVER, SEAL, deliver, seal_waiting
from services.notifier.delivery.subscriptions import SUBSCRIPTIONS as DELIVERY_SUBSCRIPTIONS
from services.notifier.engine import Engine
from services.notifier.health.domain import fault_domains
from services.notifier.health.partner import probes
from services.notifier.interruptions import pages as interruption_pages
from services.notifier.metadata import metadata
from services.notifier.monthly_reports import pages as report_pages
from services.notifier.monthly_reports.subscriptions import SUBSCRIPTIONS as REPORT_SUBSCRIPTIONS
from services.notifier.moving import MOVING
from services.notifier.settings import watch_settings
from services.notifier.website import api as website_api
from services.notifier.website import pages as website_pages

if TYPE_CHECKING:
    import faust


async def keep_watch(runtime: Runtime) -> None:
    """The interruption engine, for as long as the worker lives."""
    deployment = runtime.deployment
    engine = Engine(
        fault_domains(SERVICES, deployment.functions, deployment.partners),
        probes(runtime.settings, deployment.partners),
        deployment=deployment,
        settings=runtime.settings,
        watch_settings=watch_settings(runtime.settings),
        clock=runtime.clock,
    )
    await engine.run(runtime)


def stream(runtime: Runtime) -> "faust.App":
    """The figures of each function, live."""
    from services.notifier.health.streams import function_figures  # noqa: PLC0415 - Faust costs 45 MB: only where it runs

    return function_figures(runtime)


service = Service(
    name="notifier",
    metadata=metadata,
    routers=(
        banner_api.router,
        banner_pages.router,
        website_api.router,
        website_pages.router,
        interruption_pages.router,
        report_pages.router,
    ),
    subscriptions=(*REPORT_SUBSCRIPTIONS, *BANNER_SUBSCRIPTIONS, *DELIVERY_SUBSCRIPTIONS),
    timers={banners.REPUBLISH: banners.republish, SEAL: seal_waiting},
    jobs={DELIVER: Job(deliver)},
    background=(keep_watch,),
    stream=stream,
    moving=MOVING,
)
