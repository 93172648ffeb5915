"""Wires remittance together; the only place that does."""

from libs.common.runtime import Service
from services.remittance.home import api, pages
from services.remittance.metadata import metadata

service = Service(name="remittance", metadata=metadata, routers=(pages.router, api.router))
