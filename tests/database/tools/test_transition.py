"""A round trip of users and open work between two deployments, each with its own databases and keys (H-020)."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from libs.common.contracts.partner import RemittanceAdvice
from libs.common.document_store import PARTNER_REMITTANCE
from libs.common.persistence.tables import outbox
from libs.common.runtime import Runtime
from libs.common.sealing import Sealed
from libs.common.security.passwords import hash_password, verify_password
from libs.common.settings import SERVICES
from libs.common.transition.archive import ArchiveError, Reader, key_of, make_key
from libs.common.transition.exports import PLAIN, Export, Owned
from libs.common.transition.moving import parts_of
from libs.partners.handover import PartnerExchange, advice_place
from services.auth.back_office.tables import account_deed, elevation
from tests.support.planting import object_id, row_of
from tests.support.platform import CloneSettings, PostgresqlServer, clone_settings
from tests.support.portico import ROOT, runtime_for
from tools.contracts import sealed_path, wired
from tools.transition import NotNowError, export_all, import_all

OURS = UUID("00000000-0000-7000-8000-00000000a001")
DONE = UUID("00000000-0000-7000-8000-00000000a002")
STAFF = UUID("5aff0000-0000-7000-8000-00000000a003")
OF_STAFF: Mapping[str, Mapping[str, Any]] = {
    "organization": {"kind": "contractor"},
    "user_account": {},
    "membership": {"role": "MAC_SECURITY"},
    "account_certification": {},
    "credential": {},
    "totp": {},
    "phone": {"waiting": None},
    "recovery_code": {},
}
"""What there is of a member of the contractor's staff."""
PASSWORD = "correct horse battery staple"
DOCUMENT = uuid5(OURS, "document").hex
OPEN: Mapping[str, Mapping[str, Any]] = {
    "submission": {"state": "received"},
    "claim": {"state": "in-process"},
    "appeal": {"outcome": "", "decided_on": None, "next_level": ""},
    "reconsideration": {"outcome": "", "decided_on": None},
    "remittance": {"quarantine": "payee", "document": DOCUMENT},
    "interruption": {"state": "open"},
    "message": {"state": "waiting", "kind": "access-not-recertified"},
    "inquiry": {"state": "waiting", "lane": "page", "turn": 1},
    "schedule": {"state": "read"},
    "attachment": {
        "state": "stored",
        "document": DOCUMENT,
        "received_at": datetime(2026, 11, 20, tzinfo=UTC),
        "received_on": date(2026, 11, 20),
    },
    "acknowledgment": {"document": DOCUMENT},
    "phone": {"waiting": None},
    "certification": {"decided_by": OURS},
    "role_request": {"asked_enrollment": OURS, "permissions": ["claims.status"], "role": ""},
    "draft": {"kind": "draft.redetermination"},
    "due_work": {"kind": "none-such", "subject": str(object_id(OURS, "subject"))},
}
"""What makes a planted row open work, where a row alone does not."""
BELONGS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("attachment", "auth"): {"subject_id": object_id(OURS, "authorization_id")},
    ("attachment", "claims"): {"subject_id": object_id(OURS, "submission_id")},
    ("attachment", "appeals"): {"subject_id": object_id(OURS, "appeal_id")},
}
NOT_OURS = {("draft", service) for service in SERVICES if service != "appeals"}
"""Drafts of other kinds than the one that is planted."""
CLOSED: Mapping[str, Mapping[str, Any]] = {
    "submission": {"state": "acknowledged", "number": "S-2611-000009"},
    "claim": {"state": "paid", "patient_control_number": "done"},
}


@dataclass
class Sides:
    """Two contractors with their own servers' databases, documents and keys."""

    giver: dict[str, Runtime]
    receiver: dict[str, Runtime]
    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "archive.zip"

    def key(self, name: str) -> Any:
        return key_of((self.folder / name).read_bytes())

    async def export(self) -> None:
        await export_all(self.giver, self.archive, self.key("receiver.public"), self.key("giver.private"))

    def reader(self, *, signer: str = "giver.public", receiver: str = "receiver.private") -> Reader:
        return Reader(self.archive, self.key(signer), self.key(receiver))


@pytest.fixture
async def sides(postgresql_server: PostgresqlServer, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Sides]]]:
    """`await sides("auth", "claims")` gives both sides of these services."""
    clones: list[str] = []
    async with AsyncExitStack() as stack:

        async def side(name: str, services: tuple[str, ...]) -> dict[str, Runtime]:
            taken = {service: await postgresql_server.clone(service) for service in services}
            clones.extend(taken.values())
            settings: CloneSettings = clone_settings(postgresql_server.settings, taken, tmp_path / name)
            return {each: await stack.enter_async_context(runtime_for(each, settings)) for each in services}

        async def take(*services: str) -> Sides:
            for name in ("giver", "receiver", "stranger"):
                private, public = make_key()
                (tmp_path / f"{name}.private").write_bytes(private)
                (tmp_path / f"{name}.public").write_bytes(public)
            return Sides(await side("giver", services), await side("receiver", services), tmp_path)

        yield take
    for name in clones:
        await postgresql_server.drop(name)


