"""Wires eligibility together; the only place that does."""

from functools import partial

from libs.common.messaging.subscriptions import Job
from libs.common.service import Service
from services.eligibility.hets.partner import check
from services.eligibility.inquiry import api, pages
from services.eligibility.inquiry import tables as _tables  # noqa: F401 - declares the tables
from services.eligibility.inquiry.handlers import ASK_WAITING, SWEEP, ask_waiting, sweep
from services.eligibility.metadata import metadata
from services.eligibility.printout import pages as printout
from services.eligibility.schedule import api as schedule_api
from services.eligibility.schedule import handlers as schedules
from services.eligibility.schedule import pages as schedule_pages

service = Service(
    name="eligibility",
    metadata=metadata,
    routers=(api.router, pages.router, printout.router, schedule_api.router, schedule_pages.router),
    # Their first rows stand in the migrations; they ask for their next run themselves.
    timers={SWEEP: partial(sweep, follow=schedules.settle), schedules.SWEEP: schedules.sweep},
    # It is about no one object, and the next run makes up for one that failed.
    jobs={ASK_WAITING: Job(partial(ask_waiting, follow=schedules.settle), patience=None)},
    partners={"hets": check},
)
