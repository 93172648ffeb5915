"""How fast one eligibility answer is read, judged and made into objects, and written, beside a plain `split`.

`python -m bench.x12_271 [rounds]`: milliseconds for one 271 of one subscriber and 50 segments, the median of `rounds`,
with the guide's patterns compiled. The other libraries of the benches, pyx12 4.0.0 and oxedi 0.6.0, have no map for
the 270 and 271 of guide 005010X279A1, so `split` is the only peer.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

from bench.measuring import line
from libs.x12.eligibility.objects import EligibilityAnswer
from libs.x12.eligibility.writer import write_271
from libs.x12.reader import Batch, read_file
from libs.x12.writing import Envelope

RECEIVED = date(2026, 11, 20)
ENVELOPE = Envelope("CMS", "SUB00001", datetime(2026, 11, 20, 9, 31, tzinfo=UTC), 8)
SEGMENTS = 50

ANSWER = """\
ISA*00*          *00*          *ZZ*CMS            *ZZ*SUB00001       *261120*0931*^*00501*000000008*0*T*:~
GS*HB*CMS*SUB00001*20261120*0931*8*X*005010X279A1~
ST*271*0001*005010X279A1~
BHT*0022*11*PORTAL0001*20261120*0931~
HL*1**20*1~
NM1*PR*2*CMS*****PI*CMS~
HL*2*1*21*1~
NM1*1P*2*RIVERSIDE CLINIC*****XX*2994535120~
HL*3*2*22*0~
TRN*2*INQ0001*9SUB000010~
NM1*IL*1*ASHGROVE*ALDORA*M***MI*1EG4TE5MK73~
N3*672 OLD ORCHARD WAY~
N4*WILLOW BEND*KY*424691020~
DMG*D8*19360110*F~
INS*Y*18~
DTP*307*RD8*20251120-20270320~
EB*1*IND*30*MA~
DTP*307*D8*20010201~
EB*1*IND*30*MB~
DTP*307*D8*20010201~
EB*C*IND*47*MA**29*992~
DTP*435*RD8*20260301-20260320~
EB*F*IND*47*MA**29***DY*60~
EB*B*IND*47*MA**29*248**DY*30~
EB*K*IND*47*MA**33***LA*60~
EB*F*IND*AG*MA**29***DY*20~
EB*B*IND*AG*MA**29*124**DY*80~
EB*C*IND*96*MB**29*0~
DTP*292*RD8*20260101-20261231~
EB*F*IND*PT^AF*MB**29*1840~
EB*D*IND**MB*********HC:90669~
DTP*348*D8*20261101~
EB*X*IND*45*MA**26~
DTP*292*RD8*20260401-20260630~
LS*2120~
NM1*1P*2******XX*2952919902~
LE*2120~
EB*R*IND*30*12~
REF*IG*POLICY77~
DTP*290*RD8*20240101-20241231~
LS*2120~
NM1*PRP*2*GREAT LAKES MUTUAL~
N3*PO BOX 1200~
N4*LANTERNVILLE*KY*428810324~
LE*2120~
EB*R*IND*88*OT~
REF*18*S5678 002~
DTP*292*D8*20260101~
EB*1*IND*30*QM~
DTP*307*RD8*20260101-20261231~
MSG*COINSURANCE AND DEDUCTIBLE ARE PAID BY THE STATE~
SE*50*0001~
GE*1*8~
IEA*1*000000008~
""".replace("\n", "").encode("ascii")


def read() -> EligibilityAnswer:
    """Read, validate and return the answer."""
    found: list[EligibilityAnswer] = []
    for event in read_file([ANSWER], received=RECEIVED):
        if isinstance(event, Batch):
            found += event.of(EligibilityAnswer)
    return found[0]


def split() -> None:
    """Do the least any reader must do."""
    for segment in ANSWER.decode("ascii").split("~"):
        segment.split("*")


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median of `rounds`, after some to warm up."""
    for _ in range(10):
        work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def measure(rounds: int) -> dict[str, float | str]:
    """Return the figures for one answer."""
    answer = read()
    return {
        "segments": SEGMENTS,
        "benefits": len(answer.benefits),
        "read_ms": milliseconds(read, rounds),
        "write_ms": milliseconds(lambda: b"".join(write_271([answer], ENVELOPE)), rounds),
        "split_ms": milliseconds(split, rounds),
        "pyx12": "no-map",
        "oxedi": "no-map",
        "goal_ms": 1,
    }


async def run() -> None:
    """Measure one answer of 50 segments and print its line."""
    line("x12-271", **measure(1000))


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=1000)
    line("x12-271", **measure(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
