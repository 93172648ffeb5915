"""Wires eligibility together; the only place that does."""

from libs.common.service import Service
from services.eligibility.connectivity import api as connectivity
from services.eligibility.hets.partner import check
from services.eligibility.inquiry import api, pages
from services.eligibility.inquiry import tables as _tables  # noqa: F401 - declares the tables
from services.eligibility.inquiry.handlers import SWEEP, sweep
from services.eligibility.metadata import metadata
from services.eligibility.printout import pages as printout

service = Service(
    name="eligibility",
    metadata=metadata,
    routers=(api.router, pages.router, printout.router, connectivity.router),
    # Its first row stands in the first migration; it asks for its next run itself.
    timers={SWEEP: sweep},
    partners={"hets": check},
)
