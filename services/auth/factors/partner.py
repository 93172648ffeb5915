"""The way to phones: one message over HTTPS, in the words of `libs.partners.phone_messages`."""

from uuid import UUID

import httpx
from opentelemetry.trace import SpanKind
from pydantic import SecretStr, ValidationError

from libs.common.observability.traces import span
from libs.common.settings import Settings
from libs.partners import phone_messages as contract
from libs.partners.trust import trust
from services.auth.factors.domain import Channel
from services.auth.settings import auth_settings

CREDENTIALS = "phone-messages"
"""The folder with what it gave us; a cluster has a Secret of this name."""


class PhonesUnreachableError(Exception):
    """The partner did not take the message. The text is an error class or a status, nothing else."""


async def tell_phone(settings: Settings, message_id: UUID, channel: Channel, number: str, text: str) -> None:
    """Have `text` sent or spoken to `number` (E.164). Raises `PhonesUnreachableError`."""
    message = contract.Message.model_validate(
        {"message_id": message_id, "channel": channel, "number": number, "text": SecretStr(text)}
    )
    ours = auth_settings()
    try:
        with span("tell phone", kind=SpanKind.CLIENT):
            async with httpx.AsyncClient(
                verify=trust(settings, CREDENTIALS), trust_env=False, timeout=ours.phone_messages_seconds
            ) as client:
                answer = await client.post(
                    ours.phone_messages(settings),
                    content=message.model_dump_json(),
                    headers={"content-type": "application/json"},
                )
    except (httpx.HTTPError, OSError) as error:
        raise PhonesUnreachableError(type(error).__name__) from error
    if answer.status_code != httpx.codes.OK:
        raise PhonesUnreachableError(f"status {answer.status_code}")
    try:
        taken = contract.Taken.model_validate_json(answer.content)
    except ValidationError as error:
        raise PhonesUnreachableError("not-readable") from error
    if taken.message_id != message_id:
        raise PhonesUnreachableError("another-message")
