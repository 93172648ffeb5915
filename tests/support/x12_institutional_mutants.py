# ruff: noqa: E501  one mutant, one line
"""Single faults put into a valid institutional claim, each with the answer the guide asks for."""

from tests.support.x12_institutional import STAY, VISIT
from tests.support.x12_mutants import Mutant


def _stay(name: str, old: str, new: str, segment: str, code: str, element: int = 0) -> Mutant:
    return Mutant(name, old, new, segment, code, element, STAY)


def _visit(name: str, old: str, new: str, segment: str, code: str, element: int = 0, valid: str = VISIT) -> Mutant:
    return Mutant(name, old, new, segment, code, element, valid)


# Types of bill whose lines have dates: UB-04 manual as RFI 1435 names it, and the types that are younger.
DATED_TYPES = [
    "12",
    "14",
    "22",
    "23",
    "32",
    "33",
    "34",
    "71",
    "72",
    "74",
    "75",
    "76",
    "77",
    "81",
    "82",
    "83",
    "85",
    "87",
]
UNDATED = VISIT.replace("DTP*472*D8*20260924~", "")


# Structure: the 999 rejects the transaction set.
INSTITUTIONAL_STRUCTURE = (
    _stay("wrong segment count", "SE*41*", "SE*42*", "SE", "segment-count", 1),
    _stay("statement dates missing", "DTP*434*RD8*20260920-20260923~", "", "DTP", "segment-missing"),
    _stay("institutional codes missing", "CL1*3*1*01~", "", "CL1", "segment-missing"),
    _stay("principal diagnosis missing", "HI*ABK:E785:::::::Y~", "", "HI", "segment-missing"),
    _stay("revenue line missing", "SV2*0250**1600*UN*40**100~", "", "SV2", "segment-missing"),
    _stay("receiver missing", "NM1*40*2*MERIDIAN MEDICARE*****46*15004~", "", "NM1", "loop-missing"),
    _stay("payer missing", "NM1*PR*2*MERIDIAN MEDICARE*****PI*15004~", "", "NM1", "loop-missing"),
    _stay("professional line", "SV2*0120**5550*DA*3", "SV1*HC:99203*5550*UN*1***1", "SV1", "segment-unknown"),
    _stay("diagnoses too late", "HI*ABK:E785:::::::Y~HI*ABJ:R0602~", "HI*ABJ:R0602~", "HI", "segment-missing"),
    _stay("admission codes too late", "CL1*3*1*01~REF*EA*RECORD7~", "REF*EA*RECORD7~CL1*3*1*01~", "CL1", "segment-out-of-order"),
    _stay("statement dates twice", "DTP*434*RD8*20260920-20260923~", "DTP*434*RD8*20260920-20260923~" * 2, "DTP", "segment-repeats"),
    _stay("attending provider twice", "PRV*AT*PXC*207Q00000X~", "PRV*AT*PXC*207Q00000X~NM1*71*1*A*B****XX*2952919902~", "NM1", "loop-repeats"),
    _stay("three segments of conditions", "HI*BG:09~", "HI*BG:09~" * 3, "HI", "segment-repeats"),
    _stay("signature on an institutional claim", "11:A:1**A", "11:A:1*Y*A", "CLM", "value-not-used", 6),
    _stay("professional place", "11:A:1", "11:B:1", "CLM", "code-not-allowed", 5),
    _stay("billing provider is a person", "NM1*85*2*", "NM1*85*1*", "NM1", "code-not-allowed", 2),
    _stay("tax number of a person", "REF*EI*001000001", "REF*SY*001000001", "REF", "code-not-allowed", 1),
    _stay("statement of one day", "DTP*434*RD8*20260920-20260923", "DTP*434*D8*20260920", "DTP", "code-not-allowed", 2),
    _stay("no such day", "DTP*434*RD8*20260920-20260923", "DTP*434*RD8*20260920-20260931", "DTP", "invalid-date", 3),
    _stay("no such hour", "DTP*435*DT*202609201705", "DTP*435*DT*202609202505", "DTP", "invalid-date", 3),
    _stay("present on admission unknown", "HI*ABK:E785:::::::Y", "HI*ABK:E785:::::::X", "HI", "code-not-allowed", 1),
    _stay("qualifier of another list", "*ABF:Z0000", "*BH:Z0000", "HI", "code-not-allowed", 2),
    _stay("occurrence without its day", "HI*BH:11:D8:20260919", "HI*BH:11", "HI", "element-missing", 1),
    _stay("value without its amount", "*BE:01:::1850.00", "*BE:01", "HI", "element-missing", 2),
    _stay("charge is no number", "*7150*", "*ABC*", "CLM", "not-a-number", 2),
    _stay("patient status missing", "CL1*3*1*01", "CL1*3*1", "CL1", "element-missing", 3),
    _stay("admission type missing", "CL1*3*1*01", "CL1**1*01", "CL1", "element-missing", 1),
    _stay("type of bill too long", "11:A:1", "111:A:1", "CLM", "value-too-long", 5),
    _stay("unit of a physician", "*1600*UN*40", "*1600*MJ*40", "SV2", "code-not-allowed", 4),
    _stay("number without qualifier", "BRAMWIN****XX*2952919902", "BRAMWIN*****2952919902", "NM1", "relation-missing", 8),
    _stay("level has no such parent", "HL*2*1*22*0", "HL*2*9*22*0", "HL", "hierarchy-parent", 2),
    _stay("line number skips", "LX*2", "LX*3", "LX", "line-number", 1),
)  # fmt: skip

