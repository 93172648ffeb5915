"""Wires portal together; the only place that does."""

from libs.common.runtime import Service
from services.portal.landing import pages
from services.portal.landing.subscriptions import SUBSCRIPTIONS
from services.portal.metadata import metadata

service = Service(
    name="portal", metadata=metadata, routers=(pages.router,), subscriptions=SUBSCRIPTIONS, keeps_access=False
)
