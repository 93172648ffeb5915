"""Passkeys decided purely: what an authenticator is asked, and whether its answer counts (WebAuthn Level 3).

The authenticator verifies its user each time, by a finger, a face or a PIN, so that a passkey is two factors by itself
(NIST SP 800-63B-4, section 3.1.7), and answers no other site than ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.auth.factors.domain import NotAccepted

Purpose = Literal["sign-in", "second-factor", "step-up", "registration"]
"""What an authenticator is asked for. An answer counts for nothing else."""

PAGE = "/auth/passkeys"
"""Where a person sees, adds and removes their own."""

_UNREADABLE = (WebAuthnException, ValueError, RecursionError)
"""What reading an answer may come to that no authenticator gave."""


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a passkey is for, as browsers tell authenticators: name, host (the relying party), origin with its port."""

    name: str
    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an authenticator is asked, as JSON for the browser, which is to hold `secret` until it answers."""

    secret: str
    options: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What an authenticator was asked to sign, once. `user_id` is `None` where anybody may answer."""

    content: bytes
    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey. `sign_count` rises with each use where its authenticator counts, else it stays 0.

    `synced`: its owner's other devices have it too.
    """

    passkey_id: UUID
    user_id: UUID
    credential: bytes
    name: str
    public_key: bytes
    sign_count: int
    synced: bool
    added_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """What an authenticator told of a new passkey."""

    credential: bytes
    public_key: bytes
    sign_count: int
    synced: bool


def site_of(name: str, public_address: str) -> Site:
    """The site of a portal that is reached at `public_address`."""
    return Site(name, urlsplit(public_address).hostname or "", public_address)


def registration_options(
    site: Site, challenge: bytes, *, user_id: UUID, login: str, name: str, known: Sequence[bytes], milliseconds: int
) -> str:
    """What the browser asks an authenticator for a new passkey, as JSON. It is to be none that holds one of `known`."""
    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_id=user_id.bytes,
            user_name=login,
            user_display_name=name,
            challenge=challenge,
            timeout=milliseconds,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        )
    )


def answer_options(site: Site, challenge: bytes, *, known: Sequence[bytes], milliseconds: int) -> str:
    """What the browser asks an authenticator to sign, as JSON: with one of `known`, or with any where none is named."""
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            timeout=milliseconds,
            allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def registered(site: Site, challenge: bytes, answer: str) -> Registered | None:
    """The new passkey that an authenticator told of; `None` for an answer that does not count."""
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None
    synced = found.credential_device_type == CredentialDeviceType.MULTI_DEVICE
    return Registered(found.credential_id, found.credential_public_key, found.sign_count, synced)


def credential_of(answer: str) -> bytes | None:
    """Which passkey an answer says it comes from, unverified; `None` for what is no answer."""
    try:
        return parse_authentication_credential_json(answer).raw_id
    except _UNREADABLE:
        return None


def answered(site: Site, challenge: bytes, answer: str, passkey: Passkey) -> int | NotAccepted:
    """The count that came with an answer of `passkey`; or why it does not count.

    `counter`: all was right but the count, which has not risen.
    """
    try:
        handle = parse_authentication_credential_json(answer).response.user_handle
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # compared below, so that one knows what was wrong
            require_user_verification=True,
        )
    except _UNREADABLE:
        return NotAccepted("wrong")
    if handle not in (None, passkey.user_id.bytes):
        return NotAccepted("wrong")
    risen = found.new_sign_count > passkey.sign_count or found.new_sign_count == passkey.sign_count == 0
    return found.new_sign_count if risen else NotAccepted("counter")