# One claim: the 999 accepts, the 277CA rejects the claim.
INSTITUTIONAL_CLAIM = (
    _stay("total differs", "*7150*", "*7151*", "CLM", "total-charge", 2),
    _stay("parts of a cent", "*5550*DA", "*5550.001*DA", "SV2", "amount-form", 3),
    _stay("more not covered than charged", "*1600*UN*40**100", "*1600*UN*40**1601", "SV2", "not-covered-charge", 7),
    _stay("no admission date", "DTP*435*DT*202609201705~", "", "DTP", "admission-date", 3),
    _stay("no admission hour", "DTP*435*DT*202609201705", "DTP*435*D8*20260920", "DTP", "admission-hour", 3),
    _stay("no discharge hour", "DTP*096*TM*1100~", "", "DTP", "discharge-hour", 3),
    _stay("admission after the statement", "DTP*435*DT*202609201705", "DTP*435*DT*202609241705", "DTP", "admission-after-statement", 3),
    _stay("statement ends before it begins", "RD8*20260920-20260923", "RD8*20260923-20260920", "DTP", "statement-dates", 3),
    _stay("no admitting diagnosis", "HI*ABJ:R0602~", "", "HI", "admitting-diagnosis", 1),
    _stay("no point of origin", "CL1*3*1*01", "CL1*3**01", "CL1", "admission-source", 2),
    _stay("still patient on the last bill", "CL1*3*1*01", "CL1*3*1*30", "CL1", "patient-status-interim", 3),
    _stay("gone on an interim bill", "11:A:1", "11:A:2", "CL1", "patient-status-interim", 3),
    _stay("replacement without number", "11:A:1", "11:A:7", "REF", "original-claim-number", 2),
    _stay("no attending provider", "NM1*71*1*OAKENSHIRE*BRAMWIN****XX*2952919902~PRV*AT*PXC*207Q00000X~", "", "NM1", "attending-provider", 9),
    _stay("procedure after the statement", "02703DZ:D8:20260921", "02703DZ:D8:20260924", "HI", "procedure-date", 1),
    _stay("span ends before it begins", "RD8:20260801-20260805", "RD8:20260805-20260801", "HI", "occurrence-span", 1),
    _stay("ICD-9 after 2015", "HI*ABK:E785:::::::Y~HI*ABJ:R0602~HI*ABF:I10:::::::N*ABF:Z0000~", "HI*BK:4019~HI*BJ:4019~", "HI", "diagnosis-qualifier", 1),
    _stay("five-digit ZIP", "*KY*428810324", "*KY*42881", "N4", "billing-postal-code", 3),
    _stay("patient without address", "N3*672 OLD ORCHARD WAY~N4*WILLOW BEND*KY*424691020~", "", "N3", "subscriber-address", 1),
    _stay("patient without birth date", "DMG*D8*19360110*F~", "", "DMG", "subscriber-demographics", 2),
    _stay("billing check digit", "XX*2911304683", "XX*2911304684", "NM1", "billing-npi", 9),
    _stay("attending check digit", "BRAMWIN****XX*2952919902", "BRAMWIN****XX*2952919903", "NM1", "attending-npi", 9),
    _stay("operating check digit", "CORWENNA****XX*2952919902", "CORWENNA****XX*2952919903", "NM1", "provider-npi", 9),
    _stay("taxonomy form of the attending", "AT*PXC*207Q00000X", "AT*PXC*207Q000009", "PRV", "taxonomy", 3),
    _stay("no such type of bill", "11:A:1", "19:A:1", "CLM", "type-of-bill", 5),
    _stay("no such frequency", "11:A:1", "11:A:6", "CLM", "frequency-code", 5),
    _stay("no such admission type", "CL1*3*1*01", "CL1*7*1*01", "CL1", "admission-type", 1),
    _stay("no such patient status", "CL1*3*1*01", "CL1*3*1*99", "CL1", "patient-status", 3),
    _stay("revenue code form", "SV2*0250", "SV2*250", "SV2", "revenue-code", 1),
    _stay("line of the total", "SV2*0250", "SV2*0001", "SV2", "revenue-code", 1),
    _stay("diagnosis with a dot", "ABK:E785", "ABK:E78.5", "HI", "diagnosis-code", 1),
    _stay("external cause first", "ABK:E785", "ABK:W19XXXA", "HI", "principal-external-cause", 1),
    _stay("procedure of the stay with an O", "BBR:02703DZ", "BBR:O2703DZ", "HI", "inpatient-procedure", 1),
    _stay("value code form", "BE:80", "BE:8", "HI", "value-code", 1),
    _stay("condition code form", "BG:09", "BG:9", "HI", "condition-code", 1),
    _stay("occurrence code form", "BH:11", "BH:1", "HI", "occurrence-code", 1),
    _stay("span code form", "BI:71", "BI:7", "HI", "occurrence-span-code", 1),
    _stay("no HIPPS code", "SV2*0120**5550", "SV2*0022**5550", "SV2", "hipps-code", 2),
    _stay("no such state", "LANTERNVILLE*KY", "LANTERNVILLE*XX", "N4", "state", 2),
    _stay("Medicare number form", "1EG4TE5MK73", "1SG4TE5MK73", "NM1", "mbi", 9),
    _stay("no Medicare number", "ALDORA****MI*1EG4TE5MK73", "ALDORA", "NM1", "mbi", 9),
    _stay("filed as Part B", "*******MA", "*******MB", "SBR", "filing-indicator", 9),
    _stay("statement after receipt", "RD8*20260920-20260923", "RD8*20261121-20261123", "DTP", "statement-after-receipt", 3),
    _stay("admission after receipt", "DTP*435*DT*202609201705", "DTP*435*DT*202611211705", "DTP", "admission-after-receipt", 3),
    _visit("no reason for the visit", "HI*APR:R0602~", "", "HI", "reason-for-visit", 1),
    _visit("no procedure for the diagnostics", "SV2*0730*HC:93005*160", "SV2*0730**160", "SV2", "procedure-missing", 2),
    _visit("no service date", "DTP*472*D8*20260924~", "", "DTP", "service-date-missing", 3),
    _visit("service outside the statement", "DTP*472*D8*20260924", "DTP*472*D8*20260925", "DTP", "service-outside-statement", 3),
    _visit("service ends before it begins", "DTP*472*D8*20260924", "DTP*472*RD8*20260924-20260923", "DTP", "service-period", 3),
    _visit("service after receipt", "DTP*472*D8*20260924", "DTP*472*D8*20261121", "DTP", "service-after-receipt", 3),
    _visit("modifier twice", "HC:99284:25", "HC:99284:25:25", "SV2", "modifier", 2),
    _visit("units with four decimals", "*160*UN*2", "*160*UN*2.0001", "SV2", "units-form", 5),
    _visit("procedure form", "HC:93005", "HC:9300", "SV2", "procedure-code", 2),
    _visit("unlisted procedure without a text", "HC:93005", "HC:93799", "SV2", "procedure-description", 2),
    *(_visit(f"no service date on type of bill {kind}", "13:A:1", f"{kind}:A:1", "DTP", "service-date-missing", 3, UNDATED) for kind in DATED_TYPES),
    _visit("no units", "*160*UN*2", "*160*UN*0", "SV2", "units", 5),
)  # fmt: skip
