"""What a service is: all its parts, as its `app.py` wires them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
from fastapi import APIRouter

from libs.common.audit.search import Concerned
from libs.common.messaging.subscriptions import Job, Subscription, Timer
from libs.common.runtime import Runtime
from libs.common.transition.exports import Moving

if TYPE_CHECKING:
    import faust

Background = Callable[[Runtime], Awaitable[None]]

PartnerCheck = Callable[[Runtime], Awaitable[None]]
"""Returns when the partner answered lately or answers a light question now; raises when it does not."""


@dataclass(frozen=True)
class Service:
    """All of a service, as its `app.py` wires it.

    `background` runs in the worker for as long as it lives; `stream` makes the Faust app, imported only in that role;
    `jobs` and `timers` are due work by kind; `keeps_access` subscribes it to the copy of the grants; `partners` are the
    outside systems it talks to, by their names in `contract.toml`, each with the check the notifier asks for; `moving`
    is what goes to the next contractor; `concerned` says which objects are about a patient, for auditors.
    """

    name: str
    metadata: sa.MetaData
    routers: tuple[APIRouter, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    timers: Mapping[str, Timer] = field(default_factory=dict)
    jobs: Mapping[str, Job] = field(default_factory=dict)
    background: tuple[Background, ...] = ()
    stream: "Callable[[Runtime], faust.App] | None" = None
    keeps_access: bool = True
    partners: Mapping[str, PartnerCheck] = field(default_factory=dict)
    moving: Moving = field(default_factory=Moving)
    concerned: Concerned | None = None
