from collections.abc import Iterator

import pytest

from services.auth.settings import auth_settings


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash with few rounds: each test signs people in, and a quarter of a second each would be most of its time."""
    monkeypatch.setenv("PORTICO_AUTH_PASSWORD_ITERATIONS", "1000")
    auth_settings.cache_clear()
    yield
    monkeypatch.undo()
    auth_settings.cache_clear()
