"""Institutional claims for tests: one stay and one visit as text, and a reader that returns everything at once."""

from datetime import date

from libs.x12.claim.objects import InstitutionalClaim
from libs.x12.reader import Batch, read_file
from libs.x12.verdicts import FileVerdict
from simulators.population import institutional_claim_file
from tests.support.x12 import RECEIVED

_HEAD = """\
ISA*00*          *00*          *ZZ*SUB00001       *ZZ*15004          *261120*0930*^*00501*000000001*0*T*:~
GS*HC*SUB00001*15004*20261120*0930*1*X*005010X223A2~
ST*837*0001*005010X223A2~
BHT*0019*00*BATCH7*20261120*0930*CH~
NM1*41*2*RIVERSIDE HOSPITAL*****46*SUB00001~
PER*IC*EDI DESK*TE*8005550142~
NM1*40*2*MERIDIAN MEDICARE*****46*15004~
HL*1**20*1~
PRV*BI*PXC*282N00000X~
NM1*85*2*RIVERSIDE HOSPITAL*****XX*2913046803~
N3*529 BLUEBIRD COURT~
N4*LANTERNVILLE*KY*428810324~
REF*EI*001000001~
HL*2*1*22*0~
SBR*P*18*******MA~
NM1*IL*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~
N3*672 OLD ORCHARD WAY~
N4*WILLOW BEND*KY*424691020~
DMG*D8*19360110*F~
NM1*PR*2*MERIDIAN MEDICARE*****PI*15004~
"""

# A stay of three days in an acute care hospital.
STAY = f"""\
{_HEAD}CLM*PCN0001*7150***11:A:1**A*Y*Y~
DTP*096*TM*1100~
DTP*434*RD8*20260920-20260923~
DTP*435*DT*202609201705~
CL1*3*1*01~
REF*EA*RECORD7~
HI*ABK:E785:::::::Y~
HI*ABJ:R0602~
HI*ABF:I10:::::::N*ABF:Z0000~
HI*BBR:02703DZ:D8:20260921~
HI*BBQ:4A023N7:D8:20260921~
HI*BI:71:RD8:20260801-20260805~
HI*BH:11:D8:20260919~
HI*BE:80:::3*BE:01:::1850.00~
HI*BG:09~
NM1*71*1*OAKENSHIRE*BRAMWIN****XX*2952919902~
PRV*AT*PXC*207Q00000X~
NM1*72*1*PEBBLEWICK*CORWENNA****XX*2952919902~
LX*1~
SV2*0120**5550*DA*3~
LX*2~
SV2*0250**1600*UN*40**100~
SE*41*0001~
GE*1*1~
IEA*1*000000001~
""".replace("\n", "")

# A visit to the emergency room of the same hospital.
VISIT = f"""\
{_HEAD}CLM*PCN0002*610***13:A:1**A*Y*Y~
DTP*434*RD8*20260923-20260924~
CL1*1*1*01~
HI*ABK:R0602~
HI*APR:R0602~
NM1*71*1*OAKENSHIRE*BRAMWIN****XX*2952919902~
LX*1~
SV2*0450*HC:99284:25*450*UN*1~
DTP*472*D8*20260923~
LX*2~
SV2*0730*HC:93005*160*UN*2~
DTP*472*D8*20260924~
SE*31*0001~
GE*1*1~
IEA*1*000000001~
""".replace("\n", "")


def read_institutional(data: bytes | str, *, received: date = RECEIVED) -> tuple[list[InstitutionalClaim], FileVerdict]:
    """All institutional claims of a file, and its verdict."""
    raw = data.encode("latin-1") if isinstance(data, str) else data
    *batches, verdict = read_file([raw], received=received)
    assert isinstance(verdict, FileVerdict)
    claims = [claim for batch in batches if isinstance(batch, Batch) for claim in batch.of(InstitutionalClaim)]
    return claims, verdict


def institutional_population_file(**choices: int) -> bytes:
    """An 837I of the simulated population."""
    return b"".join(institutional_claim_file(received=RECEIVED, **choices))
