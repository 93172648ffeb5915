# ruff: noqa: E501  one mutant, one line
"""Remittances for tests: one valid 835 as text, a reader that returns everything at once, and single faults."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from libs.x12.reader import Batch, read_file
from libs.x12.remittance.objects import RemittanceAdvice, RemittedClaim
from libs.x12.verdicts import FileVerdict
from libs.x12.writing import Envelope
from tests.support.x12 import recounted

RECEIVED = date(2026, 11, 22)
ENVELOPE = Envelope("15004", "SUB00001", datetime(2026, 11, 20, 4, 30, tzinfo=UTC), 7, usage="T")
EXAMPLES = Path(__file__).parent / "x12_examples" / "835"

ONE_REMITTANCE = """\
ISA*00*          *00*          *ZZ*15004          *ZZ*SUB00001       *261120*0430*^*00501*000000001*0*T*:~
GS*HP*15004*SUB00001*20261120*0430*1*X*005010X221A1~
ST*835*0001~
BPR*I*133.75*C*ACH*CCP*01*000900012*DA*0009000123*1000900009**01*000900025*DA*00001000001*20261121~
TRN*1*1500426324*1000900009~
DTM*405*20261120~
N1*PR*MERIDIAN MEDICARE~
N3*1 LANTERN SQUARE~
N4*LANTERNVILLE*KY*428810001~
REF*2U*15004~
PER*BL*EDI DESK*TE*8005550142~
N1*PE*RIVERSIDE CLINIC*XX*2994535120~
REF*TJ*001000001~
LX*1~
CLP*PCN0001*1*182*94.08*24*MB*1126324000001*11*1~
NM1*QC*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~
NM1*82*1*OAKENSHIRE*BRAMWIN****XX*2952919902~
MOA***MA01~
DTM*232*20260923~
DTM*233*20260923~
DTM*050*20260930~
AMT*I*1.27~
SVC*HC:99203:25*160*94.08**1~
DTM*472*20260923~
CAS*CO*45*40**253*1.92~
CAS*PR*2*24~
REF*6R*000101~
AMT*B6*120~
SVC*HC:85025*22*0**1~
DTM*472*20260923~
CAS*CO*50*22~
LQ*HE*N115~
CLP*PCN0002*22*-50*-30*-10*MB*1126301000007*11*1~
NM1*QC*1*KESTRELBY*OSGARTH****MI*1EG4TE5MK74~
DTM*232*20260901~
DTM*233*20260901~
SVC*HC:80053*-50*-30**1~
DTM*472*20260901~
CAS*CO*45*-10~
CAS*PR*2*-10~
CLP*PCN0003*19*100*78.4**MA*1126324000003*13*1~
CAS*CO*45*20**253*1.6~
NM1*QC*1*LARCHWATER*FIORELLE****MI*1EG4TE5MK75~
NM1*TT*2*LANTERN SUPPLEMENTAL*****PI*00777~
MOA***MA18~
DTM*232*20260915~
DTM*233*20260916~
PLB*2994535120*20261231*L6:INT1*-1.27*WO:OLD1*10~
SE*47*0001~
GE*1*1~
IEA*1*000000001~
""".replace("\n", "")

# What must never stand in a finding: every value above that tells of a person, a claim or an account.
PRIVATE = ("ASHGROVE", "ALDORA", "1EG4TE5MK73", "PCN0001", "KESTRELBY", "PCN0002", "0009000123", "2994535120")


class Read(NamedTuple):
    """Everything a file holds."""

    advices: list[RemittanceAdvice]
    claims: list[RemittedClaim]
    verdict: FileVerdict


def read(data: bytes | str, *, received: date = RECEIVED, chunk: int = 1 << 16) -> Read:
    """All remittances of a file, their claims, and the verdict."""
    raw = data.encode("latin-1") if isinstance(data, str) else data
    *batches, verdict = read_file(
        (raw[start : start + chunk] for start in range(0, len(raw), chunk)), received=received
    )
    assert isinstance(verdict, FileVerdict)
    found = [batch for batch in batches if isinstance(batch, Batch)]
    advices = [item for batch in found for item in batch.of(RemittanceAdvice)]
    return Read(advices, [item for batch in found for item in batch.of(RemittedClaim)], verdict)


class Mutant(NamedTuple):
    """`old` becomes `new`; then `code` must be found at `segment` and, for elements, `element`."""

    name: str
    old: str
    new: str
    segment: str
    code: str
    element: int = 0

    @property
    def text(self) -> str:
        """The faulty file, its segments counted."""
        assert self.old in ONE_REMITTANCE, self.name
        changed = ONE_REMITTANCE.replace(self.old, self.new, 1)
        return changed if self.segment == "SE" else recounted(changed)


BANKS = "*ACH*CCP*01*000900012*DA*0009000123*1000900009**01*000900025*DA*00001000001*"
LINE = "SVC*HC:85025*22*0**1~DTM*472*20260923~CAS*CO*50*22~LQ*HE*N115~"

# Structure (SNIP 1 and 2).
STRUCTURE = (
    Mutant("wrong segment count", "SE*47*", "SE*48*", "SE", "segment-count", 1),
    Mutant("payment missing", f"BPR*I*133.75*C{BANKS}20261121~", "", "BPR", "segment-missing"),
    Mutant("trace missing", "TRN*1*1500426324*1000900009~", "", "TRN", "segment-missing"),
    Mutant("payer missing", "N1*PR*MERIDIAN MEDICARE~N3*1 LANTERN SQUARE~N4*LANTERNVILLE*KY*428810001~REF*2U*15004~PER*BL*EDI DESK*TE*8005550142~", "", "N1", "loop-missing"),
    Mutant("technical contact missing", "PER*BL*EDI DESK*TE*8005550142~", "", "PER", "segment-missing"),
    Mutant("patient missing", "NM1*QC*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~", "", "NM1", "segment-missing"),
    Mutant("two payment days", "DTM*405*20261120~", "DTM*405*20261120~DTM*405*20261120~", "DTM", "segment-repeats"),
    Mutant("patient twice", "NM1*QC*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~", "NM1*QC*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~" * 2, "NM1", "segment-repeats"),
    Mutant("unknown segment", "MOA***MA01~", "ZZZ*1~MOA***MA01~", "ZZZ", "segment-unknown"),
    Mutant("segment of another loop", "MOA***MA01~", "LQ*HE*N115~MOA***MA01~", "LQ", "segment-unexpected"),
    Mutant("adjustment after the names", "MOA***MA01~", "MOA***MA01~CAS*CO*45*1~", "CAS", "segment-out-of-order"),
    Mutant("effective day missing", "*00001000001*20261121~", "*00001000001~", "BPR", "element-missing", 16),
    Mutant("unknown handling", "BPR*I*", "BPR*Q*", "BPR", "code-not-allowed", 1),
    Mutant("neither credit nor debit", "BPR*I*133.75*C*", "BPR*I*133.75*Q*", "BPR", "code-not-allowed", 3),
    Mutant("number of another payment", "TRN*1*", "TRN*2*", "TRN", "code-not-allowed", 1),
    Mutant("payee under an unknown number", "RIVERSIDE CLINIC*XX*", "RIVERSIDE CLINIC*QQ*", "N1", "code-not-allowed", 3),
    Mutant("neither payer nor payee", "N1*PE*", "N1*QQ*", "N1", "code-not-allowed", 1),
    Mutant("payment is no number", "*94.08*24*MB", "*9A.08*24*MB", "CLP", "not-a-number", 4),
    Mutant("no such day", "DTM*232*20260923", "DTM*232*20260931", "DTM", "invalid-date", 2),
    Mutant("reason without amount", "CAS*CO*45*40**253*1.92", "CAS*CO*45*40**253", "CAS", "relation-missing", 6),
    Mutant("fiscal period missing", "PLB*2994535120*20261231*", "PLB*2994535120**", "PLB", "element-missing", 2),
    Mutant("claim number too long", "PCN0001", "9" * 39, "CLP", "value-too-long", 1),
    Mutant("element not used", "*11*1~NM1*QC*1*ASHGROVE", "*11*1*9~NM1*QC*1*ASHGROVE", "CLP", "value-not-used", 10),
    Mutant("guide named in the header", "ST*835*0001~", "ST*835*0001*005010X221A1~", "ST", "guide-not-used"),
)  # fmt: skip

# Money would be posted wrongly: the remittance is refused as a whole.
WHOLE = (
    Mutant("payment differs", "BPR*I*133.75", "BPR*I*133.76", "BPR", "payment-total", 2),
    Mutant("provider adjustment differs", "WO:OLD1*10~", "WO:OLD1*11~", "BPR", "payment-total", 2),
    Mutant("claim payment differs", "*182*94.08*24", "*182*94.09*24", "CLP", "claim-balance", 4),
    Mutant("claim adjustment differs", "CAS*CO*45*20**253*1.6~", "CAS*CO*45*20**253*1.5~", "CLP", "claim-balance", 4),
    Mutant("line payment differs", "*160*94.08**1", "*160*94.07**1", "SVC", "line-balance", 3),
    Mutant("line adjustment differs", "CAS*PR*2*24~", "CAS*PR*2*23~", "SVC", "line-balance", 3),
    Mutant("line missing", LINE, "", "CLP", "line-charges", 3),
    Mutant("parts of a cent", "CAS*CO*50*22~", "CAS*CO*50*22.001~", "CAS", "amount-form", 3),
    Mutant("parts of a cent of a sum", "AMT*B6*120~", "AMT*B6*120.125~", "AMT", "amount-form", 2),
    Mutant("amount of eleven digits", "AMT*B6*120~", "AMT*B6*123456789~", "AMT", "amount-form", 2),
    Mutant("charge of eleven digits", "*182*94.08*24", "*123456789*94.08*24", "CLP", "amount-form", 3),
    Mutant("provider adjustment of eleven digits", "WO:OLD1*10~", "WO:OLD1*123456789.1~", "PLB", "amount-form", 6),
    Mutant("rate of eleven digits", "MOA***MA01~", "MOA**123456789*MA01~", "MOA", "amount-form", 2),
    Mutant("negative payment", "BPR*I*133.75", "BPR*I*-133.75", "BPR", "payment-negative", 2),
    Mutant("handling without payment", "BPR*I*", "BPR*H*", "BPR", "payment-notified", 2),
    Mutant("method without payment", BANKS, "*NON************", "BPR", "payment-notified", 2),
    Mutant("prenotification of money", "BPR*I*", "BPR*P*", "BPR", "payment-notified", 2),
    Mutant("notification of money", f"BPR*I*133.75*C{BANKS}", "BPR*H*133.75*C*NON************", "BPR", "payment-notified", 2),
    Mutant("reversal with a charge", "PCN0002*22*-50*", "PCN0002*22*50*", "CLP", "reversal-sign", 3),
    Mutant("reversal of a line with a charge", "SVC*HC:80053*-50*", "SVC*HC:80053*50*", "SVC", "reversal-sign", 2),
    Mutant("negative charge without reversal", "PCN0002*22*", "PCN0002*1*", "CLP", "charge-sign", 3),
    Mutant("denied and paid", "PCN0001*1*", "PCN0001*4*", "CLP", "status-unpaid", 4),
)  # fmt: skip

# What rejects nothing: on the claim.
OF_A_CLAIM = (
    Mutant("frequency without facility", "*1126324000001*11*1~", "*1126324000001**1~", "CLP", "facility-missing", 8),
    Mutant("forwarded to nobody", "NM1*TT*2*LANTERN SUPPLEMENTAL*****PI*00777~", "", "NM1", "crossover-missing"),
    Mutant("inpatient and outpatient", "MOA***MA01~", "MIA*0~MOA***MA01~", "MOA", "adjudication-twice"),
    Mutant("statement ends before it begins", "DTM*233*20260916", "DTM*233*20260914", "DTM", "statement-period", 2),
    Mutant("service ends before it begins", "DTM*472*20260923~CAS*CO*50", "DTM*150*20260923~DTM*151*20260922~CAS*CO*50", "DTM", "service-period", 2),
    Mutant("service with two kinds of date", "DTM*472*20260923~CAS*CO*50", "DTM*472*20260923~DTM*151*20260923~CAS*CO*50", "DTM", "service-days", 1),
    Mutant("last day without the first", "DTM*472*20260923~CAS*CO*50", "DTM*151*20260923~CAS*CO*50", "DTM", "service-days", 1),
    Mutant("no date at all", "DTM*232*20260915~DTM*233*20260916~", "", "DTM", "service-date-missing"),
    Mutant("service after the remittance", "DTM*472*20260901", "DTM*472*20261124", "DTM", "service-after-remittance", 2),
    Mutant("first day without the last", "DTM*472*20260923~CAS*CO*50", "DTM*150*20260923~CAS*CO*50", "DTM", "service-days", 1),
    Mutant("patient owes more than the adjustments", "*94.08*24*MB", "*94.08*25*MB", "CLP", "patient-responsibility", 5),
    Mutant("patient owes nothing by the claim", "*94.08*24*MB", "*94.08**MB", "CLP", "patient-responsibility", 5),
    Mutant("patient owes nothing by the adjustments", "CAS*PR*2*24~", "CAS*CO*97*24~", "CLP", "patient-responsibility", 5),
    Mutant("reversal of what the patient did not owe", "*-50*-30*-10*MB", "*-50*-30*-9*MB", "CLP", "patient-responsibility", 5),
    Mutant("adjustment of nothing", "CAS*CO*50*22~", "CAS*CO*50*22**45*0~", "CAS", "adjustment-zero", 6),
    Mutant("deductible of nothing", "CAS*PR*2*24~", "CAS*PR*1*0**2*24~", "CAS", "adjustment-zero", 3),
    Mutant("adjustment of no units", "CAS*PR*2*24~", "CAS*PR*2*24*0~", "CAS", "quantity-zero", 4),
    Mutant("adjustment of no units at the claim", "CAS*CO*45*20**253*1.6~", "CAS*CO*45*20**253*1.6*0~", "CAS", "quantity-zero", 7),
    Mutant("units given with money taken", "CAS*PR*2*24~", "CAS*PR*2*24*-1~", "CAS", "quantity-sign", 4),
    Mutant("units taken by a reversal", "CAS*CO*45*-10~", "CAS*CO*45*-10*1~", "CAS", "quantity-sign", 4),
    Mutant("units of a claim that are no days", "CAS*CO*45*20**253*1.6~", "CAS*CO*45*20*1*253*1.6~", "CAS", "quantity-of-claim", 4),
    Mutant("professional claim without lines", "MA*1126324000003*13*1", "MB*1126324000003*11*1", "SVC", "lines-missing"),
    Mutant("no such reason", "CAS*CO*50*22", "CAS*CO*999*22", "CAS", "reason", 2),
    Mutant("reason that ended in 2007", "CAS*CO*50*22", "CAS*CO*42*22", "CAS", "reason", 2),
    Mutant("second reason unknown", "**253*1.92", "**0*1.92", "CAS", "reason", 5),
    Mutant("no such remark", "LQ*HE*N115", "LQ*HE*N1150", "LQ", "remark", 2),
    Mutant("no such remark of the claim", "MOA***MA01", "MOA***MA999", "MOA", "claim-remark", 3),
    Mutant("reason that needs a remark", "CAS*CO*45*20**253*1.6~", "CAS*CO*16*20**253*1.6~", "CAS", "reason-unexplained", 2),
    Mutant("rendering check digit", "XX*2952919902", "XX*2952919903", "NM1", "provider-npi", 9),
    Mutant("procedure form", "HC:85025", "HC:8502", "SVC", "procedure-code", 1),
    Mutant("unknown claim status", "PCN0001*1*", "PCN0001*5*", "CLP", "code-not-allowed", 2),
    Mutant("group code of 4010", "CAS*CO*50*22", "CAS*CR*50*22", "CAS", "code-not-allowed", 1),
    Mutant("unknown procedure qualifier", "SVC*HC:85025", "SVC*XX:85025", "SVC", "code-not-allowed", 1),
    Mutant("no such facility", "*1126324000001*11*1", "*1126324000001*00*1", "CLP", "facility-code", 8),
)  # fmt: skip

# What rejects nothing: on the remittance.
OF_THE_HEAD = (
    Mutant("transfer without format", "*ACH*CCP*", "*ACH**", "BPR", "payment-format-missing", 5),
    Mutant("check with format", BANKS, "*CHK*CCP***********", "BPR", "payment-format-surplus", 5),
    Mutant("transfer without account of the payer", "*DA*0009000123*1000900009*", "***1000900009*", "BPR", "bank-missing", 8),
    Mutant("transfer without the payer's identifier", "*1000900009**01*", "***01*", "BPR", "bank-missing", 10),
    Mutant("transfer without bank of the payee", "*01*000900025*DA*00001000001*", "*****", "BPR", "bank-missing", 12),
    Mutant("check with a bank", "*ACH*CCP*01*", "*CHK**01*", "BPR", "bank-surplus", 6),
    Mutant("two payer identifiers", "TRN*1*1500426324*1000900009", "TRN*1*1500426324*1000900008", "TRN", "trace-payer", 3),
    Mutant("fiscal period far ahead", "PLB*2994535120*20261231", "PLB*2994535120*20281231", "PLB", "fiscal-period", 2),
    Mutant("interest nobody pays", "L6:INT1*-1.27*WO:OLD1*10~", "WO:OLD1*8.73~", "AMT", "interest"),
    Mutant("interest of no claim", "AMT*I*1.27~", "AMT*AU*1.27~", "PLB", "interest"),
    Mutant("interest of another sum", "AMT*I*1.27~", "AMT*I*1.28~", "PLB", "interest"),
    Mutant("interest of the wrong sign", "AMT*I*1.27~", "AMT*I*-1.27~", "PLB", "interest"),
    Mutant("provider adjustment of nothing", "WO:OLD1*10~", "WO:OLD1*10*FB:X*0~", "PLB", "provider-adjustment-zero", 8),
    Mutant("unknown provider adjustment", "*WO:OLD1*", "*QQ:OLD1*", "PLB", "code-not-allowed", 5),
    Mutant("payee check digit", "RIVERSIDE CLINIC*XX*2994535120", "RIVERSIDE CLINIC*XX*2994535121", "N1", "payee-npi", 4),
    Mutant("no such state", "LANTERNVILLE*KY", "LANTERNVILLE*XX", "N4", "state", 2),
    Mutant("no such country", "LANTERNVILLE*KY*428810001", "LANTERNVILLE*KY*428810001*QQ", "N4", "country", 4),
    Mutant("no such currency", "DTM*405", "CUR*PR*QQQ~DTM*405", "CUR", "currency", 2),
)  # fmt: skip
