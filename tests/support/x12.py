"""Claim files for tests: one valid claim as text, and a reader that returns everything at once."""

from datetime import UTC, date, datetime

from libs.x12.acknowledgment.writer import answering, write_999, write_ta1
from libs.x12.claim.objects import ProfessionalClaim
from libs.x12.reader import Batch, read_file
from libs.x12.verdicts import FileVerdict, InterchangeVerdict
from simulators.population import claim_file

RECEIVED = date(2026, 11, 20)
ANSWERED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

ONE_CLAIM = """\
ISA*00*          *00*          *ZZ*SUB00001       *ZZ*15004          *261120*0930*^*00501*000000001*0*T*:~
GS*HC*SUB00001*15004*20261120*0930*1*X*005010X222A1~
ST*837*0001*005010X222A1~
BHT*0019*00*BATCH7*20261120*0930*CH~
NM1*41*2*RIVERSIDE CLINIC*****46*SUB00001~
PER*IC*EDI DESK*TE*8005550142~
NM1*40*2*MERIDIAN MEDICARE*****46*15004~
HL*1**20*1~
PRV*BI*PXC*207Q00000X~
NM1*85*2*RIVERSIDE CLINIC*****XX*2994535120~
N3*529 BLUEBIRD COURT~
N4*LANTERNVILLE*KY*428810324~
REF*EI*001000001~
HL*2*1*22*0~
SBR*P*18*******MB~
NM1*IL*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~
N3*672 OLD ORCHARD WAY~
N4*WILLOW BEND*KY*424691020~
DMG*D8*19360110*F~
NM1*PR*2*MERIDIAN MEDICARE*****PI*15004~
CLM*PCN0001*182***11:B:1*Y*A*Y*Y~
HI*ABK:E785*ABF:Z0000~
NM1*82*2*RENDERING PROVIDER*****XX*2952919902~
LX*1~
SV1*HC:99203:25*160*UN*1***1:2~
DTP*472*D8*20260923~
LX*2~
SV1*HC:85025*22*UN*1***1~
DTP*472*D8*20260923~
SE*28*0001~
GE*1*1~
IEA*1*000000001~
""".replace("\n", "")

# What must never stand in a finding: every value of the claim above that tells of a person or a claim.
PRIVATE = ("ASHGROVE", "ALDORA", "1EG4TE5MK73", "PCN0001", "19360110", "OLD ORCHARD", "424691020", "E785")


def read(
    data: bytes | str, *, received: date = RECEIVED, chunk: int = 1 << 16
) -> tuple[list[ProfessionalClaim], FileVerdict]:
    """All claims of a file, and its verdict."""
    raw = data.encode("latin-1") if isinstance(data, str) else data
    *batches, verdict = read_file(
        (raw[start : start + chunk] for start in range(0, len(raw), chunk)), received=received
    )
    assert isinstance(verdict, FileVerdict)
    claims = [claim for batch in batches if isinstance(batch, Batch) for claim in batch.of(ProfessionalClaim)]
    return claims, verdict


def population_file(**choices: int) -> bytes:
    """A file of the simulated population."""
    return b"".join(claim_file(received=RECEIVED, **choices))


def changed(text: str, *changes: tuple[str, str]) -> str:
    """`text` with each change (old, new) made once, its segments counted."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return recounted(text)


def recounted(text: str) -> str:
    """`text` with its segment count (SE01) made right again, so that a mutant has one fault only."""
    head, _, tail = text.rpartition("~SE*")
    body = head[head.index("~ST*") + 1 :]
    count = body.count("~") + 2
    return f"{head}~SE*{count}{tail[tail.index('*') :]}"


def answered(interchange: InterchangeVerdict) -> bytes:
    """What an interchange is answered, its claims aside: its TA1 and its 999, as far as it takes them."""
    note = write_ta1(interchange, answering(interchange, ANSWERED, 7)) if interchange.takes_ta1 else b""
    return note + b"".join(write_999(interchange, answering(interchange, ANSWERED, 8)))
