# ruff: noqa: E501  one mutant, one line
"""Single faults put into one valid professional claim, each with the answer the guide asks for."""

from typing import NamedTuple

from tests.support.x12 import ONE_CLAIM, recounted


class Mutant(NamedTuple):
    """`old` becomes `new`; then `code` must be found at `segment` and, for elements, `element`."""

    name: str
    old: str
    new: str
    segment: str
    code: str
    element: int = 0
    valid: str = ONE_CLAIM

    @property
    def text(self) -> str:
        """The faulty file, its segments counted."""
        assert self.old in self.valid
        changed = self.valid.replace(self.old, self.new, 1)
        return changed if self.segment == "SE" else recounted(changed)


OTHER_PAYER = (
    "SBR*S*18*******CI~CAS*PR*1*20~AMT*D*{paid}~OI***Y***Y~NM1*IL*1*ASHGROVE*ALDORA****MI*J77~"
    "NM1*PR*2*OTHER INSURANCE*****PI*0042~DTP*573*D8*20261001~LX*1~"
)
# What another payer decided on the first line of the claim, as one line of its remittance.
DECISION = "SVD*0042*160*HC:99203**{units}~DTP*573*D8*20261001~"
SECOND_LINE = "LX*2~SV1*HC:85025*22*UN*1***1~DTP*472*D8*20260923~"

# Structure: the 999 rejects the transaction set.
STRUCTURE = (
    Mutant("wrong segment count", "SE*28*", "SE*29*", "SE", "segment-count", 1),
    Mutant("wrong control number", "SE*28*0001", "SE*28*0002", "SE", "control-number", 2),
    Mutant("BHT missing", "BHT*0019*00*BATCH7*20261120*0930*CH~", "", "BHT", "segment-missing"),
    Mutant("submitter contact missing", "PER*IC*EDI DESK*TE*8005550142~", "", "PER", "segment-missing"),
    Mutant("receiver missing", "NM1*40*2*MERIDIAN MEDICARE*****46*15004~", "", "NM1", "loop-missing"),
    Mutant("billing address missing", "N3*529 BLUEBIRD COURT~", "", "N3", "segment-missing"),
    Mutant("billing tax number missing", "REF*EI*001000001~", "", "REF", "segment-missing"),
    Mutant("payer missing", "NM1*PR*2*MERIDIAN MEDICARE*****PI*15004~", "", "NM1", "loop-missing"),
    Mutant("diagnoses missing", "HI*ABK:E785*ABF:Z0000~", "", "HI", "segment-missing"),
    Mutant("service missing", "SV1*HC:85025*22*UN*1***1~", "", "SV1", "segment-missing"),
    Mutant("service date missing", "DTP*472*D8*20260923~LX*2", "LX*2", "DTP", "segment-missing"),
    Mutant("unknown segment", "HI*ABK", "ZZZ*1~HI*ABK", "ZZZ", "segment-unknown"),
    Mutant("segment of another loop", "HI*ABK", "SVD*1*2~HI*ABK", "SVD", "segment-unexpected"),
    Mutant("empty segment", "HI*ABK", "~HI*ABK", "", "segment-unknown"),
    Mutant("segment too late", "N3*672 OLD ORCHARD WAY~N4*WILLOW BEND*KY*424691020~", "N4*WILLOW BEND*KY*424691020~N3*672 OLD ORCHARD WAY~", "N3", "segment-out-of-order"),
    Mutant("address twice", "N3*529 BLUEBIRD COURT~", "N3*529 BLUEBIRD COURT~N3*A~", "N3", "segment-repeats"),
    Mutant("diagnoses twice", "HI*ABK:E785*ABF:Z0000~", "HI*ABK:E785~HI*ABK:Z0000~", "HI", "segment-repeats"),
    Mutant("rendering provider twice", "NM1*82*2*RENDERING PROVIDER*****XX*2952919902~", "NM1*82*2*RENDERING PROVIDER*****XX*2952919902~" * 2, "NM1", "loop-repeats"),
    Mutant("name missing", "NM1*IL*1*ASHGROVE", "NM1*IL*1*", "NM1", "element-missing", 3),
    Mutant("claim number too long", "CLM*PCN0001", f"CLM*{'9' * 39}", "CLM", "value-too-long", 1),
    Mutant("postal code too short", "*KY*428810324", "*KY*42", "N4", "value-too-short", 3),
    Mutant("unknown entity type", "NM1*IL*1*", "NM1*IL*7*", "NM1", "code-not-allowed", 2),
    Mutant("unknown sex", "19360110*F", "19360110*X", "DMG", "code-not-allowed", 3),
    Mutant("unknown reference qualifier", "HI*ABK", "REF*ZZ*1~HI*ABK", "REF", "code-not-allowed", 1),
    Mutant("unknown date qualifier", "DTP*472*D8*20260923~LX*2", "DTP*472*D8*20260923~DTP*999*D8*20260923~LX*2", "DTP", "code-not-allowed", 1),
    Mutant("charge is no number", "*182*", "*ABC*", "CLM", "not-a-number", 2),
    Mutant("no such day", "D8*19360110", "D8*19360230", "DMG", "invalid-date", 2),
    Mutant("no leap day in 2026", "DTP*472*D8*20260923~LX*2", "DTP*472*D8*20260229~LX*2", "DTP", "invalid-date", 3),
    Mutant("no such time", "20261120*0930*CH", "20261120*2530*CH", "BHT", "invalid-time", 5),
    Mutant("too many elements", "LX*1~", "LX*1*2~", "LX", "too-many-elements", 2),
    Mutant("too many components", "11:B:1", "11:B:1:9", "CLM", "too-many-components", 5),
    Mutant("unused element filled", "BHT*0019*00*BATCH7*20261120*0930*CH~NM1*41*2*RIVERSIDE CLINIC*****46", "BHT*0019*00*BATCH7*20261120*0930*CH~NM1*41*2*RIVERSIDE CLINIC***DR**46", "NM1", "value-not-used", 6),
    Mutant("forbidden character", "RIVERSIDE CLINIC*****46", "RIVERSIDE\x07CLINIC*****46", "NM1", "invalid-character", 3),
    Mutant("character beyond ASCII", "RIVERSIDE CLINIC*****46", "RIVERSIDE CLINIQU\xc9*****46", "NM1", "invalid-character", 3),
    Mutant("identifier without qualifier", "*****XX*2994535120", "******2994535120", "NM1", "relation-missing", 8),
    Mutant("level number skips", "HL*2*1*22*0", "HL*3*1*22*0", "HL", "hierarchy-number", 1),
    Mutant("level has no such parent", "HL*2*1*22*0", "HL*2*9*22*0", "HL", "hierarchy-parent", 2),
    Mutant("level promises children", "HL*2*1*22*0", "HL*2*1*22*1", "HL", "hierarchy-children", 4),
    Mutant("line number skips", "LX*2", "LX*3", "LX", "line-number", 1),
    Mutant("repetition where none is allowed", "PCN0001*", "PCN^0001*", "CLM", "too-many-repetitions", 1),
    Mutant("51 lines", SECOND_LINE, "".join(SECOND_LINE.replace("LX*2", f"LX*{n}") for n in range(2, 52)), "LX", "loop-repeats"),
)  # fmt: skip

