"""The files a partner delivers, and the key it signs them with."""

import json
import os
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from libs.common.functions import FUNCTIONS
from libs.common.security.permissions import (
    CATALOG,
    CERTIFICATES,
    CLAIM_STATUS,
    CLAIM_SUBMIT,
    ELIGIBILITY_INQUIRY,
    REDETERMINATION_FILE,
    REDETERMINATION_READ,
    REMITTANCE_READ,
    SAME_OR_SIMILAR,
    Permission,
)
from simulators.population import ApiClient, DemoUser, Organization, Population

Extent = Literal["full", "delta"]

_OF_BILLERS = tuple(permission for permission in CATALOG.values() if permission.needs_enrollment)
_OF_CLIENTS = (
    CLAIM_SUBMIT,
    CLAIM_STATUS,
    ELIGIBILITY_INQUIRY,
    SAME_OR_SIMILAR,
    CERTIFICATES,
    REMITTANCE_READ,
    REDETERMINATION_READ,
    REDETERMINATION_FILE,
)


def pecos_file(
    organizations: Iterable[Organization],
    *,
    sequence: int = 1,
    extent: Extent = "full",
    changes: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
) -> bytes:
    """The enrollments of organizations as PECOS tells of them. `changes` are fields of a row by its PTAN."""
    rows = [
        {
            "organization_id": str(each.organization_id),
            "organization": each.name,
            "enrollment_id": str(enrollment.enrollment_id),
            "npi": enrollment.npi,
            "tax_id": each.tax_id,
            "ptan": enrollment.ptan,
            "line_of_business": enrollment.line_of_business,
            "status": "approved",
            "effective": enrollment.effective.isoformat(),
            **changes.get(enrollment.ptan, {}),
        }
        for each in organizations
        for enrollment in each.enrollments
    ]
    return _json({"kind": "pecos", "extent": extent, "sequence": sequence, "rows": rows})


def edi_file(
    organizations: Iterable[Organization],
    *,
    sequence: int = 1,
    extent: Extent = "full",
    unsigned: Iterable[str] = (),
) -> bytes:
    """The EDI agreements of organizations, and who else trades with the contractor. `unsigned` are PTANs."""
    missing = set(unsigned)
    rows: list[dict[str, Any]] = []
    for each in organizations:
        if each.kind != "provider":
            partner = {"record": "partner", "organization_id": str(each.organization_id), "kind": each.kind}
            rows.append({**partner, "name": each.name, "submitter_id": each.submitter_id})
        rows += [
            {
                "record": "agreement",
                "enrollment_id": str(enrollment.enrollment_id),
                "signed": enrollment.ptan not in missing,
                "submitters": enrollment.submitters,
                "vendors": [str(vendor) for vendor in each.vendors],
            }
            for enrollment in each.enrollments
        ]
    return _json({"kind": "edi", "extent": extent, "sequence": sequence, "rows": rows})


def account_file(
    population: Population, lines_of_business: Sequence[str] = ("A", "B"), *, rules_accepted_by_all: bool = False
) -> bytes:
    """The people and the program of the demo under a contract of these lines of business.

    Billers may do everything for their own organization's enrollments that such a contract can have. The program
    serves the first enrollment of each provider that lets its vendor act.
    """
    organizations = population.organizations_under(lines_of_business)
    enrollments = {
        each.organization_id: [str(enrollment.enrollment_id) for enrollment in each.enrollments]
        for each in organizations
    }
    served = [
        str(each.enrollments[0].enrollment_id)
        for each in organizations
        if population.vendor.organization_id in each.vendors
    ]

    def possible(permission: Permission) -> bool:
        return FUNCTIONS[permission.function].belongs_to(lines_of_business)

    of_billers, of_clients = list(filter(possible, _OF_BILLERS)), list(filter(possible, _OF_CLIENTS))
    return _json(
        {
            "kind": "accounts",
            "users": [
                _user(user, enrollments[user.organization_id], of_billers)
                | {"rules_accepted": user.rules_accepted or rules_accepted_by_all}
                for user in population.users
            ],
            "clients": [_client(client, served, of_clients) for client in population.api_clients],
        }
    )


def _user(user: DemoUser, enrollments: list[str], of_billers: Sequence[Permission]) -> dict[str, Any]:
    billing = user.role == "PROVIDER_USER"
    return {
        "user_id": str(user.user_uuid),
        "login": user.user_id,
        "name": f"{user.first_name} {user.last_name}",
        "email": user.email,
        "organization_id": str(user.organization_id),
        "role": user.role,
        "password": user.password,
        "totp_secret": user.totp_secret,
        "certified_days": user.certified_days,
        "grants": [
            {"enrollment_id": enrollment, "permission": permission.name}
            for enrollment in enrollments
            for permission in of_billers
            if billing
        ],
    }


def _client(client: ApiClient, enrollments: list[str], of_clients: Sequence[Permission]) -> dict[str, Any]:
    return {
        "user_id": str(client.client_uuid),
        "client_id": client.client_id,
        "name": client.client_id,
        "organization_id": str(client.organization_id),
        "role": "VENDOR_USER",
        "public_key": client.public_key_pem,
        "grants": [
            {"enrollment_id": enrollment, "permission": permission.name}
            for enrollment in enrollments
            for permission in of_clients
        ],
    }


def install_partner_key(state_directory: Path, source: str) -> ec.EllipticCurvePrivateKey:
    """The signing key of a source, made when it is missing; its public half is installed for the portal to trust.

    In production the public half is exchanged out of band and installed by an operator.
    """
    private = state_directory / "partners" / f"{source}.pem"
    if not private.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write(private, pem, 0o400)
    loaded = serialization.load_pem_private_key(private.read_bytes(), password=None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise TypeError("the partner's key is not an elliptic curve key")
    public = loaded.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write(state_directory / "secrets" / "keys" / "partners" / f"{source}.pem", public, 0o444)
    return loaded


def next_sequence(state_directory: Path, source: str) -> int:
    """The number of the next file of a source, by those that lie in the folder."""
    names = (state_directory / "feeds").glob(f"{source}-*.json")
    return max((int(each.name.split("-")[1]) for each in names), default=0) + 1


def file_name(source: str, sequence: int, extent: Extent) -> str:
    """What a file is called: by its source and number, so that a person finds it."""
    return f"{source}-{sequence:05}-{extent}.json"


def deliver(state_directory: Path, name: str, content: bytes, key: ec.EllipticCurvePrivateKey) -> None:
    """Lay a file into the folder, unless it is there. The signature comes first: no file stands without."""
    path = state_directory / "feeds" / name
    if path.exists() and path.read_bytes() == content:
        return
    signature = key.sign(content, ec.ECDSA(hashes.SHA256()))
    _write(path.with_name(f"{name}.sig"), b64encode(signature), 0o600)
    _write(path, content, 0o600)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file that appears whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=1, sort_keys=True).encode()
