import os
import resource
import time

import pytest

from tests.support.remittance import *
from tests.support.remittance import remittance_service


def cpu():
    a = resource.getrusage(resource.RUSAGE_SELF)
    return a.ru_utime + a.ru_stime


@pytest.mark.timeout(900)
async def test_it(databases):
    settings = await databases("remittance")
    claims = decided_claims(2600)[:2500]
    async with remittance_service(settings) as portal:
        for s in range(0, len(claims), 500):
            await portal.know(claims[s : s + 500])
        files = [
            portal.advice(remittance_file(claims, trace=f"L{n}"), claims=len(claims), advice_id=n) for n in range(1, 4)
        ]
        small = [
            portal.advice(remittance_file(claims[n * 25 : n * 25 + 25], trace=f"S{n}"), claims=25, advice_id=100 + n)
            for n in range(60)
        ]
        out = []
        for f in files:
            a, t = cpu(), time.perf_counter()
            await portal.post(f)
            out.append((round(cpu() - a, 2), round(time.perf_counter() - t, 2)))
        a, t = cpu(), time.perf_counter()
        if os.environ.get("ONE"):
            await portal.post(*small)
        else:
            for f in small:
                await portal.post(f)
        out.append((round(cpu() - a, 2), round(time.perf_counter() - t, 2)))
        n = await portal.rows("SELECT count(*) FROM remittance")
        open(f"/tmp/tmp_bench_{os.environ['WHO']}.txt", "a").write(f"{out} {n} load {os.getloadavg()[0]:.1f}\n")
