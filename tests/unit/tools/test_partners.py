import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from libs.common.settings import Settings
from simulators.behaving import Behavior as PhoneMessagesBehavior
from simulators.cms_mailbox.mailbox import Behavior as MailboxBehavior
from simulators.hets.server import Behavior as HetsBehavior
from simulators.item_history.server import Behavior as ItemHistoryBehavior
from simulators.mbi_look_up.server import Behavior as MbiLookUpBehavior
from simulators.proofing.server import Behavior as ProofingBehavior
from simulators.qic.server import Behavior as QicBehavior
from simulators.shared_system.window import Behavior as SharedSystemBehavior
from tools import partners
from tools.partners import WINDOWS, Action, application

UNDERSTOOD: dict[str, type[BaseModel]] = {
    "cms_mailbox": MailboxBehavior,
    "shared_system": SharedSystemBehavior,
    "hets": HetsBehavior,
    "item_history": ItemHistoryBehavior,
    "mbi_look_up": MbiLookUpBehavior,
    "proofing": ProofingBehavior,
    "phone_messages": PhoneMessagesBehavior,
    "qic": QicBehavior,
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Action, float]]:
    """What the tool would have told whom."""
    found: list[tuple[str, Action, float]] = []

    async def tell(_settings: Settings, name: str, action: Action, seconds: float) -> bool:
        found.append((name, action, seconds))
        return name != "shared_system"

    monkeypatch.setattr(partners, "tell", tell)
    return found


@pytest.mark.parametrize("name", WINDOWS)
def test_each_simulator_understands_what_it_is_told_and_knows_every_word(name: str) -> None:
    model = UNDERSTOOD[name]
    usual = model()
    changed = [WINDOWS[name].behavior(action, 3.0) for action in (Action.SLOW, Action.REFUSE)]

    assert all(set(each) <= set(model.model_fields) for each in changed)
    assert all(model.model_validate(each) != usual for each in changed)
    assert "3.0" in str(model.model_validate(changed[0]))
    assert model.model_validate(WINDOWS[name].behavior(Action.RECOVER, 0)) == usual


def test_it_says_what_the_partner_does_from_now_on(told: list[tuple[str, Action, float]]) -> None:
    run = CliRunner().invoke
    assert "hets answers 3 s late." in run(application, ["hets", "slow", "3"]).output
    assert "cms_mailbox takes no mail for now" in run(application, ["cms_mailbox", "refuse"]).output
    assert "hets works as usual." in run(application, ["hets", "recover"]).output
    assert told == [("hets", Action.SLOW, 3.0), ("cms_mailbox", Action.REFUSE, 0.0), ("hets", Action.RECOVER, 0.0)]


def test_a_partner_that_does_not_answer_is_said_to_be_away(told: list[tuple[str, Action, float]]) -> None:
    result = CliRunner().invoke(application, ["shared_system", "recover"])

    assert told
    assert (result.exit_code, "Is the portal running?" in result.output) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [["nobody", "refuse"], ["hets", "slow"], ["hets", "refuse", "3"], ["hets", "slow", "-1"], ["hets", "sleep"], []],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], told: list[tuple[str, Action, float]]) -> None:
    assert CliRunner().invoke(application, arguments).exit_code == 2
    assert told == []
