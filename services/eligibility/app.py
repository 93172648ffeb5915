"""Wires eligibility together; the only place that does."""

from functools import partial

from libs.common.messaging.subscriptions import Job
from libs.common.service import Service
from services.eligibility.certificates import api as certificates_api
from services.eligibility.certificates import pages as certificates_pages
from services.eligibility.concerned import concerned
from services.eligibility.conduct import api as conduct_api
from services.eligibility.conduct import pages as conduct_pages
from services.eligibility.conduct import tables as _conduct_tables  # noqa: F401 - declares the tables
from services.eligibility.connectivity import api as connectivity_api
from services.eligibility.enrollment import api as enrollment_api
from services.eligibility.enrollment import pages as enrollment_pages
from services.eligibility.enrollment import tables as _enrollment_tables  # noqa: F401 - declares the tables
from services.eligibility.enrollment.domain import REFRESH, REMIND, SEND
from services.eligibility.enrollment.handlers import refresh, remind, send
from services.eligibility.hets.partner import check
from services.eligibility.inquiry import api, pages
from services.eligibility.inquiry import tables as _tables  # noqa: F401 - declares the tables
from services.eligibility.inquiry.domain import ASK_WAITING
from services.eligibility.item_history.handlers import SWEEP as SWEEP_ITEM_CHECKS
from services.eligibility.item_history.handlers import sweep as sweep_item_checks
from services.eligibility.item_history.partner import PARTNER as ITEM_HISTORY
from services.eligibility.item_history.partner import check as check_item_history
from services.eligibility.line.handlers import SWEEP, ask_waiting, sweep
from services.eligibility.look_up import pages as look_up
from services.eligibility.look_up.handlers import SWEEP as LOOK_UP_SWEEP
from services.eligibility.look_up.handlers import sweep as look_up_sweep
from services.eligibility.look_up.partner import PARTNER as MBI_LOOK_UP
from services.eligibility.look_up.partner import check as check_mbi_look_up
from services.eligibility.look_up.subscriptions import SUBSCRIPTIONS
from services.eligibility.metadata import metadata
from services.eligibility.moving import MOVING
from services.eligibility.printout import pages as printout
from services.eligibility.same_or_similar import api as same_or_similar_api
from services.eligibility.same_or_similar import pages as same_or_similar_pages
from services.eligibility.schedule import api as schedule_api
from services.eligibility.schedule import handlers as schedules
from services.eligibility.schedule import pages as schedule_pages

service = Service(
    name="eligibility",
    metadata=metadata,
    routers=(
        api.router,
        pages.router,
        printout.router,
        same_or_similar_api.router,
        same_or_similar_pages.router,
        certificates_api.router,
        certificates_pages.router,
        connectivity_api.router,
        conduct_api.router,
        conduct_pages.router,
        enrollment_api.router,
        enrollment_pages.router,
        look_up.router,
        schedule_api.router,
        schedule_pages.router,
    ),
    subscriptions=SUBSCRIPTIONS,
    # The first row of each stands in a migration; it asks for its next run itself.
    timers={
        SWEEP: partial(sweep, follow=schedules.settle),
        SWEEP_ITEM_CHECKS: sweep_item_checks,
        REMIND: remind,
        LOOK_UP_SWEEP: look_up_sweep,
        schedules.SWEEP: schedules.sweep,
    },
    # Neither looking for what waits nor CMS's list is about one object, and the next run makes up for one that failed.
    jobs={
        ASK_WAITING: Job(partial(ask_waiting, follow=schedules.settle), patience=None),
        REFRESH: Job(refresh, patience=None),
        SEND: Job(send),
    },
    partners={"hets": check, ITEM_HISTORY: check_item_history, MBI_LOOK_UP: check_mbi_look_up},
    moving=MOVING,
    concerned=concerned,
)
