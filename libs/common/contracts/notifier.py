"""Events and state of notifier: interruptions, what CMS was told, what the banner says."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.common.contracts.base import Contract, Part, key_of

EVENTS = "notifier.events.v1"
STATE = "notifier.state.v1"

FunctionCondition = Literal["available", "not-available", "degraded", "maintenance", "unknown"]


class InterruptionOpened(Contract, type="notifier.interruption-opened.v1", topic=EVENTS):
    """A function, or several of one fault domain, stopped working."""

    interruption_id: UUID
    contract_id: str
    fault_domain: str
    functions: tuple[str, ...]
    started_at: datetime
    detected_at: datetime

    @property
    def subject(self) -> str:
        """The interruption."""
        return str(self.interruption_id)


class InterruptionUpdated(Contract, type="notifier.interruption-updated.v1", topic=EVENTS):
    """The functions touched by an open interruption changed."""

    interruption_id: UUID
    functions: tuple[str, ...]
    sequence: int

    @property
    def subject(self) -> str:
        """The interruption."""
        return str(self.interruption_id)


class InterruptionClosed(Contract, type="notifier.interruption-closed.v1", topic=EVENTS):
    """It works again; `ended_at` is the first success of the run that closed it."""

    interruption_id: UUID
    sequence: int
    ended_at: datetime

    @property
    def subject(self) -> str:
        """The interruption."""
        return str(self.interruption_id)


class InterruptionRetracted(Contract, type="notifier.interruption-retracted.v1", topic=EVENTS):
    """It was a false alarm: there was no interruption, and whoever was told of one is told so."""

    interruption_id: UUID
    sequence: int
    retracted_at: datetime

    @property
    def subject(self) -> str:
        """The interruption."""
        return str(self.interruption_id)


class ContractorAlertAccepted(Contract, type="notifier.contractor-alert-accepted.v1", topic=EVENTS):
    """CMS's mail server took the alert: proof of notice at the time of the interruption (handbook 8.2.1)."""

    interruption_id: UUID
    sequence: int
    message_id: str
    accepted_at: datetime

    @property
    def subject(self) -> str:
        """The interruption."""
        return str(self.interruption_id)


class MessageSent(Contract, type="notifier.message-sent.v1", topic=EVENTS):
    """The mail server took a message to a user. `kind` says about what; neither address nor text stands here."""

    message_id: UUID
    kind: str
    user_id: UUID
    accepted_at: datetime

    @property
    def subject(self) -> str:
        """The message."""
        return str(self.message_id)


class FunctionState(Part):
    """One function of Appendix 9.1 and how it is."""

    code: str
    name: str
    condition: FunctionCondition
    since: datetime


class PortalState(Contract, type="notifier.portal-state.v1", topic=STATE):
    """The banner and the state of each function, whole. The highest (generation, version) wins."""

    contract_id: str
    generation: int
    version: int
    banner: str | None
    banner_since: datetime | None
    functions: tuple[FunctionState, ...]

    @property
    def subject(self) -> str:
        """The contract."""
        return key_of("contract", self.contract_id)
