"""Who stands behind a request, as the internal token says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Viewer:
    """Staff of the contractor who see the portal as another person sees it, until then. They change nothing."""

    user_id: UUID
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person or an API client.

    `assurance` 2: with a second factor, last proven at `factor_at`. The epochs say how new the service's copy of the
    access facts must be. `csrf` is bound to the session and stands in every form. `expires_in` is the number of
    seconds until the session ends for inactivity, `ends_in` until it ends in any case (0 for a client). `last_sign_in`
    is the one before this one, `None` at the first and for a client; `failed_sign_ins` attempts failed between the two.
    `viewer`: who looks through this person's eyes, if not the person itself.
    """

    kind: Literal["person", "client"]
    user_id: UUID
    name: str
    organization_id: UUID
    role: str
    assurance: int
    factor_at: datetime
    enrollment_id: UUID | None
    user_epoch: int
    organization_epoch: int
    session: str
    csrf: str
    expires_in: int = 0
    last_sign_in: datetime | None = None
    ends_in: int = 0
    viewer: Viewer | None = None
    failed_sign_ins: int = 0
