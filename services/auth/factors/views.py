"""Tells how a person can confirm that it is them: for their own page, and for the page that asks for a code."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
import segno
from markupsafe import Markup

from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.decision import ADMINISTRATORS
from libs.common.security.permissions import STAFF
from services.auth.factors import repository
from services.auth.factors.domain import Channel, Window, window_key
from services.auth.factors.repository import Device
from services.auth.factors.tables import PHONE
from services.auth.passkeys.views import has_passkey
from services.auth.settings import auth_settings

_SHOWN_FIGURES = 4


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has. `phone` and `waiting_phone` are the last figures of numbers, empty without one."""

    devices: tuple[Device, ...]
    phone: str
    waiting_phone: str
    recovery_codes: int


@dataclass(frozen=True, slots=True)
class Setup:
    """The first authenticator of a new account, for its app: as a picture, and as letters and digits."""

    picture: Markup
    secret: str


@dataclass(frozen=True, slots=True)
class Ways:
    """How the page that asks for a code can be answered.

    `phone`: the last figures of the number that codes may go to; `mail`: whether one may go by mail; `sent` and
    `sent_at`: which way the code went that counts now, and when; `setup`: what is set up first, where there is no way.
    """

    authenticator: bool = True
    passkey: bool = False
    phone: str = ""
    mail: bool = False
    recovery: bool = False
    sent: Channel | None = None
    sent_at: datetime | None = None
    setup: Setup | None = None


def always_asks(role: str) -> bool:
    """Whether a role is always asked for a code, and never by mail: administrators, and staff of the contractor."""
    return role in ADMINISTRATORS or role in STAFF


async def factors_of(work: UnitOfWork, user_id: UUID) -> Factors:
    """What a person has to confirm that it is them."""
    number, waiting = await repository.phone_of(work, user_id)
    return Factors(
        devices=tuple(each for each in await repository.devices(work, user_id) if each.confirmed_at is not None),
        phone=_last_figures(work, user_id, number),
        waiting_phone=_last_figures(work, user_id, waiting),
        recovery_codes=await repository.recovery_codes_left(work, user_id),
    )


async def has_factor(work: UnitOfWork, user_id: UUID) -> bool:
    """Whether anything confirms that it is the person. Recovery codes do not count: they are used up."""
    factors = await factors_of(work, user_id)
    return bool(factors.devices or factors.phone) or await has_passkey(work, user_id)


async def ways_of(work: UnitOfWork, user_id: UUID, bound_to: bytes, *, mail: bool) -> Ways:
    """How a person can answer for a code in the place `bound_to`. `mail`: whether a mailed code would count there."""
    rules = auth_settings()
    factors = await factors_of(work, user_id)
    since = work.now - timedelta(minutes=rules.code_minutes)
    sent = await repository.open_code(work, user_id, bound_to, since=since, tries=rules.code_tries)
    return Ways(
        authenticator=bool(factors.devices),
        passkey=await has_passkey(work, user_id),
        phone=factors.phone,
        mail=mail,
        recovery=factors.recovery_codes > 0,
        sent=sent.channel if sent else None,
        sent_at=sent.sent_at if sent else None,
    )


async def first_device(work: UnitOfWork, user_id: UUID) -> Device | None:
    """The authenticator that waits for its first code, of a person who has nothing else to show: a new account's."""
    factors = await factors_of(work, user_id)
    if factors.devices or factors.phone or factors.recovery_codes or await has_passkey(work, user_id):
        return None
    return next(iter(await repository.devices(work, user_id)), None)


async def window_of(work: UnitOfWork, user_id: UUID, secret: str) -> Window | None:
    """The code that this browser showed before, as long as that spares its owner one."""
    found = await repository.window(work, window_key(secret)) if secret else None
    mine = found is not None and found.user_id == user_id and work.now < found.expires_at
    return found if mine and auth_settings().mfa_window != "off" else None


def takes_mail(role: str) -> bool:
    """Whether codes may go to a person of this role by mail when they sign in."""
    return auth_settings().email_codes and not always_asks(role)


def qr_code(runtime: Runtime, login: str, secret: str) -> Markup:
    """The secret of a new authenticator as a picture for its camera: inline SVG, for a page that is shown once.

    It holds a key URI, as authenticator apps read it.
    """
    uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=runtime.deployment.contractor)
    picture = segno.make_qr(uri).svg_inline(scale=4, light="#fff", title="The code for your authenticator app")
    return Markup(picture)  # noqa: S704 - drawn here: of what was given it holds the title alone


def _last_figures(work: UnitOfWork, user_id: UUID, sealed: str | None) -> str:
    return PHONE.open(work.runtime.keys, sealed, user_id)[-_SHOWN_FIGURES:] if sealed else ""
