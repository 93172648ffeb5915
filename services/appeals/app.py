"""Wires appeals together; the only place that does."""

from libs.common.messaging.subscriptions import Job
from libs.common.service import Service
from services.appeals.concerned import concerned
from services.appeals.metadata import metadata
from services.appeals.moving import MOVING
from services.appeals.qic.partner import PARTNER as QIC
from services.appeals.qic.partner import check
from services.appeals.reconsideration import api as reconsideration_api
from services.appeals.reconsideration import pages as reconsideration_pages
from services.appeals.reconsideration.domain import FOLLOW
from services.appeals.reconsideration.handlers import QIC_PATIENCE, follow
from services.appeals.redetermination import api as redetermination_api
from services.appeals.redetermination import pages as redetermination_pages
from services.appeals.redetermination.subscriptions import SUBSCRIPTIONS
from services.appeals.review import pages as review_pages

service = Service(
    name="appeals",
    metadata=metadata,
    # Reviews first: their addresses lie below those of an appeal.
    routers=(
        review_pages.router,
        reconsideration_api.router,
        reconsideration_pages.router,
        redetermination_api.router,
        redetermination_pages.router,
    ),
    subscriptions=SUBSCRIPTIONS,
    jobs={FOLLOW: Job(follow, patience=QIC_PATIENCE)},
    partners={QIC: check},
    moving=MOVING,
    concerned=concerned,
)
