import pytest
import typer

from services.auth.staff.domain import NewMember
from tools.staff import member_of


def test_a_person_is_named_by_name_mail_address_and_user_id() -> None:
    assert member_of("Ana Ruiz, ana@mac.example, Ana.Ruiz") == NewMember("Ana Ruiz", "ana@mac.example", "ana.ruiz")


@pytest.mark.parametrize(
    "words", ["Ana Ruiz", "Ana Ruiz,ana.ruiz", "Ruiz, Ana,ana@mac.example,ana.ruiz", "Ana,ana.ruiz,ana@mac.example"]
)
def test_what_is_not_in_three_parts_is_said(words: str) -> None:
    with pytest.raises(typer.BadParameter, match="with commas between them"):
        member_of(words)
