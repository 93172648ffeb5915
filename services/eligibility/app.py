"""Wires eligibility together; the only place that does."""

from libs.common.messaging.subscriptions import Job
from libs.common.service import Service
from services.eligibility.hets.partner import check
from services.eligibility.inquiry import api, pages
from services.eligibility.inquiry import tables as _tables  # noqa: F401 - declares the tables
from services.eligibility.inquiry.handlers import ASK_WAITING, SWEEP, ask_waiting, sweep
from services.eligibility.metadata import metadata
from services.eligibility.printout import pages as printout

service = Service(
    name="eligibility",
    metadata=metadata,
    routers=(api.router, pages.router, printout.router),
    # Its first row stands in the first migration; it asks for its next run itself.
    timers={SWEEP: sweep},
    # It is about no one object, and the next run makes up for one that failed.
    jobs={ASK_WAITING: Job(ask_waiting, patience=None)},
    partners={"hets": check},
)
