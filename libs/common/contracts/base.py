"""What a contract is: a frozen model of one event type, with its topic, registered under its name.

Additive within a version; a new meaning is a new type. No PHI: ids, codes, amounts, keyed tokens, sealed fields.
"""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

REGISTRY: dict[str, type["Contract"]] = {}


class Contract(BaseModel):
    """Base of every event. A subclass names its `type` and `topic` and tells its aggregate by `subject`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    topic: ClassVar[str]

    def __init_subclass__(cls, *, type: str, topic: str, **rest: Any) -> None:  # noqa: A002 - CloudEvents' own word
        super().__init_subclass__(**rest)
        cls.type = type
        cls.topic = topic
        if type in REGISTRY:
            raise TypeError(f"two contracts are named {type}")
        REGISTRY[type] = cls

    @property
    def subject(self) -> str:
        """The id of the aggregate this event is about: the partition key, hence the unit of order."""
        raise NotImplementedError


class Part(BaseModel):
    """A piece of a contract."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def key_of(*parts: str | UUID) -> str:
    """A subject made of several ids."""
    return ":".join(str(part) for part in parts)