def sample(kind: Sealed[Any]) -> Any:
    """Something of a kind of sealed value."""
    if kind.holds is bytes:
        return b"an answer"
    return kind.decode((ROOT / "contracts" / sealed_path(kind)).read_bytes())


def waiting_advice(runtime: Runtime) -> bytes:
    advice_id = object_id(OURS, "advice_id")
    exchange = PartnerExchange(runtime.settings, runtime.keys, PARTNER_REMITTANCE)
    given = exchange.give((b"ISA*835~",), place=advice_place(advice_id))
    event = RemittanceAdvice(
        advice_id=advice_id,
        lane="1234567893",
        claims=1,
        digest=given.digest,
        sealed_body=given.sealed_body,
        document=given.document,
    )
    return event.model_dump_json().encode()


def planted(runtime: Runtime, export: Export, owner: UUID, changes: Mapping[str, Any]) -> dict[str, Any]:
    row = {**row_of(export.table, owner), **changes}
    for name, how in export.sealed.items():
        if how is PLAIN:
            row[name] = f"{name} of {owner.hex[-4:]}"
        elif isinstance(how, Owned):
            kind = how.kind if isinstance(how.kind, Sealed) else how.kind(row)
            row[name] = kind.seal(runtime.keys, sample(kind), *(row[each] for each in how.owner))
        elif export.table.name == "credential":
            row[name] = hash_password(PASSWORD, runtime.keys)
        else:
            row[name] = waiting_advice(runtime)
    return {name: value for name, value in row.items() if name not in export.afresh or name == "attempts"}


