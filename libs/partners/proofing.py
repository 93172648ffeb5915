"""What a proofing partner is asked about a person, and what it answers: JSON over HTTPS.

    POST /proofings               `Proofing`; answered by `Proofed`
    GET  /proofings/{reference}   how far a call or a set of documents is; answered by `Proofed`

The partner compares what the person says with what others know of them (NIST SP 800-63A, IAL2). It tells us nothing of
what it compared; `subject` stands for the person, the same each time they are proofed, and is worth nothing elsewhere.
"""

from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_serializer, model_validator


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Proofing(_Part):
    """Who is to be proofed. `ssn` has nine digits. The answer names `proofing_id` again."""

    proofing_id: UUID
    first_name: str
    last_name: str
    birth_date: date
    street: str
    city: str
    state: str
    postal_code: str
    telephone: str
    ssn: SecretStr

    @field_serializer("ssn", when_used="json")
    def _as_sent(self, ssn: SecretStr) -> str:
        return ssn.get_secret_value()


Outcome = Literal["passed", "failed", "telephone", "documents", "refused"]


class Proofed(_Part):
    """What came of it.

    `failed`: what was said does not agree, and may be said again `tries_left` times. `telephone` and `documents`: the
    partner goes on by itself, under `reference`; the person calls `number`, or sends documents as the partner tells
    them there. `refused`: the partner will not proof this person.
    """

    proofing_id: UUID
    outcome: Outcome
    tries_left: int = Field(default=0, ge=0)
    reference: str = Field(default="", max_length=40)
    number: str = Field(default="", max_length=20)
    subject: str = Field(default="", max_length=100)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.outcome == "passed") != bool(self.subject):
            raise ValueError("a subject is told exactly of who passed")
        if (self.outcome in ("telephone", "documents")) != bool(self.reference and self.number):
            raise ValueError("a reference and a number are told exactly where the partner goes on by itself")
        if self.outcome == "failed" and not self.tries_left:
            raise ValueError("who fails may try again")
        return self
