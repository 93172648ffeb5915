"""Wires appeals together; the only place that does."""

from libs.common.runtime import Service
from services.appeals.home import api, pages
from services.appeals.metadata import metadata

service = Service(name="appeals", metadata=metadata, routers=(pages.router, api.router))
