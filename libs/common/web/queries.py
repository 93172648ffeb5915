"""Query parameters of programs: one that a route does not have is refused by name, never passed over.

A filter with a slip in its name would else filter nothing, and the answer would be everything. Pages take what browsers
and other sites add to an address.
"""

import re
from collections.abc import Iterator

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from libs.common.errors import Rejected

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


async def _only_known(request: Request) -> None:
    if not request.scope["query_string"] or not request.url.path.startswith("/api/"):
        return
    known = sorted(set(_declared(request.scope["route"].dependant)))
    if unknown := sorted(set(request.query_params) - set(known)):
        have = f"It has: {', '.join(known)}." if known else "It has none."
        # A name that is none may be anything, so it is not repeated.
        fields = {name if _NAME.fullmatch(name) else "query": f"Remove it. {have}" for name in unknown}
        sentence = f"This address has no query parameter {', '.join(fields)}. {have}"
        raise Rejected("parameter-unknown", sentence, status=400, fields=fields)


def _declared(dependant: Dependant) -> Iterator[str]:
    """The names that a route takes, by itself or by what it depends on."""
    yield from (each.alias for each in dependant.query_params)
    for each in dependant.dependencies:
        yield from _declared(each)


KNOWN_QUERIES = Depends(_only_known)
"""For every route of an application."""
