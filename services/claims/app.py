"""Wires claims together; the only place that does."""

from libs.common.messaging.subscriptions import Job
from libs.common.service import Service
from services.claims.concerned import concerned
from services.claims.metadata import metadata
from services.claims.moving import MOVING
from services.claims.shared_system.handlers import forward_submission
from services.claims.shared_system.subscriptions import SUBSCRIPTIONS
from services.claims.status import api as status_api
from services.claims.status import pages as status_pages
from services.claims.submission import api as submission_api
from services.claims.submission import pages as submission_pages
from services.claims.submission.domain import FORWARD, PROCESS
from services.claims.submission.handlers import keep_processes_ready, process_submission

service = Service(
    name="claims",
    metadata=metadata,
    # Submissions first: their addresses lie below those of a claim.
    routers=(submission_api.router, submission_pages.router, status_api.router, status_pages.router),
    subscriptions=SUBSCRIPTIONS,
    jobs={PROCESS: Job(process_submission), FORWARD: Job(forward_submission)},
    background=(keep_processes_ready,),
    moving=MOVING,
    concerned=concerned,
)
