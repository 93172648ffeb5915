"""Wires eligibility together; the only place that does."""

from libs.common.messaging.subscriptions import Job
from libs.common.service import Service
from services.eligibility.conduct import api as conduct_api
from services.eligibility.conduct import pages as conduct_pages
from services.eligibility.conduct import tables as _conduct_tables  # noqa: F401 - declares the tables
from services.eligibility.enrollment import api as enrollment_api
from services.eligibility.enrollment import pages as enrollment_pages
from services.eligibility.enrollment import tables as _enrollment_tables  # noqa: F401 - declares the tables
from services.eligibility.enrollment.domain import REFRESH, SEND
from services.eligibility.enrollment.handlers import refresh, send
from services.eligibility.hets.partner import check
from services.eligibility.inquiry import api, pages
from services.eligibility.inquiry import tables as _tables  # noqa: F401 - declares the tables
from services.eligibility.inquiry.handlers import SWEEP, sweep
from services.eligibility.metadata import metadata
from services.eligibility.printout import pages as printout

service = Service(
    name="eligibility",
    metadata=metadata,
    routers=(
        api.router,
        pages.router,
        printout.router,
        conduct_api.router,
        conduct_pages.router,
        enrollment_api.router,
        enrollment_pages.router,
    ),
    # The first rows of these two stand in migrations; each asks for its next run itself.
    timers={SWEEP: sweep},
    jobs={REFRESH: Job(refresh, patience=None), SEND: Job(send)},
    partners={"hets": check},
)
