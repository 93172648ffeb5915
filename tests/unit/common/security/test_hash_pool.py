"""Password hashes keep neither the cores nor the patience of whoever works in the portal."""

import os
import threading
from contextlib import ExitStack

import pytest

from libs.common.errors import Rejected
from libs.common.security.hash_pool import HashPool


def test_who_finds_no_place_is_refused_until_one_is_free() -> None:
    pool = HashPool(waiting=1)
    places = (os.cpu_count() or 1) + 1
    with ExitStack() as taken:
        for _ in range(places):
            taken.enter_context(pool.place())
        with pytest.raises(Rejected) as refused, pool.place():
            pass
        assert (refused.value.code, refused.value.status) == ("busy", 503)
    with pool.place():
        pass


async def test_a_hash_gives_way_to_requests() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    with HashPool(waiting=0).place() as pool:
        assert await pool.run(priority) > priority()