async def plant(side: Mapping[str, Runtime]) -> None:
    """One row of everything that moves, and of some that is done and does not."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"the file itself"

    for service, runtime in side.items():
        async with runtime.database.work(runtime) as work:
            for export in parts_of(wired(service).moving):
                name = export.table.name
                if (name, service) in NOT_OURS:
                    continue
                changes = {**OPEN.get(name, {}), **BELONGS.get((name, service), {})}
                await work.execute(export.table.insert().values(planted(runtime, export, OURS, changes)))
                if name in CLOSED:
                    closed = planted(runtime, export, DONE, CLOSED[name])
                    await work.execute(export.table.insert().values(closed))
        await runtime.documents.put(pieces(), limit=100, reference=UUID(hex=DOCUMENT))


async def content(runtime: Runtime, export: Export) -> list[dict[str, Any]]:
    """The rows that move, with what is sealed in them opened; tokens and what is made afresh left out."""
    statement = sa.select(export.table).order_by(*export.by)
    if export.where is not None:
        statement = statement.where(export.where)
    async with runtime.database.work(runtime) as work:
        rows = [dict(row) for row in (await work.execute(statement)).mappings()]
    for row in rows:
        for name, how in export.sealed.items():
            row[name] = None if row[name] is None else how.open(runtime, row, row[name])
    left_out = {*export.afresh, *export.tokens}
    return [{name: value for name, value in row.items() if name not in left_out} for row in rows]


async def rows_of(runtime: Runtime, table: str) -> int:
    async with runtime.database.work(runtime) as work:
        return int((await work.execute(sa.select(sa.func.count()).select_from(sa.table(table)))).scalar_one())


async def test_users_and_open_work_arrive_as_they_were_sent_under_keys_of_the_receiver(
    sides: Callable[..., Awaitable[Sides]],
) -> None:
    both = await sides(*SERVICES)
    await plant(both.giver)
    await both.export()
    with ZipFile(both.archive) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    patient = sample(wired("claims").moving.exports[4].sealed["patient"].kind)  # type: ignore[attr-defined]
    for secret in (patient.mbi, "the file itself", "email of a001", "an answer"):
        assert secret.encode() not in whole
    rows = await import_all(both.receiver, both.reader())
    assert set(rows) == set(SERVICES)
    for service in SERVICES:
        giver, receiver = both.giver[service], both.receiver[service]
        for export in parts_of(wired(service).moving):
            sent = await content(giver, export)
            assert sent == await content(receiver, export), export.table.name
            assert bool(sent) is ((export.table.name, service) not in NOT_OURS), export.table.name
            count = await rows_of(receiver, export.table.name)
            assert count == len(sent) or export.always is not None, export.table.name
    claims = both.receiver["claims"]
    async with claims.database.work(claims) as work:
        [row] = await work.execute(
            sa.text("SELECT beneficiary_token, nextval('submission_number') AS number FROM claim")
        )
    assert row.beneficiary_token == claims.keys.beneficiary_token(patient.mbi)
    assert row.number >= 2
    assert b"".join([piece async for piece in claims.documents.read(DOCUMENT)]) == b"the file itself"
    with pytest.raises(NotNowError, match="not empty"):
        await import_all(both.receiver, both.reader())
    auth = both.receiver["auth"]
    async with auth.database.work(auth) as work:
        kept = (await work.execute(sa.text("SELECT password_hash FROM credential"))).scalar_one()
        assert not verify_password(PASSWORD, str(kept), auth.keys)
        due = await work.execute(
            sa.text("SELECT due_at <= :now FROM due_work WHERE kind = 'republish-state'"), {"now": work.now}
        )
        assert due.scalar_one()


async def test_nobody_of_the_staff_gets_into_the_portal_of_the_receiver(
    sides: Callable[..., Awaitable[Sides]],
) -> None:
    both = await sides("auth")
    await plant(both.giver)
    giver, receiver = both.giver["auth"], both.receiver["auth"]
    ours, held = object_id(STAFF, "organization_id"), object_id(STAFF, "user_id")
    async with giver.database.work(giver) as work:
        for export in (each for each in parts_of(wired("auth").moving) if each.table.name in OF_STAFF):
            row = planted(giver, export, STAFF, OF_STAFF[export.table.name])
            await work.execute(export.table.insert().values(row))
        deed = {**row_of(account_deed, OURS), "deed_id": STAFF, "deed": "high-risk", "done_by": held}
        await work.execute(account_deed.insert().values(deed))
        await work.execute(elevation.insert().values(row_of(elevation, STAFF) | {"state": "begun", "user_id": held}))
    await both.export()
    await import_all(both.receiver, both.reader())
    async with receiver.database.work(receiver) as work:
        for name in OF_STAFF:
            table = wired("auth").metadata.tables[name]
            owner = table.c.organization_id if name == "organization" else table.c.user_id
            found = set((await work.execute(sa.select(owner))).scalars())
            assert found >= {object_id(OURS, owner.name)}, name
            assert found.isdisjoint({ours, held}), name
        theirs = sa.select(account_deed.c.deed).where(account_deed.c.done_by == held)
        assert (await work.execute(theirs)).scalars().all() == ["high-risk"], "what they did to a user is known"


async def test_what_still_waits_to_be_sent_stops_an_export_and_nothing_is_left_of_it(
    sides: Callable[..., Awaitable[Sides]],
) -> None:
    both = await sides("portal")
    portal = both.giver["portal"]
    async with portal.database.work(portal) as work:
        await work.execute(
            outbox.insert().values(shard=0, topic="t", key="k", headers="{}", payload=b"", created_at=work.now)
        )
    with pytest.raises(NotNowError, match="events wait to be sent"):
        await both.export()
    assert not both.archive.exists()


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    with ZipFile(path) as archive:
        files = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with ZipFile(path, "w") as archive:
        for name, content in files.items():
            if content is not None:
                archive.writestr(name, content)


TAMPERED: Mapping[str, Callable[[str, bytes], bytes | None]] = {
    "was changed": lambda name, data: (
        data.replace(b"office", b"nobody") if name.endswith("organization.jsonl") else data
    ),
    "is missing": lambda name, data: None if name.endswith("organization.jsonl") else data,
    "not signed by this key": lambda name, data: data[:-4] + b"AAAA" if name == "manifest.jws" else data,
}


@pytest.mark.parametrize("words", TAMPERED)
async def test_an_archive_that_was_changed_is_refused_and_nothing_is_taken_in(
    words: str, sides: Callable[..., Awaitable[Sides]]
) -> None:
    both = await sides("auth")
    auth = both.giver["auth"]
    async with auth.database.work(auth) as work:
        [organization, *_] = parts_of(wired("auth").moving)
        await work.execute(organization.table.insert().values(row_of(organization.table, OURS) | {"name": "an office"}))
    await both.export()
    with pytest.raises(ArchiveError, match="not signed by this key"):
        both.reader(signer="stranger.public")
    with pytest.raises(ArchiveError, match="not for this receiver"):
        both.reader(receiver="stranger.private")
    rewritten(both.archive, TAMPERED[words])
    with pytest.raises(ArchiveError, match=words):
        await import_all(both.receiver, both.reader())
    assert await rows_of(both.receiver["auth"], "organization") == 1, (
        "only that of applicants, which every deployment has"
    )


@pytest.mark.parametrize("service", SERVICES)
def test_of_every_table_it_is_said_whether_it_moves(service: str) -> None:
    from libs.common.transition.exports import STAYS_EVERYWHERE  # noqa: PLC0415 - as above

    moving = wired(service).moving
    moves = {each.table.name for each in parts_of(moving)}
    stays = moving.stays.keys() | STAYS_EVERYWHERE.keys()
    assert set(wired(service).metadata.tables) - moves - stays == set()
    assert moves & moving.stays.keys() == set()
    assert moving.stays.keys() - set(wired(service).metadata.tables) == set()
    assert json.dumps(dict(moving.stays))
