"""Wires remittance together; the only place that does."""

from libs.common.messaging.subscriptions import Job
from libs.common.service import Service
from services.remittance.advice import api, pages
from services.remittance.advice.handlers import POST, post_remittances
from services.remittance.advice.subscriptions import SUBSCRIPTIONS
from services.remittance.concerned import concerned
from services.remittance.metadata import metadata
from services.remittance.moving import MOVING

service = Service(
    name="remittance",
    metadata=metadata,
    routers=(api.router, pages.router),
    subscriptions=SUBSCRIPTIONS,
    jobs={POST: Job(post_remittances)},
    moving=MOVING,
    concerned=concerned,
)
