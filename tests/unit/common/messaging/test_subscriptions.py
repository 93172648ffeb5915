from collections.abc import Sequence
from typing import Any, cast

import pytest

from libs.common.contracts.auth import RoleRemoved, UserAccess
from libs.common.contracts.envelope import Received
from libs.common.messaging.subscriptions import Subscription, by_type
from libs.common.persistence.unit_of_work import UnitOfWork


async def test_several_handlers_of_one_type_run_in_turn() -> None:
    ran = []

    def handler(name: str) -> Any:
        async def handle(_work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
            ran.append((name, len(events)))

        return handle

    subscriptions = [Subscription(RoleRemoved, handler("first")), Subscription(RoleRemoved, handler("second"))]
    found = by_type([*subscriptions, Subscription(UserAccess, handler("state"), state=True)])
    await found[RoleRemoved.type].handler(cast("UnitOfWork", None), [])

    assert ran == [("first", 0), ("second", 0)]
    assert found[UserAccess.type].state
    assert not found[RoleRemoved.type].state


def test_a_type_is_a_state_to_all_or_to_none() -> None:
    async def handle(_work: UnitOfWork, _events: Sequence[Received[Any]]) -> None:
        return

    with pytest.raises(ValueError, match=r"auth\.user-access"):
        by_type([Subscription(UserAccess, handle, state=True), Subscription(UserAccess, handle)])
