"""Eligibility files for tests: an inquiry as HETS wants it, an answer with all it may carry, and their reader."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from libs.x12.eligibility.objects import EligibilityAnswer, EligibilityInquiry
from libs.x12.reader import Batch, read_file
from libs.x12.verdicts import FileVerdict
from libs.x12.writing import Envelope
from tests.support.x12 import recounted

TODAY = date(2026, 11, 20)
ENVELOPE = Envelope("SUB00001", "CMS", datetime(2026, 11, 20, 9, 30, tzinfo=UTC), 7)

INQUIRY = """\
ISA*00*          *00*          *ZZ*SUB00001       *ZZ*CMS            *261120*0930*^*00501*000000007*0*T*:~
GS*HS*SUB00001*CMS*20261120*0930*7*X*005010X279A1~
ST*270*0001*005010X279A1~
BHT*0022*13*PORTAL0001*20261120*0930~
HL*1**20*1~
NM1*PR*2*CMS*****PI*CMS~
HL*2*1*21*1~
NM1*1P*2*RIVERSIDE CLINIC*****XX*2994535120~
HL*3*2*22*0~
TRN*1*INQ0001*9SUB000010~
NM1*IL*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~
DMG*D8*19360110~
DTP*291*RD8*20251120-20270320~
EQ*30^42^45^AG^98~
SE*13*0001~
GE*1*7~
IEA*1*000000007~
""".replace("\n", "")

# What an answer of HETS may hold, after the benefits of a public CMS sample: entitlement with an inactive period,
# deductibles, hospital and skilled nursing days, blood, therapy, smoking cessation, preventive services, hospice,
# home health, kidney disease, other payers, Medicare Advantage, Part D and QMB.
ANSWER = recounted(
    """\
