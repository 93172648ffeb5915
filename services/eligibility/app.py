"""Wires eligibility together; the only place that does."""

from libs.common.runtime import Service
from services.eligibility.home import api, pages
from services.eligibility.metadata import metadata

service = Service(name="eligibility", metadata=metadata, routers=(pages.router, api.router))
