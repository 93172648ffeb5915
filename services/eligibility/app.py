"""Wires eligibility together; the only place that does."""

from libs.common.service import Service
from services.eligibility.hets.partner import check
from services.eligibility.inquiry import api, pages
from services.eligibility.inquiry import tables as _tables  # noqa: F401 - declares the tables
from services.eligibility.inquiry.handlers import SWEEP, sweep
from services.eligibility.look_up import pages as look_up
from services.eligibility.look_up.handlers import SWEEP as LOOK_UP_SWEEP
from services.eligibility.look_up.handlers import sweep as look_up_sweep
from services.eligibility.look_up.partner import PARTNER as MBI_LOOK_UP
from services.eligibility.look_up.partner import check as check_mbi_look_up
from services.eligibility.look_up.subscriptions import SUBSCRIPTIONS
from services.eligibility.metadata import metadata
from services.eligibility.printout import pages as printout

service = Service(
    name="eligibility",
    metadata=metadata,
    routers=(api.router, pages.router, printout.router, look_up.router),
    subscriptions=SUBSCRIPTIONS,
    # The first row of each stands in a migration; it asks for its next run itself.
    timers={SWEEP: sweep, LOOK_UP_SWEEP: look_up_sweep},
    partners={"hets": check, MBI_LOOK_UP: check_mbi_look_up},
)