ISA*00*          *00*          *ZZ*CMS            *ZZ*SUB00001       *261120*0931*^*00501*000000008*0*T*:~
GS*HB*CMS*SUB00001*20261120*093100*8*X*005010X279A1~
ST*271*0001*005010X279A1~
BHT*0022*11*PORTAL0001*20261120*093102~
HL*1**20*1~
NM1*PR*2*CMS*****PI*CMS~
PER*IC*HETS HELP DESK*TE*8665550173*UR*WWW.CMS.GOV~
HL*2*1*21*1~
NM1*1P*2*RIVERSIDE CLINIC*****XX*2994535120~
HL*3*2*22*0~
TRN*2*INQ0001*9SUB000010~
TRN*1*HETS202611200931*9CMS000001~
NM1*IL*1*ASHGROVE*ALDORA*M**JR*MI*1EG4TE5MK73~
REF*F6*1EG4TE5MK73~
N3*672 OLD ORCHARD WAY*APT 4~
N4*WILLOW BEND*KY*424691020~
DMG*D8*19360110*F~
INS*Y*18*001*25~
DTP*307*RD8*20251120-20270320~
EB*6*IND*30*MA~
DTP*307*RD8*20240101-20240331~
MSG*UNLAWFUL PRESENCE~
EB*1*IND*30*MA~
DTP*307*D8*20010201~
EB*1*IND*30*MB~
DTP*307*D8*20010201~
EB*C*IND*47*MA**29*992~
DTP*435*RD8*20260301-20260320~
EB*F*IND*47*MA**29***DY*60~
DTP*435*RD8*20260301-20260320~
EB*B*IND*47*MA**29*248.00**DY*30~
EB*K*IND*47*MA**33***LA*60~
EB*F*IND*AG*MA**29***DY*20~
EB*B*IND*AG*MA**29*124.5**DY*80~
EB*C*IND*96*MB**29*0~
DTP*292*RD8*20260101-20261231~
EB*A*IND*96*MB**23**.2~
EB*C*IND*10***29***DB*3~
DTP*292*RD8*20260101-20261231~
EB*F*IND*AD*MB**29*1840~
EB*F*IND*PT^AF*MB**29*1840~
EB*F*IND*67*MB**29***P6*8~
HSD*VS*8***29*1~
EB*D*IND**MB*********HC:90669~
DTP*348*D8*20261101~
EB*D*IND**MB*********HC:G0438:25~
DTP*348*D8*20270101~
EB*X*IND*45*MA**26~
DTP*292*RD8*20260401-20260630~
LS*2120~
NM1*1P*2******XX*2952919902~
LE*2120~
EB*X*IND*42*MA**26~
DTP*193*D8*20260105~
DTP*194*D8*20260306~
MSG*DOEBA 20260105~
MSG*DOLBA 20260301~
LS*2120~
NM1*PR*2*MERIDIAN MEDICARE*****PI*15004~
NM1*1P*2******XX*2994535120~
PRV*HH~
LE*2120~
EB*D*IND*15*MA~
DTP*356*D8*20200101~
DTP*198*D8*20230601~
MSG*TRANSPLANT DISCHARGE DATE~
EB*R*IND*30*12~
REF*IG*POLICY77~
DTP*290*RD8*20240101-20241231~
LS*2120~
NM1*PRP*2*GREAT LAKES MUTUAL~
N3*PO BOX 1200~
N4*LANTERNVILLE*KY*428810324~
PER*IC**TE*8005550144~
LE*2120~
EB*R*IND*30*HN*HEALTHY FUTURES~
REF*18*H1234 001*HEALTHY FUTURES PLAN~
DTP*290*D8*20270101~
MSG*MA BILL OPTION CODE C~
LS*2120~
NM1*PRP*2*HEALTHY FUTURES INC~
N3*1 PLAN PLAZA~
N4*LANTERNVILLE*KY*428810324~
PER*IC**TE*8005550145*UR*WWW.HEALTHYFUTURES.EXAMPLE~
LE*2120~
EB*R*IND*88*OT~
REF*18*S5678 002~
DTP*292*D8*20260101~
LS*2120~
NM1*PRP*2*HEALTHY FUTURES DRUG PLAN~
LE*2120~
EB*1*IND*30*QM~
DTP*307*RD8*20260101-20261231~
SE*0*0001~
GE*1*8~
IEA*1*000000008~
""".replace("\n", "")
)

# What must never stand in a finding: every value above that tells of a person or a question.
PRIVATE = ("ASHGROVE", "ALDORA", "1EG4TE5MK73", "INQ0001", "19360110", "OLD ORCHARD", "424691020", "POLICY77")


def read(data: bytes | str, *, received: date = TODAY, chunk: int = 1 << 16) -> tuple[list[Any], FileVerdict]:
    """All objects of a file, and its verdict."""
    raw = data.encode("latin-1") if isinstance(data, str) else data
    *batches, verdict = read_file(
        (raw[start : start + chunk] for start in range(0, len(raw), chunk)), received=received
    )
    assert isinstance(verdict, FileVerdict)
    return [item for batch in batches if isinstance(batch, Batch) for item in batch.items], verdict


def read_inquiry(data: bytes | str, *, received: date = TODAY) -> EligibilityInquiry:
    """The one inquiry of a file."""
    [inquiry], _ = read(data, received=received)
    assert isinstance(inquiry, EligibilityInquiry)
    return inquiry


def read_answer(data: bytes | str) -> EligibilityAnswer:
    """The one answer of a file."""
    [answer], _ = read(data)
    assert isinstance(answer, EligibilityAnswer)
    return answer


def changed(text: str, old: str, new: str) -> str:
    """A file with one thing changed, its segments counted."""
    assert old in text
    return recounted(text.replace(old, new, 1))


def body(pieces: bytes | Iterable[bytes]) -> list[str]:
    """The segments of a file from BHT to before SE, without line ends and empty elements at the end."""
    raw = pieces if isinstance(pieces, bytes) else b"".join(pieces)
    segments = [segment.strip().rstrip("*") for segment in raw.decode("ascii").split("~")]
    return [each for each in segments if each.split("*")[0] not in {"ISA", "GS", "ST", "SE", "GE", "IEA", ""}]
