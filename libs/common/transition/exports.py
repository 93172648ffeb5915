"""Which rows of a service move to the next contractor, and how what is sealed in them is opened and sealed again.

    Export(appeal, where=appeal.c.outcome == "", sealed={"argument": Owned(ARGUMENT, ("appeal_id",))})

Each service declares its own in `app.py`, parents before children, and says of every other table why it stays. One room
of the common code (`moving.py`) takes them out and in: no service has code for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa

from libs.common.persistence.tables import attachment, draft, due_work, saved_filter
from libs.common.runtime import Runtime
from libs.common.sealing import KINDS, Sealed

Row = Mapping[str, Any]


class Moved(Protocol):
    """How the content of one column is opened by who gives, and sealed by who takes."""

    def open(self, runtime: Runtime, row: Row, value: Any) -> bytes:
        """What `value` holds."""

    def seal(self, runtime: Runtime, row: Row, content: bytes) -> Any:
        """The inverse, under the keys of this deployment."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A sealed value of one kind, or of the kind that its row says; `owner` are the columns it is bound to."""

    kind: Sealed[Any] | Callable[[Row], Sealed[Any]]
    owner: tuple[str, ...]

    def open(self, runtime: Runtime, row: Row, value: Any) -> bytes:
        """Raises `SealBrokenError` or `KeyNotHeldError`."""
        if value == "":  # nothing was sealed
            return b""
        kind = self._of(row)
        return kind.encode(kind.open(runtime.keys, value, *(row[name] for name in self.owner)))

    def seal(self, runtime: Runtime, row: Row, content: bytes) -> Any:
        """Raises `SealBrokenError` for content that is not of the kind."""
        if content == b"":
            return ""
        kind = self._of(row)
        return kind.seal(runtime.keys, kind.decode(content), *(row[name] for name in self.owner))

    def _of(self, row: Row) -> Sealed[Any]:
        return self.kind if isinstance(self.kind, Sealed) else self.kind(row)


@dataclass(frozen=True, slots=True)
class Plain:
    """A text that is not sealed here and is on the way, because it names a person."""

    def open(self, _runtime: Runtime, _row: Row, value: Any) -> bytes:
        """The text."""
        return str(value).encode()

    def seal(self, _runtime: Runtime, _row: Row, content: bytes) -> Any:
        """The text."""
        return content.decode()


PLAIN = Plain()


@dataclass(frozen=True)
class Export:
    """Rows of `table` that move: all, or those `where` says.

    `order` are the columns that identify a row, in which order rows move (default: the primary key); `sealed` says of
    columns how they are opened and sealed; `documents` are columns that name a document of the service, which moves
    too; `afresh`: columns the receiver fills by itself; `tokens` says how a keyed token is made from what was opened,
    since its key stays; `always` are rows that every deployment has from its migrations.
    """

    table: sa.Table
    where: sa.ColumnElement[bool] | None = None
    order: tuple[str, ...] = ()
    sealed: Mapping[str, Moved] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    afresh: tuple[str, ...] = ()
    tokens: Mapping[str, Callable[[Runtime, Mapping[str, bytes]], str]] = field(default_factory=dict)
    always: sa.ColumnElement[bool] | None = None

    @property
    def columns(self) -> tuple[sa.Column[Any], ...]:
        """What moves of a row."""
        return tuple(each for each in self.table.columns if each.name not in self.afresh)

    @property
    def by(self) -> tuple[sa.Column[Any], ...]:
        """By what rows are told apart and ordered."""
        names = self.order or tuple(each.name for each in self.table.primary_key)
        return tuple(self.table.c[name] for name in names)


@dataclass(frozen=True)
class Moving:
    """What of a service moves: `exports`; `sequences` go on; `stays` says why each other table does not."""

    exports: tuple[Export, ...] = ()
    sequences: tuple[str, ...] = ()
    stays: Mapping[str, str] = field(default_factory=dict)


def attachments_of(subjects: sa.Select[Any]) -> Export:
    """The files that belong to what moves, with the documents behind them."""
    return Export(
        attachment,
        where=attachment.c.subject_id.in_(subjects) & (attachment.c.state == "stored"),
        sealed={"name": Owned(lambda _: KINDS["attachment.name"], ("attachment_id",))},
        documents=("document",),
    )


# An id, or the NPI of a payee.
_ABOUT_ONE = due_work.c.subject.regexp_match("^([0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{10})$")

OF_EVERY_SERVICE = (
    Export(
        draft,
        sealed={"content": Owned(lambda row: KINDS[row["kind"]], ("user_id", "enrollment_id", "subject"))},
    ),
    Export(saved_filter),
    # Jobs about one object. Those about all, or about a partner, stand in the migrations of every deployment.
    Export(
        due_work,
        where=_ABOUT_ONE,
        afresh=("attempts", "leased_by", "leased_until", "failing_since", "given_up_at"),
        always=~_ABOUT_ONE,
    ),
)
"""Common tables that move with every service; attachments move with what they belong to."""

STAYS_EVERYWHERE: Mapping[str, str] = {
    "outbox": "events must have been sent before: see `still_to_do`",
    "inbox": "events of the deployment before are not sent again",
    "parked": "must be decided before: see `still_to_do`",
    "waiting_key": "goes with what is parked",
    "audit": "the trail is evidence of who wrote it, who keeps it 6 years",
    "audit_unsealed": "the same",
    "audit_seal": "the same",
    "audit_tree_head": "the same",
    "idempotency": "of requests that were answered",
    "attachment": "moves where a service says so",
    "access_user": "a copy, which auth publishes again",
    "access_organization": "the same",
    "access_grant": "the same",
    "access_enrollment": "the same",
}
"""Common tables that do not move, and why."""
