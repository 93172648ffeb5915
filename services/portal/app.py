"""Wires portal together; the only place that does."""

from libs.common.service import Service
from services.portal.catalog import pages as catalog_pages
from services.portal.home import pages as home_pages
from services.portal.home.handlers import FORGET, forget_items
from services.portal.home.subscriptions import SUBSCRIPTIONS as HOME_SUBSCRIPTIONS
from services.portal.incidents import pages as incidents_pages
from services.portal.landing import pages as landing_pages
from services.portal.landing.subscriptions import SUBSCRIPTIONS as LANDING_SUBSCRIPTIONS
from services.portal.manual import pages as manual_pages
from services.portal.metadata import metadata
from services.portal.moving import MOVING
from services.portal.resources import api as resources_api
from services.portal.resources import pages as resources_pages

service = Service(
    name="portal",
    metadata=metadata,
    routers=(
        landing_pages.router,
        home_pages.router,
        catalog_pages.router,
        incidents_pages.router,
        resources_api.router,
        resources_pages.router,
        manual_pages.router,
    ),
    subscriptions=(*LANDING_SUBSCRIPTIONS, *HOME_SUBSCRIPTIONS),
    timers={FORGET: forget_items},
    moving=MOVING,
)
