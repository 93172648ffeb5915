"""What the pages of a registration show of the authenticator that is set up."""

from libs.common.runtime import Runtime
from services.auth.registration.domain import Registration
from services.auth.registration.tables import SECRET


def secret_of(runtime: Runtime, found: Registration) -> str:
    """The secret for the person's authenticator, as its app takes it. Raises `LookupError` at another step."""
    if found.sealed_secret is None:
        raise LookupError("the secret of an authenticator")
    return SECRET.open(runtime.keys, found.sealed_secret, found.registration_id)
