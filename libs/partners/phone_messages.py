"""What the partner that reaches phones is asked, and what it answers: JSON over HTTPS.

    POST /messages   `Message`; answered by `Taken`

It texts, or calls and speaks. That it took a message does not say that a phone rang: the person says so, by the code.
"""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_serializer


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(_Part):
    """What to tell which phone. `number` is in the form of E.164; `text` holds a code. Sent twice, it is told once."""

    message_id: UUID
    channel: Literal["sms", "voice"]
    number: str = Field(pattern=r"^\+[1-9][0-9]{7,14}$")
    text: SecretStr = Field(max_length=300)

    @field_serializer("text", when_used="json")
    def _as_sent(self, text: SecretStr) -> str:
        return text.get_secret_value()


class Taken(_Part):
    """The message is on its way."""

    message_id: UUID
