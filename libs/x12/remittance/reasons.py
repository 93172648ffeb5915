"""What the codes of a remittance mean and what a provider may do about them, in plain words.

The words are ours: the official texts belong to the keepers of the lists (CARC: X12; RARC: CMS). They cover the codes
Medicare uses most. The days a code may be used are in `libs.x12.code_sets`; `in_use` asks there.

Next steps are what usually helps, not advice on a case. `nothing`: the amount is right as it is. `resubmit`: correct
the claim and send it again, because it was not decided or was decided on wrong data. `appeal`: ask for a
redetermination. A claim with remark MA130 was not decided at all: it has no appeal rights, whatever its reason. That a
claim came too late (29) is no initial determination either, and has none (42 CFR 405.926(n)); how much was paid for
several procedures (59) is one (42 CFR 405.924).
Sources: CMS remittance advice resources, Medicare Claims Processing Manual chapters 22 and 34, MAC denial guides.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from libs.x12.code_sets import CODE_SETS

Step = Literal["nothing", "resubmit", "appeal"]

# code | next step | what it means | what to do
_REASONS = """
1 | nothing | Deductible | The patient owes this amount.
2 | nothing | Coinsurance | The patient owes this amount.
3 | nothing | Copayment | The patient owes this amount.
4 | resubmit | The modifier does not fit the procedure, or one is missing | Correct the modifier.
5 | resubmit | The procedure or the type of bill does not fit the place of service | Correct the place or the procedure.
6 | resubmit | The procedure does not fit the patient's age | Check procedure and birth date.
7 | resubmit | The procedure does not fit the patient's sex | Check procedure and sex.
8 | resubmit | The procedure does not fit the provider's specialty | Check the taxonomy code and the enrollment.
9 | resubmit | The diagnosis does not fit the patient's age | Check diagnosis and birth date.
10 | resubmit | The diagnosis does not fit the patient's sex | Check diagnosis and sex.
11 | resubmit | The diagnosis does not support the procedure | Correct the diagnosis if the record bears it out.
13 | resubmit | The service lies after the patient's death | Check the date of service.
14 | resubmit | The service lies before the patient's birth | Check the dates.
15 | resubmit | The authorization number is missing, wrong, or for something else | Correct the number.
16 | resubmit | Something needed to decide the claim is missing or wrong | The remark codes say what.
18 | nothing | Exact duplicate of a claim or service | Look for the first one. Appeal if there were two.
19 | resubmit | The workers' compensation insurer has to pay | Bill that insurer first.
20 | resubmit | A liability insurer has to pay | Bill that insurer first.
21 | resubmit | A no-fault insurer has to pay | Bill that insurer first.
22 | resubmit | Another payer may come before Medicare | Bill that payer first, then send its decision along.
23 | nothing | What earlier payers paid or adjusted | Nothing is open with Medicare.
24 | resubmit | The patient is in a Medicare Advantage plan | Bill the plan.
26 | nothing | The service lies before the coverage began | Check eligibility.
27 | nothing | The service lies after the coverage ended | Check eligibility.
29 | nothing | The claim came too late | There is no appeal; an exception can be asked for when the rules name one.
31 | resubmit | The patient was not found among Medicare's insured | Compare name and number with the card.
35 | appeal | The lifetime maximum is used up | Appeal if the count is wrong.
39 | appeal | The service was refused when authorization was asked for | Appeal with the medical record.
40 | appeal | The case was not an emergency | Appeal with the medical record.
45 | nothing | The charge is above what Medicare allows | Write the amount off.
49 | appeal | A routine or preventive service that Medicare does not cover | Appeal if it was not routine.
50 | appeal | Not medically necessary by Medicare's rules | Appeal with the record; see the coverage policy.
54 | appeal | More than one surgeon or assistant is not covered here | Appeal with the operative report.
55 | appeal | The treatment counts as experimental | Appeal with the evidence.
56 | appeal | The treatment counts as not proven | Appeal with the evidence.
58 | resubmit | The place of service does not suit the treatment | Correct the place of service.
59 | nothing | Reduced for several procedures done together | Appeal with the operative report if they were apart.
60 | nothing | Outpatient services close to an inpatient stay are paid with it | Bill the hospital.
66 | nothing | Blood deductible | The patient owes this amount.
69 | nothing | Day outlier | An added amount.
70 | nothing | Cost outlier | An added amount.
74 | nothing | Indirect medical education | A part of the hospital's rate.
75 | nothing | Direct medical education | A part of the hospital's rate.
76 | nothing | Disproportionate share | A part of the hospital's rate.
78 | appeal | Days or room charges that are not covered | Appeal if the days were covered.
94 | nothing | Paid above the charge | The rate of the stay is higher than its charges.
95 | appeal | The plan's procedures were not followed | Appeal with what shows they were.
96 | appeal | Not covered | The remark codes say why.
97 | appeal | Paid with another service | Appeal, or resubmit with the modifier that tells the services apart.
100 | nothing | Paid to the patient | Collect from the patient.
105 | nothing | Withheld for taxes | See the provider adjustments.
107 | resubmit | The service this one depends on is not on the claim | Add it, or bill after it.
108 | appeal | The rules for renting or buying equipment were not met | Appeal with the record.
109 | resubmit | Another payer or contractor is responsible | Send the claim there.
110 | resubmit | Billed before the service was done | Correct the dates.
111 | resubmit | Covered only when the provider takes assignment | Bill with assignment.
112 | appeal | Not furnished to the patient directly, or not documented | Appeal with the record.
114 | appeal | Not approved by the FDA | Appeal if it was approved on that day.
115 | nothing | The procedure was put off or called off | Bill it when it is done.
116 | appeal | The patient's advance notice was not valid | Appeal with the signed notice.
117 | appeal | Transport is covered to the closest suitable place only | Appeal with why it was not suitable.
118 | nothing | Support of the ESRD network | The reduction follows the law.
119 | appeal | The maximum for this period is used up | Appeal if the count is wrong.
122 | nothing | Reduction for psychiatric treatment | The reduction follows the law.
129 | resubmit | What was said about an earlier payer looks wrong | Correct the other payer's decision.
132 | nothing | Part of a demonstration project | The project's rules say how it is paid.
133 | nothing | The line is still under review | It will be reversed and corrected later.
135 | resubmit | Interim bills are not taken here | Bill the stay as a whole.
136 | nothing | The rules of an earlier payer were not followed | Clear it with that payer.
140 | resubmit | Number and name of the patient do not belong together | Compare both with the card.
144 | nothing | Incentive adjustment | Follows the program's rules.
146 | resubmit | The diagnosis code was not valid on that day | Use a code that was.
148 | resubmit | Another provider did not give what was needed | Get it and send it.
149 | appeal | The lifetime maximum of this benefit is used up | Appeal if the count is wrong.
150 | appeal | The record does not support this level of service | Appeal with the record.
151 | appeal | The record does not support this many services | Appeal with the record.
152 | appeal | The record does not support this length of service | Appeal with the record.
153 | appeal | The record does not support this dosage | Appeal with the record.
154 | appeal | The record does not support this supply | Appeal with the record.
163 | resubmit | An attachment the claim speaks of did not arrive | Send it.
164 | resubmit | An attachment came too late | Send claim and attachment again.
165 | resubmit | A referral is missing or used up | Add the referral.
167 | appeal | The diagnosis is not covered | Appeal, or resubmit when the diagnosis was coded wrongly.
170 | appeal | Not paid to this type of provider | Appeal if the enrollment says otherwise.
171 | appeal | Not paid to this type of provider in this type of facility | Appeal if the facts differ.
172 | appeal | Adjusted for this specialty | Appeal if the enrollment says otherwise.
173 | resubmit | Not prescribed by a physician | Add the prescriber.
175 | resubmit | The prescription is incomplete | Get a complete one.
176 | resubmit | The prescription is not current | Get a current one.
181 | resubmit | The procedure code was not valid on that day | Use a code that was.
182 | resubmit | The modifier was not valid on that day | Use a modifier that was.
183 | resubmit | The referring provider may not refer for this service | Check the referring provider in PECOS.
184 | resubmit | The ordering provider may not order this service | Check the ordering provider in PECOS.
185 | resubmit | The rendering provider may not perform this service | Check the enrollment.
186 | nothing | The level of care was changed | See the level that was paid.
188 | appeal | Covered only as the FDA recommends | Appeal with the record.
189 | resubmit | An unlisted code was billed although there is a specific one | Use the specific code.
190 | nothing | Paid with the stay in a skilled nursing facility | Bill the facility.
193 | appeal | The first decision stands after a review | Go to the next level of appeal.
197 | resubmit | No authorization | Add the authorization, or appeal with why there was none.
198 | appeal | More than was authorized | Appeal with the record.
199 | resubmit | Revenue code and procedure do not belong together | Correct one of them.
200 | nothing | The service fell into a gap of the coverage | Check eligibility.
202 | nothing | For comfort or convenience: not covered | The patient may owe it.
204 | nothing | Not covered under the patient's plan | The patient may owe it.
206 | resubmit | The NPI is missing | Add it.
207 | resubmit | The NPI does not have the right form | Correct it.
208 | resubmit | The NPI does not match | Compare it with NPPES and the enrollment.
209 | nothing | The patient may not be billed; the next payer may | Bill the next payer.
213 | appeal | The rules on self-referral were not kept | Appeal with what shows they were.
216 | appeal | A review organization decided so | Appeal with the record.
222 | appeal | More than a provider may do in this period | Appeal if the count is wrong.
223 | nothing | Required by a law that has no code of its own | The reduction follows the law.
226 | resubmit | What the provider was asked for did not come, or not in time | Send it with the claim.
227 | resubmit | What the patient was asked for did not come | Ask the patient to answer Medicare.
231 | appeal | Two procedures that exclude each other on one day | Appeal with the record.
232 | nothing | The patient was transferred: the rate is shared | The reduction follows the rules.
233 | appeal | Treatment of a condition acquired in the hospital | Appeal with the record.
234 | nothing | Not paid on its own | Write the amount off.
236 | appeal | Two procedures that are not paid together (NCCI) | Appeal, or resubmit with the right modifier.
237 | nothing | Penalty required by law | The remark codes say which.
239 | resubmit | The claim spans days with and without coverage | Bill them apart.
243 | resubmit | Not authorized by the network or primary care provider | Get the authorization.
246 | nothing | A code for reporting only | Nothing is paid for it.
249 | appeal | A readmission | Appeal with the record.
250 | resubmit | The attachment was not the one needed | Send the right one.
251 | resubmit | The attachment was incomplete | Send all of it.
252 | resubmit | An attachment is needed | Send it.
253 | nothing | Sequestration: payment reduced by 2 percent, as the law requires | Write the amount off.
258 | appeal | The patient was in custody | Appeal if the patient was not.
267 | resubmit | The claim spans several months | Bill month by month.
268 | resubmit | The claim spans two calendar years | Bill each year by itself.
272 | appeal | The coverage rules were not met | Appeal with the record.
273 | appeal | The coverage rules were exceeded | Appeal with the record.
306 | resubmit | The type of bill does not fit the patient's status | Correct one of them.
307 | nothing | Refund that brings a drug to the price Medicare negotiated | The remark codes say what became of it.
308 | nothing | Adjusted by a contract on funding | The contract says how it is paid.
A1 | appeal | Denied | The remark codes say why.
A5 | nothing | Outlier of the capital rate | An added amount.
A6 | appeal | The stay before a skilled nursing facility was missing | Appeal with the dates of the stay.
A8 | resubmit | No DRG could be assigned | Correct diagnoses and procedures.
B1 | appeal | Visits that are not covered | Appeal with the record.
B4 | nothing | Penalty for late filing | The reduction follows the law.
B7 | resubmit | The provider was not enrolled or certified for this on that day | Check the enrollment.
B9 | resubmit | The patient is in hospice | Bill the hospice, or add GV or GW when the modifier is true.
B10 | nothing | A part of the test was paid already | Write the amount off.
B11 | nothing | Passed on to the payer that is responsible | Wait for that payer.
B12 | appeal | Not documented in the medical record | Appeal with the record.
B13 | nothing | Paid before | Look for the earlier payment.
B14 | appeal | Only one visit of a physician on a day is covered | Appeal with why there were two.
B15 | resubmit | A service this one depends on was not covered yet | Bill that one first.
B16 | resubmit | The patient was not new | Bill the code for established patients.
B20 | appeal | Another provider did the service or part of it | Appeal with the record.
B22 | nothing | Adjusted for the diagnosis | Resubmit only when the diagnosis was wrong.
B23 | resubmit | The CLIA certificate does not cover this test | Correct the CLIA number.
"""

# code | next step | what it means | what to do. A remark that only informs begins with "Note:".
_REMARKS = """
M15 | appeal | Services that are one service were billed apart | Appeal when they were not one.
M16 | nothing | Note: the contractor's pages say more about this decision |
M20 | resubmit | The HCPCS code is missing or wrong | Correct the code.
M25 | appeal | What was sent does not support this level of service | Appeal with the record.
M27 | nothing | Note: the patient does not owe this; the provider may, and may appeal |
M50 | resubmit | The revenue code is missing or wrong | Correct the code.
M51 | resubmit | The procedure code is missing or wrong | Correct the code.
M52 | resubmit | The first date of service is missing or wrong | Correct the date.
M53 | resubmit | The days or units are missing or wrong | Correct the units.
M59 | resubmit | The last date of service is missing or wrong | Correct the date.
M62 | resubmit | The authorization code is missing or wrong | Correct the code.
M64 | resubmit | Another diagnosis is missing or wrong | Correct the diagnosis.
M76 | resubmit | The diagnosis is missing or wrong | Correct the diagnosis.
M77 | resubmit | The place of service is missing or wrong | Correct the place.
M79 | resubmit | The charge is missing or wrong | Correct the charge.
M80 | appeal | Not covered together with another service of the same day | Appeal with the record.
M86 | appeal | The same or a similar service was paid within the time that must lie between | Appeal with the record.
M97 | nothing | In this place the facility is paid for it | Bill the facility.
M119 | resubmit | The drug code (NDC) is missing or wrong | Correct the code.
M127 | resubmit | The medical record is missing | Send the record.
M144 | nothing | Care before and after surgery is paid with the surgery | Write the amount off.
MA01 | nothing | Note: this decision can be appealed |
MA04 | resubmit | The first payer, or what it paid, is missing | Add the other payer's decision.
MA07 | nothing | Note: the claim went on to Medicaid |
MA13 | nothing | Note: the patient may be billed only for what stands under PR |
MA15 | nothing | Note: the claim was split; the rest is answered by itself |
MA18 | nothing | Note: the claim went on to the patient's supplemental insurer |
MA27 | resubmit | Medicare number or name is missing or wrong | Compare both with the card.
MA30 | resubmit | The type of bill is missing or wrong | Correct it.
MA36 | resubmit | The patient's name is missing or wrong | Compare it with the card.
MA39 | resubmit | The patient's sex is missing or wrong | Correct it.
MA43 | resubmit | The patient's status is missing or wrong | Correct it.
MA44 | nothing | Note: the decision follows the law and cannot be appealed |
MA61 | resubmit | The patient's number is missing or wrong | Compare it with the card.
MA63 | resubmit | The principal diagnosis is missing or wrong | Correct it.
MA67 | nothing | Note: this corrects an earlier claim |
MA83 | resubmit | Whether Medicare pays first or second is not said | Say so on the claim.
MA92 | resubmit | What is needed about the other insurance is missing or wrong | Correct it.
MA112 | resubmit | What is needed about the group practice is missing or wrong | Correct it.
MA114 | resubmit | Where the service was furnished is missing or wrong | Correct the address.
MA120 | resubmit | The CLIA number is missing or wrong | Correct the number.
MA130 | resubmit | Not processable and so not decided: there is no appeal | Correct it and send a new claim.
N1 | nothing | Note: this decision can be appealed in writing |
N4 | resubmit | The decision of the earlier insurer is missing or wrong | Add it.
N19 | appeal | The procedure is part of the main one | Appeal when it was not.
N20 | appeal | Not paid together with another service of the same day | Appeal, or resubmit with the right modifier.
N30 | nothing | The patient is not entitled to this service | Check eligibility.
N32 | resubmit | The provider who did the service has to bill it | Let that provider bill.
N56 | resubmit | The procedure code is not right for the service or the day | Correct the code.
N64 | resubmit | First and last day must differ | Correct the dates.
N70 | nothing | Paid with the patient's home health episode | Bill the home health agency.
N95 | appeal | This type of provider may not bill this service | Appeal if the enrollment says otherwise.
N104 | resubmit | Another contractor is responsible for this place | Send the claim there.
N115 | appeal | Decided by a local coverage determination (LCD) | Appeal with the record; see the LCD.
N122 | resubmit | An add-on code cannot be billed by itself | Bill it with its main procedure.
N130 | nothing | The plan's documents say how this service is limited | See the coverage rules.
N180 | appeal | The item does not meet the rules of the category it was billed under | Appeal with the record.
N211 | nothing | Note: this decision cannot be appealed |
N253 | resubmit | The attending provider's NPI is missing or wrong | Correct it.
N255 | resubmit | The billing provider's taxonomy code is missing or wrong | Correct it.
N257 | resubmit | The billing provider's NPI is missing or wrong | Correct it.
N264 | resubmit | The ordering provider's name is missing or wrong | Correct it.
N265 | resubmit | The ordering provider's NPI is missing or wrong | Correct it.
N285 | resubmit | The referring provider's name is missing or wrong | Correct it.
N286 | resubmit | The referring provider's NPI is missing or wrong | Correct it.
N290 | resubmit | The rendering provider's NPI is missing or wrong | Correct it.
N362 | appeal | More days or units than are acceptable | Appeal with the record, or correct the units.
N386 | appeal | Decided by a national coverage determination (NCD) | Appeal with the record; see the NCD.
N390 | nothing | Not billed on its own | Write the amount off.
N425 | nothing | Excluded from Medicare by law | The patient may owe it.
N428 | resubmit | Not covered in this place of service | Correct the place if it was wrong.
N430 | resubmit | The procedure code does not fit the units | Correct one of them.
N432 | nothing | Note: the change follows a recovery audit |
N519 | resubmit | These modifiers do not go together | Correct them.
N522 | nothing | The claim was, or will be, processed as a crossover claim | Wait for that one.
N570 | resubmit | What the enrollment needs is missing or wrong | Update the enrollment.
N574 | resubmit | A provider of this type may not order or refer | Name one who may.
N575 | resubmit | The ordering or referring provider's name differs from Medicare's records | Write it as in PECOS.
N640 | appeal | More often than is allowed in the period | Appeal with the record.
N657 | resubmit | Another code belongs to this service | Use that code.
N706 | resubmit | Documents are missing | Send them.
N781 | nothing | Note: the patient is a qualified Medicare beneficiary; refund a deductible that was collected |
N782 | nothing | Note: the patient is a qualified Medicare beneficiary; refund coinsurance that was collected |
N831 | resubmit | The request to revalidate the enrollment was not answered | Revalidate in PECOS, then bill again.
N832 | resubmit | The same occurrence code or occurrence span is on the claim twice | Take one out.
N842 | nothing | Note: the patient may not be billed for this |
N843 | resubmit | The code of the area (CBSA) is missing or wrong | Correct the code.
N846 | resubmit | The NDC does not fit the procedure | Correct the NDC or the procedure.
N847 | resubmit | The NDC is no longer in use | Write the NDC of the package.
N848 | resubmit | The NDC belongs to no product | Write the NDC of the package.
N850 | resubmit | The description of the service is missing or does not tell enough | Describe what was done.
N851 | nothing | Reduced because a therapy assistant furnished the service | The reduction follows the law.
N852 | resubmit | The tax IDs of payee and rendering provider differ | Correct the one that is wrong.
N857 | nothing | Adjusted or reversed: the patient's copayment is to be given back | Refund the patient.
N858 | nothing | Note: a state law on emergencies out of network applies; disputes follow the law of the state |
N859 | nothing | Note: the No Surprises Act applies; the amount can be disputed by federal rules |
N860 | nothing | Note: No Surprises Act: the qualifying payment amount sets the patient's share |
N861 | nothing | Note: the patient's share on the claim is not the one on record |
N862 | nothing | Note: No Surprises Act: the lower of charge and qualifying payment sets the patient's share |
N863 | nothing | Note: No Surprises Act: an all-payer agreement sets the final amount |
N864 | nothing | Note: the No Surprises Act applies: an emergency |
N865 | nothing | Note: the No Surprises Act applies: no emergency, but at a facility of the network |
N866 | nothing | Note: the No Surprises Act applies: an air ambulance |
N867 | nothing | Note: No Surprises Act: a state law sets the patient's share |
N868 | nothing | Note: No Surprises Act: an all-payer agreement sets the patient's share |
N869 | nothing | Note: No Surprises Act: the qualifying payment amount sets the patient's share |
N870 | nothing | Note: No Surprises Act: the charge sets the patient's share, as the lower amount |
N871 | nothing | Note: No Surprises Act: a state law sets this first payment |
N872 | nothing | Note: No Surprises Act: a state law sets this final payment |
N873 | nothing | Note: No Surprises Act: an all-payer agreement sets this final payment |
N874 | nothing | Note: No Surprises Act: this final payment was negotiated |
N875 | nothing | Note: No Surprises Act: this final payment was decided in the federal dispute process |
N876 | nothing | Note: No Surprises Act: denied; negotiation may be opened |
N877 | nothing | Note: No Surprises Act: a first payment; negotiation may be opened |
N878 | nothing | Note: No Surprises Act: the patient's consent was not obtained as the rules ask |
N879 | nothing | Note: No Surprises Act: a patient cannot consent to pay more for this service |
N880 | nothing | The first claim is closed; its adjustment has a new number | Use the new number.
N882 | nothing | Note: No Surprises Act: the patient consented to pay more |
N883 | nothing | Note: processed by a state law |
N884 | nothing | Note: the No Surprises Act may apply; ask the payer |
N885 | nothing | Note: the payer holds that the No Surprises Act does not apply |
N886 | nothing | Note: more information was requested by a 277; answer that request, do not send the claim again |
N888 | nothing | Note: more information was requested electronically; answer that request |
N889 | nothing | Note: a remittance for this was sent before, in real time |
N891 | nothing | The payer before Medicare paid as much as can be paid | Nothing is open.
N892 | resubmit | The reason given for the delay is not accepted | Correct the delay reason.
N894 | nothing | Note: paid, with the right kept to take it back |
N905 | nothing | The provider has opted out of Medicare; the patient does not owe this | Do not bill the patient.
N907 | nothing | No refund to the negotiated drug price: the 340B price is lower | Nothing is open.
N908 | nothing | No refund to the negotiated drug price: the drug was bought at that price | Nothing is open.
N909 | nothing | The refund to the negotiated drug price is paid in another way | Look for it there.
N910 | nothing | The refund to the negotiated drug price cannot be paid now | Ask the manufacturer.
N911 | nothing | The refund to the negotiated drug price waits for a corrected Part D record | Wait for it.
N912 | resubmit | No election of hospice by the patient is on file | File the notice of election, then bill again.
N917 | nothing | Another refund was paid, below the 340B ceiling price | Nothing is open.
N918 | nothing | No refund to the negotiated drug price: the drug is a compound | Nothing is open.
N921 | nothing | The time to ask for an appeal is over | Late requests need good cause.
N935 | nothing | Note: the patient is no longer a qualified Medicare beneficiary (QMB) |
N936 | nothing | Reduced as the second or a later one of several procedures | The reduction follows the rules.
N938 | nothing | Note: do not send the claim again, it is reprocessed by itself |
N939 | nothing | Note: the decision can be discussed with a reviewing clinician (peer to peer) |
"""

GROUPS = {
    "CO": "The provider bears this amount; the patient may not be billed for it.",
    "PR": "The patient owes this amount.",
    "OA": "Neither the provider nor the patient is named as the one who bears this amount.",
    "PI": "The payer decided so; the patient may not be billed for it without an agreement.",
}
_UNKNOWN_GROUP = "Group {} is not known here: ask who bears this amount before anybody is billed for it."
_NOT_DECIDED = "MA130"
_NOTE = "Note: "


@dataclass(slots=True, frozen=True)
class CodeWords:
    """One CARC or RARC: what it means, the usual next step, and what to do in a sentence (empty for a note)."""

    code: str
    step: Step
    meaning: str
    advice: str

    @property
    def only_informs(self) -> bool:
        """True when the remark explains no adjustment (an alert)."""
        return self.meaning.startswith(_NOTE)


def _read(table: str) -> dict[str, CodeWords]:
    found = {}
    for line in table.strip().splitlines():
        code, step, meaning, advice = (part.strip() for part in line.split("|"))
        found[code] = CodeWords(code, _step(step), meaning, advice)
    return found


def _step(text: str) -> Step:
    match text:
        case "nothing" | "resubmit" | "appeal":
            return text
    raise ValueError(f"not a next step: {text}")


REASONS = _read(_REASONS)
REMARKS = _read(_REMARKS)
ALERTS = frozenset(code for code, words in REMARKS.items() if words.only_informs)


def next_step(reason: str, remarks: tuple[str, ...] = ()) -> Step | None:
    """The usual next step for an adjustment with these remark codes, or None when its reason is not in the table."""
    if _NOT_DECIDED in remarks:
        return "resubmit"
    words = REASONS.get(reason)
    return words.step if words else None


def reason_meaning(code: str) -> str:
    """Return what a CARC means: our words, else the code, told as unknown where its list never had it."""
    return _meaning(REASONS, code, "reason", "adjustment_reason")


def remark_meaning(code: str) -> str:
    """Return what a RARC means, as `reason_meaning` does."""
    return _meaning(REMARKS, code, "remark", "remark_code")


def group_meaning(group: str) -> str:
    """Return who bears an amount (CAS01); of a group that is newer than the guide, that nobody here knows."""
    return GROUPS.get(group, _UNKNOWN_GROUP.format(group))


def _meaning(table: dict[str, CodeWords], code: str, kind: str, code_set: str) -> str:
    if code in table:
        return table[code].meaning
    is_known = CODE_SETS[code_set].pattern.fullmatch(code) is not None
    return f"{kind.capitalize()} {code}" if is_known else f"Unknown {kind} {code}"


def in_use(code: str, on: date) -> bool:
    """Return True when the CARC or RARC may be used on the day."""
    return any(CODE_SETS[name].holds(code, on) for name in ("adjustment_reason", "remark_code"))
