"""The interruption banner as the gateway shows it when the service that should have answered is gone.

The gateway reads its routes, with the pages it answers by itself inside them, from one file. `deploy/edge` writes
that file's template; the notifier writes the banner into it. Both end in an atomic rename, which the gateway
notices: no service, broker or database is needed for the new text to be served.
"""

import fcntl
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

from libs.common.files import replace_file

BANNER_IN_PAGE = "@@interruption-in-page@@"
"""Where the banner goes in a page of the template."""
BANNER_IN_PROBLEM = "@@interruption-in-problem@@"
"""Where the banner, as a JSON value, goes in an answer under `/api` of the template."""
BANNER_IN_HEADER = "@@interruption-in-header@@"
"""Where the banner, as base64 of its JSON, goes in the header that every request gets on its way to a service."""
INTERRUPTION_HEADER = "x-portico-interruption"
"""That header: pages tell of an interruption by it, so they need neither broker nor database to know of one."""

ROUTES = Path("routes") / "routes.json"
"""The file the gateway reads, below the gateway's directory. It stands alone in its folder, which is watched."""

_TEMPLATE = "routes.template.json"
_BANNER = "banner.json"


@dataclass(frozen=True, slots=True)
class Banner:
    """What everybody is told of an interruption: no PHI, plain words.

    `functions` are names of Appendix 9.1; `since` is a time as people read it, in the contractor's zone and UTC;
    `started_at` is the same moment for programs (ISO 8601).
    """

    sentence: str
    functions: tuple[str, ...]
    since: str
    started_at: str = "1970-01-01T00:00:00+00:00"


def publish_banner(directory: Path, banner: Banner | None) -> None:
    """Make `banner` (or none) what the gateway shows from now on, also after this process is dead.

    `directory` is the gateway's (`<state>/envoy`); it is made when missing. Where no gateway has been prepared
    yet, the banner waits there for it. Raises `OSError` when the disk refuses: what is shown is then as before,
    and the same call again repairs it.
    """
    with _alone_in(directory):
        replace_file(directory / _BANNER, json.dumps(None if banner is None else asdict(banner)))
        _write_routes(directory)


def publish_template(directory: Path, template: str) -> None:
    """Make `template` (a route configuration as JSON text) the gateway's routes, with the present banner in it."""
    with _alone_in(directory):
        replace_file(directory / _TEMPLATE, template)
        _write_routes(directory)


def _write_routes(directory: Path) -> None:
    template = directory / _TEMPLATE
    if not template.exists():
        return
    banner = _present_banner(directory)
    in_page, in_problem = ("", "null") if banner is None else (_as_html(banner), json.dumps(asdict(banner)))
    routes = template.read_text(encoding="utf-8")
    in_header = b64encode(json.dumps(None if banner is None else asdict(banner)).encode()).decode()
    for mark, text in (
        (BANNER_IN_PAGE, in_page),
        (BANNER_IN_PROBLEM, in_problem),
        (BANNER_IN_HEADER, in_header),
    ):
        routes = routes.replace(mark, _inside_json(text.replace("%", "%%")))  # one % starts a command of the gateway
    replace_file(directory / ROUTES, routes)


def _present_banner(directory: Path) -> Banner | None:
    file = directory / _BANNER
    content = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    if content is None:
        return None
    return Banner(**{**content, "functions": tuple(content["functions"])})


def _as_html(banner: Banner) -> str:
    functions = f"<p>Not available: {escape(', '.join(banner.functions))}.</p>" if banner.functions else ""
    told = f"<p><strong>{escape(banner.sentence)}</strong></p>{functions}<p>Since {escape(banner.since)}.</p>"
    return (
        '<section class="ds-c-alert ds-c-alert--warn" aria-label="Interruption">'
        f'<div class="ds-c-alert__body">{told}</div></section>'
    )


def _inside_json(text: str) -> str:
    return json.dumps(text)[1:-1]


@contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    """Hold the directory's lock: the notifier and a starting gateway may write at the same time."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
