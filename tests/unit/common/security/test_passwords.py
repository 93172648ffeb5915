"""Password hashes: right is right, wrong is wrong, and the file of hashes alone is worth little."""

import pytest

from libs.common.security.passwords import dummy_hash, hash_password, is_outdated, verify_password

PASSWORD = "Lantern Lane 4711"


class Peppers:
    """Two versions of a pepper."""

    def __init__(self, newest: int = 1) -> None:
        self.pepper_version = newest

    def pepper(self, version: int | None = None) -> bytes:
        return bytes([version or self.pepper_version]) * 32


def quick(password: str = PASSWORD, peppers: Peppers | None = None, iterations: int = 10) -> str:
    return hash_password(password, peppers or Peppers(), iterations=iterations)


def test_the_password_verifies_and_another_does_not() -> None:
    stored = quick()
    assert verify_password(PASSWORD, stored, Peppers())
    assert not verify_password(PASSWORD.lower(), stored, Peppers())
    assert not verify_password("", stored, Peppers())


def test_the_default_is_what_the_rules_ask_for() -> None:
    assert hash_password(PASSWORD, Peppers()).startswith("$pbkdf2-sha512$i=210000,k=1$")


def test_two_hashes_of_one_password_differ() -> None:
    assert quick() != quick()


def test_without_the_pepper_it_cannot_be_tried() -> None:
    class Strange(Peppers):
        def pepper(self, version: int | None = None) -> bytes:
            return b"another" + super().pepper(version)

    assert not verify_password(PASSWORD, quick(), Strange())


def test_hashes_under_an_older_pepper_still_verify_and_are_due_for_renewal() -> None:
    stored = quick()
    assert verify_password(PASSWORD, stored, Peppers(2))
    assert is_outdated(stored, Peppers(2), iterations=10)
    assert not is_outdated(stored, Peppers(1), iterations=10)
    assert is_outdated(stored, Peppers(1), iterations=11)


def test_the_same_characters_typed_on_another_keyboard_are_the_same_password() -> None:
    assert verify_password("Cafe\u0301 au lait 4711", quick("Caf\u00e9 au lait 4711"), Peppers())


def test_spaces_around_it_are_slips_of_copying() -> None:
    assert verify_password(f" {PASSWORD}\n", quick(), Peppers())


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "plain",
        "$argon2id$v=19$x$y",
        "$pbkdf2-sha512$i=10$a$b",
        "$pbkdf2-sha512$i=x,k=1$YQ$YQ",
        "$$$$",
        "x$pbkdf2-sha512$i=1,k=1$YQ$YQ",
    ],
)
def test_what_is_no_hash_of_ours_is_an_error_and_not_a_wrong_password(stored: str) -> None:
    with pytest.raises(ValueError, match="not a password hash"):
        verify_password(PASSWORD, stored, Peppers())


def test_a_dummy_has_no_password_but_today_s_cost() -> None:
    dummy = dummy_hash(Peppers())
    assert not is_outdated(dummy, Peppers())
