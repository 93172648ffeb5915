"""A program that uses the portal's API: it signs for a token with its own key (`private_key_jwt`) and speaks JSON."""

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from libs.common.clock import SystemClock
from simulators.population import ApiClient
from tools.walk.place import Place

TOKEN = "/api/auth/token"  # noqa: S105 - an address
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFE_SECONDS = 120


class Program:
    """One client of the API. It acts for one enrollment, with one token until `sign_in` is called again."""

    def __init__(self, place: Place, client: ApiClient) -> None:
        self.place = place
        self.registered = client
        self.client = place.client(headers={"accept": "application/json"})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.aclose()

    def assertion(self, **changed: Any) -> str:
        """A signed statement of who asks, good once. `changed` are claims to be different, for what must be refused."""
        now = int(SystemClock().now().timestamp())
        claims = {
            "iss": self.registered.client_id,
            "sub": self.registered.client_id,
            "aud": f"{self.place.address}{TOKEN}",
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + _LIFE_SECONDS,
            **changed,
        }
        key = ECKey.import_key(self.registered.private_key_pem)
        return jwt.encode({"alg": "ES256", "typ": "JWT", "kid": self.registered.key_id}, claims, key)

    async def ask_token(self, assertion: str, enrollment_id: UUID | None = None) -> httpx.Response:
        """Ask for an access token with `assertion`, to act for `enrollment_id` if more than one could be meant."""
        scope = {"scope": f"enrollment:{enrollment_id}"} if enrollment_id else {}
        return await self.client.post(
            TOKEN,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion,
                **scope,
            },
        )

    async def sign_in(self, enrollment_id: UUID | None = None) -> None:
        """Get an access token and use it from now on. Raises `httpx.HTTPStatusError` when it is refused."""
        answer = (await self.ask_token(self.assertion(), enrollment_id)).raise_for_status()
        self.client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Ask for what is at `path`."""
        return await self.client.get(path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        """Send to `path`."""
        return await self.client.post(path, **options)

    async def send_file(self, content: bytes | AsyncIterator[bytes], *, key: str | None = None) -> httpx.Response:
        """Send a claim file. With the `key` of an earlier attempt it is the same submission."""
        headers = {"content-type": "application/edi-x12", "idempotency-key": key or str(uuid4())}
        return await self.client.post("/api/claims/submissions", content=content, headers=headers)