# One claim: the 999 accepts, the 277CA rejects the claim.
CLAIM = (
    Mutant("total differs", "*182*", "*183*", "CLM", "total-charge", 2),
    Mutant("parts of a cent", "*160*UN", "*160.001*UN", "SV1", "amount-form", 2),
    Mutant("inpatient without admission", "11:B:1", "21:B:1", "DTP", "admission-date", 3),
    Mutant("pointer to no diagnosis", "***1:2~", "***1:3~", "SV1", "diagnosis-pointer", 7),
    Mutant("ICD-9 after 2015", "HI*ABK:E785*ABF:Z0000", "HI*BK:4019", "HI", "diagnosis-qualifier", 1),
    Mutant("five-digit ZIP", "*KY*428810324", "*KY*42881", "N4", "billing-postal-code", 3),
    Mutant("patient without address", "N3*672 OLD ORCHARD WAY~N4*WILLOW BEND*KY*424691020~", "", "N3", "subscriber-address", 1),
    Mutant("patient without birth date", "DMG*D8*19360110*F~", "", "DMG", "subscriber-demographics", 2),
    Mutant("service ends before it begins", "DTP*472*D8*20260923~LX*2", "DTP*472*RD8*20260923-20260901~LX*2", "DTP", "service-period", 3),
    Mutant("billing check digit", "XX*2994535120", "XX*2994535121", "NM1", "billing-npi", 9),
    Mutant("no billing NPI", "*****XX*2994535120", "", "NM1", "billing-npi", 9),
    Mutant("rendering check digit", "XX*2952919902", "XX*2952919903", "NM1", "rendering-npi", 9),
    Mutant("supervising check digit", "LX*1", "NM1*DQ*1*OAKENSHIRE*BRAMWIN****XX*2952919903~LX*1", "NM1", "provider-npi", 9),
    Mutant("taxonomy form", "207Q00000X", "207Q000009", "PRV", "taxonomy", 3),
    Mutant("no such place", "11:B:1", "97:B:1", "CLM", "place-of-service", 5),
    Mutant("no such place of a line", "*UN*1***1:2~", "*UN*1*97**1:2~", "SV1", "line-place-of-service", 5),
    Mutant("no such state", "LANTERNVILLE*KY", "LANTERNVILLE*XX", "N4", "state", 2),
    Mutant("diagnosis with a dot", "ABK:E785", "ABK:E78.5", "HI", "diagnosis-code", 1),
    Mutant("procedure form", "HC:99203", "HC:9920", "SV1", "procedure-code", 1),
    Mutant("Medicare number form", "1EG4TE5MK73", "1SG4TE5MK73", "NM1", "mbi", 9),
    Mutant("service after receipt", "DTP*472*D8*20260923~LX*2", "DTP*472*D8*20261121~LX*2", "DTP", "service-after-receipt", 3),
    Mutant("other payer out of balance", "LX*1~", OTHER_PAYER.format(paid=161), "AMT", "other-payer-balance", 2),
    Mutant("line of other payer out of balance", "DTP*472*D8*20260923~LX*2", "DTP*472*D8*20260923~SVD*0042*159*HC:99203**1~DTP*573*D8*20261001~LX*2", "SVD", "other-payer-line-balance", 2),
    Mutant("line names an unknown payer", "DTP*472*D8*20260923~LX*2", "DTP*472*D8*20260923~SVD*0042*160*HC:99203**1~DTP*573*D8*20261001~LX*2", "SVD", "other-payer-unknown", 1),
    Mutant("adjusted units of another sign than their amount", "LX*1~", OTHER_PAYER.format(paid=162).replace("CAS*PR*1*20~", "CAS*PR*1*20*-2~"), "CAS", "adjusted-units", 4),
    Mutant("bundled into a line that is none", "DTP*472*D8*20260923~LX*2", "DTP*472*D8*20260923~SVD*0042*160*HC:99203**1*9~DTP*573*D8*20261001~LX*2", "SVD", "bundled-line", 6),
    Mutant("transport of a patient without weight", "HI*ABK", "CR1*LB*0**A*DH*12~HI*ABK", "CR1", "ambulance-transport"),
    Mutant("country unknown", "*KY*428810324", "*KY*428810324*XX", "N4", "code-not-in-set", 4),
    Mutant("charge below zero", "CLM*PCN0001*182*", "CLM*PCN0001*-182*", "CLM", "amount-negative", 2),
    Mutant("replacement without number", "11:B:1", "11:B:7", "REF", "original-claim-number", 2),
    Mutant("five-digit ZIP of the facility", "LX*1~", "NM1*77*2*RIVERSIDE LAB*****XX*2952919902~N3*A~N4*LANTERNVILLE*KY*42881~LX*1~", "N4", "facility-postal-code", 3),
    Mutant("no units", "*22*UN*1*", "*22*UN*0*", "SV1", "units", 4),
    Mutant("service before birth", "D8*19360110", "D8*20260924", "DTP", "service-before-birth", 3),
    Mutant("birth after receipt", "D8*19360110", "D8*20261121", "DMG", "birth-date", 2),
    Mutant("admission after receipt", "HI*ABK", "DTP*435*D8*20261121~HI*ABK", "DTP", "admission-after-receipt", 3),
    Mutant("taxonomy form of the rendering provider", "LX*1~", "PRV*PE*PXC*207Q000009~LX*1~", "PRV", "rendering-taxonomy", 3),
    Mutant("frequency of an institution", "11:B:1", "11:B:4", "CLM", "frequency-code", 5),
    Mutant("place of service before its first day", "DTP*472*D8*20260923~LX*2", "DTP*472*D8*20211231~LX*2", "SV1", "line-place-of-service", 5, ONE_CLAIM.replace("*160*UN*1*", "*160*UN*1*10")),
    Mutant("letters for a ZIP", "*KY*424691020", "*KY*ABCDE", "N4", "postal-code", 3),
    Mutant("ZIP of zeros", "*KY*428810324", "*KY*000000000", "N4", "postal-code", 3),
    Mutant("five-digit ZIP of a country named US", "*KY*428810324", "*KY*42881*US", "N4", "billing-postal-code", 3),
    Mutant("billing provider in a box", "529 BLUEBIRD COURT", "P.O. Box 12", "N3", "billing-street", 1),
    Mutant("tax identifier with a dash", "EI*001000001", "EI*00-1000001", "REF", "billing-tax-id", 2),
    Mutant("not a member number", "MI*1EG4TE5MK73", "II*1EG4TE5MK73", "NM1", "mbi", 9),
    Mutant("subscriber is not the patient", "SBR*P*18*", "SBR*P**", "SBR", "subscriber-not-patient", 2),
    Mutant("second payer without a first", "SBR*P*18*******MB", "SBR*S*18***12****MB", "SBR", "other-payer-missing", 1),
    Mutant("second payer does not say why", "SBR*P*18*******MB", "SBR*S*18*******MB", "SBR", "insurance-type", 5, ONE_CLAIM.replace("LX*1~", OTHER_PAYER.format(paid=162).replace("SBR*S", "SBR*P"))),
    Mutant("two first payers", "LX*1~", OTHER_PAYER.format(paid=162).replace("SBR*S", "SBR*P"), "SBR", "payer-order", 1),
    Mutant("day of the decision missing", "LX*1~", OTHER_PAYER.format(paid=162).replace("DTP*573*D8*20261001~", ""), "DTP", "other-payer-date", 3),
    Mutant("accident without a date", "*Y*A*Y*Y~", "*Y*A*Y*Y**OA~", "DTP", "accident-date", 3),
    Mutant("car accident nowhere", "*Y*A*Y*Y~", "*Y*A*Y*Y**AA~DTP*439*D8*20260920~", "CLM", "accident-state", 11),
    Mutant("external cause first", "ABK:E785", "ABK:W19XXXA", "HI", "principal-external-cause", 1),
    Mutant("modifier twice", "HC:99203:25*", "HC:99203:25:25*", "SV1", "modifier", 1),
    Mutant("modifier form", "HC:99203:25*", "HC:99203:#5*", "SV1", "modifier", 1),
    Mutant("units with four decimals", "*160*UN*1*", "*160*UN*1.0001*", "SV1", "units-form", 4),
    Mutant("drug code of ten digits", "LX*2~", "LIN**N4*1234567890~CTP****1*UN~LX*2~", "LIN", "drug-code", 3),
    Mutant("eleven digits with the cents", "*160*UN", "*123456789*UN", "SV1", "amount-form", 2),
    Mutant("less than nothing of a drug", "LX*2~", "LIN**N4*12345678901~CTP****-1*UN~LX*2~", "CTP", "drug-quantity", 4),
    Mutant("sales tax below zero", "LX*2~", "AMT*T*-1~LX*2~", "AMT", "amount-negative", 2),
    Mutant("another payer paid less than nothing", "LX*1~", OTHER_PAYER.replace("CAS*PR*1*20~", "CAS*OA*23*192~").format(paid=-10), "AMT", "amount-negative", 2),
    Mutant("patient paid less than nothing", "HI*ABK", "AMT*F5*-5~HI*ABK", "AMT", "amount-negative", 2),
    Mutant("service of a span after receipt", "DTP*472*D8*20260923~LX*2", "DTP*472*RD8*20261121-20261220~LX*2", "DTP", "service-after-receipt", 3),
    Mutant("unlisted procedure without a text", "HC:85025", "HC:20999", "SV1", "procedure-description", 1),
    Mutant("line control number twice", "LX*2~SV1*HC:85025*22*UN*1***1~DTP*472*D8*20260923~", "REF*6R*L01~LX*2~SV1*HC:85025*22*UN*1***1~DTP*472*D8*20260923~REF*6R*L01~", "REF", "line-control-number", 2),
    Mutant("certificate of a service after 2022", "LX*2~", "LQ*UT*484.03~FRM*1A**60~LX*2~", "LQ", "certificate", 2),
    Mutant("less than nothing paid for", "LX*2~", DECISION.format(units=-1) + "LX*2~", "SVD", "paid-units", 5),
    Mutant("patient owes on claim and line", "LX*2~", DECISION.format(units=1) + "AMT*EAF*20~LX*2~", "AMT", "remaining-liability", 2, ONE_CLAIM.replace("LX*1~", OTHER_PAYER.format(paid=162).replace("OI*", "AMT*EAF*20~OI*"))),
    Mutant("not covered and yet decided", "LX*1~", OTHER_PAYER.format(paid=162).replace("OI*", "AMT*A8*182~OI*"), "AMT", "not-covered-amount", 2),
    Mutant("not covered but in part", "LX*1~", OTHER_PAYER.replace("CAS*PR*1*20~AMT*D*{paid}~", "AMT*A8*100~"), "AMT", "not-covered-amount", 2),
    Mutant("second payer without a first among the others", "SBR*P*18*******MB", "SBR*S*18***12****MB", "SBR", "other-payer-missing", 1, ONE_CLAIM.replace("LX*1~", OTHER_PAYER.format(paid=162).replace("SBR*S", "SBR*T"))),
    Mutant("not a Medicare claim", "*******MB", "*******CI", "SBR", "filing-indicator", 9),
)  # fmt: skip
