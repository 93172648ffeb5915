"""Makes remittances of the segments of an 835: each claim as its loop ends, the remittance itself at the trailer.

What would let money be posted wrongly refuses the remittance as a whole; any other fault is a notice on the claim, or
on the remittance, that carries it. `edits.py` says which is which.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from libs.common.npi import is_valid_npi
from libs.x12.code_sets import CODE_SETS
from libs.x12.collector import Action, Around, Collector, Finder, actions_for
from libs.x12.findings import Finding, keep_finding
from libs.x12.guide import COMPONENT, Guide
from libs.x12.remittance.edits import CLOSED_PLACES, EDITS, OPEN_CODES, REFUSALS
from libs.x12.remittance.judging import (
    NEED_REMARK,
    issued_on,
    judge_claim,
    judge_dates,
    judge_fiscal_period,
    judge_payment,
    judge_responsibility,
    judge_service_days,
    judge_trace,
)
from libs.x12.remittance.layouts import INPATIENT, INPATIENT_SUMMARY, OUTPATIENT, PROVIDER_SUMMARY, Layout
from libs.x12.remittance.objects import (
    REVERSAL,
    Account,
    Address,
    Adjustment,
    Amount,
    ClaimGroup,
    Contact,
    Dated,
    InpatientAdjudication,
    OutpatientAdjudication,
    Party,
    Payee,
    Payer,
    Payment,
    Procedure,
    ProviderAdjustment,
    Quantity,
    Reference,
    Remark,
    RemittanceAdvice,
    RemittedClaim,
    RemittedLine,
    sum_of_adjustments,
)
from libs.x12.remittance.reasons import ALERTS
from libs.x12.values import AMOUNTS, DAYS, NUMBERS, Memory

# Far above any honest file; they bound memory when a file is made to hurt.
_MOST = 1_000
_PROVIDER_ADJUSTMENTS = 10_000
# Claim status codes that ask for nothing else.
_PROCESSED = frozenset("123")
_INTEREST_PAID = "L6"
_PRODUCED = "405"
_DAYS_NOT_COVERED = "78"
_MIA_REMARKS = (5, 20, 21, 22, 23)
_MOA_REMARKS = (3, 4, 5, 6, 7)
_COMPONENTS = 7


def _procedure(text: str) -> Procedure:
    qualifier, code, *modifiers = (*text.split(COMPONENT), "")[: _COMPONENTS + 1]
    return Procedure(qualifier, code, tuple(filter(None, modifiers[:4])), "".join(modifiers[4:5]))


_PROCEDURES = Memory(_procedure)
_NPIS = Memory(is_valid_npi)


class Remittances(Collector):
    """Collects the claims of one transaction set and balances them, then the remittance as a whole."""

    judges = frozenset({"states", "country", "currency", "adjustment_reason", "remark_code"})
    open_codes = OPEN_CODES
    closed_places = CLOSED_PLACES

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._verdict = around.verdict
        self._items = around.items
        self._advice = RemittanceAdvice(around.verdict.ordinal)
        self._notices: list[Finding] = []
        self._holder: Payer | Payee = self._advice.payer
        self._issued = date.max
        self._judged_on = around.received
        self._payment_position = 0
        self._group = ClaimGroup()
        # What cannot be read cannot be balanced.
        self._readable = True
        self._claim: RemittedClaim | None = None
        self._claim_position = 0
        self._claim_notices: list[Finding] = []
        # Cents of the charges of the lines read so far, of the adjustments of the claim and of its lines, and of those
        # among them that the patient owes.
        self._line_charges = self._adjusted = self._owed = 0
        self._latest = date.min
        self._is_reversal = False
        self._line: RemittedLine | None = None
        self._line_position = 0
        # The adjustments before those of the line being read.
        self._adjusted_before = 0
        # Where a reason asks for a remark code, and whether there is one.
        self._unexplained = 0
        self._explained = False
        # Where interest was told last.
        self._interest_place = ("", 0)
        # What was found in order once: it need not be looked up again.
        self._good_reasons: set[str] = set()
        self._good_facilities: set[str] = {""}
        self._good_adjudications: dict[str, OutpatientAdjudication] = {}
        self.find_action = self._find_action(around.guide)
        self.closers = {"2110": self._end_line, "2100": self._end_claim}

    def context(self) -> str:
        """The trace number of the payment: by it the sender knows the remittance, for the 999."""
        return self._advice.trace_number

    def _find_action(self, guide: Guide) -> Finder:
        exact: dict[tuple[str, str, str], Action] = {
            ("ST", "BPR", ""): self._payment,
            ("ST", "TRN", ""): self._trace,
            ("ST", "CUR", ""): self._currency,
            ("ST", "REF", ""): self._head_reference,
            ("ST", "DTM", ""): self._produced,
            ("1000A", "N1", ""): self._payer,
            ("1000B", "N1", ""): self._payee,
            ("1000B", "RDM", ""): self._delivery,
            ("2000", "LX", ""): self._start_group,
            ("2000", "TS3", ""): self._provider_summary,
            ("2000", "TS2", ""): self._inpatient_summary,
            ("2100", "CLP", ""): self._start_claim,
            ("2100", "NM1", ""): self._party,
            ("2100", "MIA", ""): self._inpatient,
            ("2100", "MOA", ""): self._outpatient,
            ("2100", "REF", ""): self._reference,
            ("2100", "DTM", ""): self._claim_date,
            ("2100", "PER", ""): self._claim_contact,
            ("2110", "SVC", ""): self._start_line,
            ("2110", "DTM", ""): self._service_date,
            ("2110", "REF", ""): self._reference,
            ("2110", "LQ", ""): self._remark,
            ("ST", "PLB", ""): self._provider_adjustments,
        }
        general: dict[str, Action] = {
            "AMT": self._amount,
            "CAS": self._adjust,
            "N3": self._street,
            "N4": self._city,
            "REF": self._holder_reference,
            "PER": self._payer_contact,
            "QTY": self._quantity,
        }
        return actions_for(guide, exact, general)

    # --- faults ---------------------------------------------------------------------------------------------------

    def _tell(self, code: str, position: int, loop: str, *, segment: str = "", element: int = 0) -> None:
        """Refuse the remittance, or put a notice on the claim being read, or else on the remittance."""
        finding = EDITS.finding(code, position, loop, segment=segment, element=element)
        if code in REFUSALS:
            # What refuses the remittance is told without its field beside it.
            self.around.note(replace(finding, sentence=f"{finding.field}: {finding.sentence}"))
        else:
            self._notice(finding)

    def take_code_fault(self, finding: Finding) -> None:
        """Keep a code that the guide does not name as a notice: it stands on its object as it came."""
        self._notice(finding)

    def _notice(self, finding: Finding) -> None:
        keep_finding(self._claim_notices if self._claim else self._notices, finding)

    def _cents(self, elements: list[str], element: int, position: int, loop: str) -> int:
        """An amount that takes part in balancing."""
        cents = AMOUNTS[elements[element]]
        if cents is None:
            self._readable = False
            self._tell("amount-form", position, loop, segment=elements[0], element=element)
            return 0
        return cents

    # --- payment, payer, payee ------------------------------------------------------------------------------------

    def _payment(self, elements: list[str], position: int) -> None:
        values = [*elements, *[""] * 17]
        self._payment_position = position
        payment = self._advice.payment = Payment(
            handling=values[1],
            amount_cents=self._cents(elements, 2, position, "ST"),
            credit_or_debit=values[3],
            method=values[4],
            payment_format=values[5],
            sender=Account(*values[6:10]),
            company=values[10],
            company_supplement=values[11],
            receiver=Account(*values[12:16]),
            effective=DAYS[values[16]],
        )
        # Of an amount that cannot be read it is not known whether it is nothing.
        for code, element in judge_payment(payment) if self._readable else ():
            self._tell(code, position, "ST", element=element)
        self._date_by(self._advice)

    def _date_by(self, advice: RemittanceAdvice) -> None:
        """Take the days that services and codes are judged by."""
        self._issued = issued_on(advice) or date.max
        self._judged_on = advice.produced or advice.payment.effective or self.around.received

    def _trace(self, elements: list[str], position: int) -> None:
        advice = self._advice
        advice.trace_number, advice.payer_identifier = elements[2], elements[3]
        advice.trace_supplement = "".join(elements[4:5])
        self._verdict.reference = advice.trace_number
        for code in judge_trace(advice):
            self._tell(code, position, "ST")
        if advice.trace in self.around.seen:
            self._tell("payment-repeated" if advice.payment.amount_cents else "trace-repeated", position, "ST")
        self.around.seen.add(advice.trace)

    def _currency(self, elements: list[str], position: int) -> None:
        self._advice.currency = elements[2]
        if not CODE_SETS["currency"].holds(elements[2], self._judged_on):
            self._tell("currency", position, "ST")

    def _head_reference(self, elements: list[str], position: int) -> None:
        match elements[1]:
            case "EV":
                self._advice.receiver = elements[2]
            case "F2":
                self._advice.payer_version = elements[2]
            case _:
                # A number of a kind that the guide does not name is one of the payer's.
                self._holder_reference(elements, position)

    def _produced(self, elements: list[str], _position: int) -> None:
        if elements[1] != _PRODUCED:
            _date(self._advice, elements)
            return
        self._advice.produced = DAYS[elements[2]]
        self._date_by(self._advice)

    def _payer(self, elements: list[str], _position: int) -> None:
        payer = self._holder = self._advice.payer
        payer.name = elements[2]
        payer.qualifier, payer.identifier = (*elements[3:5], "", "")[:2]

    def _payee(self, elements: list[str], position: int) -> None:
        payee = self._holder = self._advice.payee
        payee.name, payee.qualifier, payee.identifier = elements[2:5]
        if payee.qualifier == "XX" and not is_valid_npi(payee.identifier):
            self._tell("payee-npi", position, "1000B")

    def _street(self, elements: list[str], _position: int) -> None:
        self._holder.address = Address(*elements[1:3])

    def _city(self, elements: list[str], position: int) -> None:
        values = [*elements, *[""] * 7]
        address = self._holder.address = self._holder.address or Address()
        address.city, address.state, address.postal_code, address.country = values[1:5]
        address.subdivision = values[7]
        loop = "1000A" if self._holder is self._advice.payer else "1000B"
        if address.country and not CODE_SETS["country"].holds(address.country, self._judged_on):
            self._tell("country", position, loop, element=4)
        if not (address.state or address.country) or (
            address.state and not CODE_SETS["states"].holds(address.state, self._judged_on)
        ):
            self._tell("state", position, loop)

    def _holder_reference(self, elements: list[str], position: int) -> None:
        if len(self._holder.references) < _MOST:
            self._holder.references.append(Reference(elements[1], elements[2]))
        else:
            self._tell("too-many", position, "1000B", segment="REF")

    def _payer_contact(self, elements: list[str], position: int) -> None:
        if len(self._advice.payer.contacts) < _MOST:
            self._advice.payer.contacts.append(_contact(elements))
        else:
            self._tell("too-many", position, "1000A", segment="PER")

    def _delivery(self, elements: list[str], _position: int) -> None:
        self._advice.payee.delivery = tuple(filter(None, elements[1:]))

    # --- claims ---------------------------------------------------------------------------------------------------

    def _start_group(self, elements: list[str], _position: int) -> None:
        self._group = ClaimGroup(int(elements[1]))

    def _provider_summary(self, elements: list[str], position: int) -> None:
        self._check_row(PROVIDER_SUMMARY, elements, position, "2000")
        self._group.summary = PROVIDER_SUMMARY.read(elements)

    def _inpatient_summary(self, elements: list[str], position: int) -> None:
        self._check_row(INPATIENT_SUMMARY, elements, position, "2000")
        self._group.inpatient = INPATIENT_SUMMARY.read(elements)

    def _check_row(self, layout: Layout[Any], elements: list[str], position: int, loop: str) -> None:
        for element in layout.faults(elements):
            self._tell("amount-form", position, loop, segment=elements[0], element=element)

    def _start_claim(self, elements: list[str], position: int) -> None:
        advice = self._advice
        advice.claims += 1
        charge, paid, owed = AMOUNTS[elements[3]], AMOUNTS[elements[4]], AMOUNTS[elements[5]]
        claim = self._claim = RemittedClaim(
            advice.transaction,
            advice.claims,
            self._group,
            elements[1],
            elements[2],
            charge or 0,
            paid or 0,
            owed,
            elements[6],
            elements[7],
        )
        self._claim_position = position
        if self._claim_notices:
            self._claim_notices = []
        self._is_reversal = claim.status == REVERSAL
        self._line_charges = self._adjusted = self._owed = self._unexplained = 0
        self._explained = False
        self._latest = date.min
        self._line = None
        if charge is None or paid is None or (owed is None and elements[5]):
            for at in (3, 4, 5):
                self._cents(elements, at, position, "2100")
        size = len(elements)
        if size > 8:
            facility = claim.facility_code = elements[8]
            if facility not in self._good_facilities:
                self._judge_facility(facility, position)
            if size > 9:
                claim.frequency_code = elements[9]
            if size > 11:
                claim.drg = elements[11]
                claim.drg_weight = NUMBERS[elements[12]] if size > 12 else None
                claim.discharge_fraction = NUMBERS[elements[13]] if size > 13 else None

    def _judge_facility(self, facility: str, position: int) -> None:
        if any(CODE_SETS[name].holds(facility, self._judged_on) for name in ("pos", "type_of_bill")):
            self._good_facilities.add(facility)
        else:
            self._tell("facility-code", position, "2100")

    def _adjust(self, elements: list[str], position: int) -> None:
        """Take the reasons of one CAS, of the line being read or else of the claim."""
        holder = self._line or self._claim
        if holder is None or len(holder.adjustments) >= _MOST:
            return
        group, size, total = elements[1], len(elements), 0
        found = []
        for at in range(2, size, 3):
            reason = elements[at]
            if not reason:
                continue
            if reason not in self._good_reasons:
                self._judge_reason(reason, position, at)
            cents = AMOUNTS[elements[at + 1]]
            if not cents:
                cents = self._nothing(elements, at + 1, position)
            total += cents
            quantity = None
            if size > at + 2 and elements[at + 2]:
                quantity = NUMBERS[elements[at + 2]]
                self._judge_quantity(quantity, reason, cents, position, at + 2)
            found.append(Adjustment(group, reason, cents, quantity, at > 2))  # it shares the segment
        holder.adjustments += tuple(found)
        self._adjusted += total
        if group == "PR":
            self._owed += total

    def _judge_quantity(self, quantity: Decimal | None, reason: str, cents: int, position: int, element: int) -> None:
        """The units of an adjustment go with its amount, also where it is taken back (X12 interpretation 2442).

        They are never 0 (1592), and of a claim as a whole they are days that are not covered (1445, 1455).
        """
        if quantity == 0:
            self._tell("quantity-zero", position, self._loop(), element=element)
        elif quantity and cents and (quantity < 0) != (cents < 0):
            self._tell("quantity-sign", position, self._loop(), element=element)
        if quantity and reason != _DAYS_NOT_COVERED and not self._line:
            self._tell("quantity-of-claim", position, "2100", element=element)

    def _nothing(self, elements: list[str], element: int, position: int) -> int:
        """The cents of an adjustment that has none, or has what is no amount."""
        cents = self._cents(elements, element, position, self._loop())
        if self._readable:
            self._tell("adjustment-zero", position, self._loop(), element=element)
        return cents

    def _loop(self) -> str:
        return "2110" if self._line else "2100"

    def _judge_reason(self, reason: str, position: int, element: int) -> None:
        """Hold a CARC against its code set; remember the good ones that ask for nothing else."""
        code_set = CODE_SETS["adjustment_reason"]
        if reason in NEED_REMARK and not self._unexplained:
            self._unexplained = position
        if code_set.holds(reason, self._judged_on):
            if reason not in NEED_REMARK:
                self._good_reasons.add(reason)
        # A reversal repeats the reasons of the payment it takes back, whenever that was.
        elif self._claim is None or not self._claim.is_reversal or not code_set.pattern.fullmatch(reason):
            self._tell("reason", position, self._loop(), element=element)

    def _party(self, elements: list[str], position: int) -> None:
        claim = self._claim
        if claim is not None and len(claim.parties) < _MOST:
            party = Party(*elements[1:10])
            claim.parties += (party,)
            if party.qualifier == "XX" and not _NPIS[party.identifier]:
                self._tell("provider-npi", position, "2100")

    def _inpatient(self, elements: list[str], position: int) -> None:
        if self._claim:
            self._check_row(INPATIENT, elements, position, "2100")
            self._claim.inpatient = INPATIENT.read(elements)
            self._judge_adjudication(self._claim.inpatient, elements, position, _MIA_REMARKS)

    def _outpatient(self, elements: list[str], position: int) -> None:
        claim = self._claim
        if claim is None:
            return
        if claim.inpatient:
            self._tell("adjudication-twice", position, "2100")
        # Most claims of a remittance say the same here, so the objects are shared.
        text = COMPONENT.join(elements)
        known = self._good_adjudications.get(text)
        if known is not None:
            claim.outpatient = known
            self._explained = self._explained or _explains(known.remarks)
            return
        self._check_row(OUTPATIENT, elements, position, "2100")
        claim.outpatient = OUTPATIENT.read(elements)
        self._judge_adjudication(claim.outpatient, elements, position, _MOA_REMARKS)
        if not self._claim_notices and len(self._good_adjudications) < _MOST:
            self._good_adjudications[text] = claim.outpatient

    def _judge_adjudication(
        self,
        adjudication: InpatientAdjudication | OutpatientAdjudication,
        elements: list[str],
        position: int,
        places: tuple[int, ...],
    ) -> None:
        self._explained = self._explained or _explains(adjudication.remarks)
        for element in places:
            remark = elements[element] if element < len(elements) else ""
            if remark and not CODE_SETS["remark_code"].holds(remark, self._judged_on):
                self._tell("claim-remark", position, "2100", segment=elements[0], element=element)

    def _reference(self, elements: list[str], _position: int) -> None:
        holder = self._line or self._claim
        if holder is not None and len(holder.references) < _MOST:
            holder.references += (Reference(elements[1], elements[2]),)

    def _claim_date(self, elements: list[str], _position: int) -> None:
        claim = self._claim
        if claim is not None:
            match elements[1]:
                case "232":
                    claim.statement_from = DAYS[elements[2]]
                case "233":
                    claim.statement_to = DAYS[elements[2]]
                case "036":
                    claim.coverage_expired = DAYS[elements[2]]
                case "050":
                    claim.received = DAYS[elements[2]]
                case _:
                    _date(claim, elements)

    def _claim_contact(self, elements: list[str], _position: int) -> None:
        if self._claim and len(self._claim.contacts) < _MOST:
            self._claim.contacts += (_contact(elements),)

    def _amount(self, elements: list[str], position: int) -> None:
        holder = self._line or self._claim
        if holder is not None and len(holder.amounts) < _MOST:
            cents = AMOUNTS[elements[2]]
            if cents is None:
                cents = self._cents(elements, 2, position, self._loop())
            holder.amounts += (Amount(elements[1], cents),)
            if elements[1] == "I":
                self._advice.interest_cents += cents
                self._interest_place = ("AMT", position)

    def _quantity(self, elements: list[str], _position: int) -> None:
        holder = self._line or self._claim
        quantity = NUMBERS[elements[2]]
        if holder is not None and quantity is not None and len(holder.quantities) < _MOST:
            holder.quantities += (Quantity(elements[1], quantity),)

    # --- lines ----------------------------------------------------------------------------------------------------

    def _start_line(self, elements: list[str], position: int) -> None:
        claim = self._claim
        if claim is None or len(claim.lines) >= _MOST:
            self._line = None
            return
        charge, paid = AMOUNTS[elements[2]], AMOUNTS[elements[3]]
        if charge is None:
            charge = self._cents(elements, 2, position, "2110")
        if paid is None:
            paid = self._cents(elements, 3, position, "2110")
        procedure = _PROCEDURES[elements[1]]
        line = self._line = RemittedLine(len(claim.lines) + 1, procedure, charge, paid)
        claim.lines.append(line)
        self._adjusted_before = self._adjusted
        self._line_position = position
        self._line_charges += charge
        size = len(elements)
        if size > 4:
            line.revenue_code = elements[4]
            if size > 5:
                units = NUMBERS[elements[5]]
                if units is not None:
                    line.units = units
                if size > 6:
                    line.submitted = _PROCEDURES[elements[6]] if elements[6] else None
                    line.submitted_units = NUMBERS[elements[7]] if size > 7 else None
        if procedure.qualifier == "HC" and not _GOOD_PROCEDURES[procedure.code]:
            self._tell("procedure-code", position, "2110")

    def _service_date(self, elements: list[str], _position: int) -> None:
        line = self._line
        if line is not None:
            match elements[1]:
                case "472":
                    line.service_date = DAYS[elements[2]]
                case "150":
                    line.service_from = DAYS[elements[2]]
                case "151":
                    line.service_to = DAYS[elements[2]]
                case _:
                    _date(line, elements)

    def _remark(self, elements: list[str], position: int) -> None:
        line = self._line
        if line is None or len(line.remarks) >= _MOST:
            return
        remark = Remark(elements[1], elements[2])
        line.remarks += (remark,)
        self._explained = self._explained or _explains((remark.code,))
        if remark.qualifier == "HE" and not CODE_SETS["remark_code"].holds(remark.code, self._judged_on):
            self._tell("remark", position, "2110")

    def _end_line(self, _position: int) -> None:
        line = self._line
        if line is None:
            return
        self._line = None
        if line.charge_cents - line.paid_cents != self._adjusted - self._adjusted_before and self._readable:
            self._tell("line-balance", self._line_position, "2110")
        if line.charge_cents and (line.charge_cents < 0) != self._is_reversal:
            code = "reversal-sign" if self._is_reversal else "charge-sign"
            self._tell(code, self._line_position, "2110", segment="SVC", element=2)
        day = line.service_date
        if day is None or line.service_from is not None or line.service_to is not None:
            for code in judge_service_days(line):
                self._tell(code, self._line_position, "2110")
            # The dates of the claim are judged one by one.
            self._latest = date.max
        elif day > self._latest:
            self._latest = day

    # --- ends -----------------------------------------------------------------------------------------------------

    def cut_off(self) -> None:
        """Count the claim that is being read; there is no saying what it would have become."""
        self._verdict.claims_rejected += self._claim is not None

    def _end_claim(self, _position: int) -> None:
        claim = self._claim
        if claim is None:
            return
        position = self._claim_position
        charge, paid = claim.charge_cents, claim.paid_cents
        if self._readable and charge - paid != self._adjusted:
            self._tell("claim-balance", position, "2100")
        if self._readable and charge != self._line_charges and claim.lines:
            self._tell("line-charges", position, "2100")
        if (claim.patient_responsibility_cents or 0) != self._owed and self._readable:
            self._judge(judge_responsibility(claim, self._owed))
        if claim.status not in _PROCESSED or charge < 0 or not claim.facility_code or not claim.lines:
            self._judge(judge_claim(claim))
        first, last = claim.statement_from, claim.statement_to
        if first is None or last is None or not first <= last <= self._issued or self._latest > self._issued:
            self._judge(judge_dates(claim, self._issued))
        if self._unexplained and not self._explained:
            self._tell("reason-unexplained", self._unexplained, "2100")
        if self._claim_notices:
            claim.notices = tuple(self._claim_notices)
        self._verdict.claims_accepted += 1
        advice = self._advice
        advice.charge_cents += charge
        advice.paid_cents += paid
        self._items.append(claim)
        self._claim = None

    def _judge(self, codes: Iterator[str]) -> None:
        for code in codes:
            self._tell(code, self._claim_position, "2100")

    def _provider_adjustments(self, elements: list[str], position: int) -> None:
        adjustments = self._advice.provider_adjustments
        if len(adjustments) >= _PROVIDER_ADJUSTMENTS:
            self._tell("too-many", position, "ST", segment="PLB")
            return
        period_end = DAYS[elements[2]]
        for code in judge_fiscal_period(period_end, self._issued):
            self._tell(code, position, "ST")
        for at in range(3, len(elements), 2):
            if elements[at]:
                reason, _, reference = elements[at].partition(COMPONENT)
                cents = self._cents(elements, at + 1, position, "ST")
                if not cents and self._readable:
                    self._tell("provider-adjustment-zero", position, "ST", element=at + 1)
                if reason == _INTEREST_PAID:
                    self._interest_place = ("PLB", position)
                shares_segment = at > 3
                adjustments.append(
                    ProviderAdjustment(elements[1], period_end, reason, reference, cents, shares_segment)
                )

    def end(self) -> None:
        """Balance the payment and its interest, and hand on the remittance."""
        advice = self._advice
        adjustments = advice.provider_adjustments
        if self._readable and advice.payment.amount_cents != advice.paid_cents - sum_of_adjustments(adjustments):
            self._tell("payment-total", self._payment_position, "ST")
        paid = sum_of_adjustments(each for each in adjustments if each.reason == _INTEREST_PAID)
        # What the payer gives has the sign minus there (X12 interpretations 2184, 2202).
        if self._readable and advice.interest_cents != -paid:
            segment, position = self._interest_place
            self._tell("interest", position, "ST" if segment == "PLB" else "2100", segment=segment)
        advice.notices = tuple(self._notices)
        self.around.add(advice)


def _explains(remarks: tuple[str, ...]) -> bool:
    """True when one of the remark codes says more than that there is something to know."""
    return any(remark not in ALERTS for remark in remarks)


def _contact(elements: list[str]) -> Contact:
    values = [*elements[3:9], ""]
    numbers = zip(values[0::2], values[1::2], strict=False)
    return Contact(elements[1], "".join(elements[2:3]), tuple(pair for pair in numbers if any(pair)))


def _date(holder: RemittanceAdvice | RemittedClaim | RemittedLine, elements: list[str]) -> None:
    """Keep a day under a qualifier that the guide does not name."""
    day = DAYS[elements[2]]
    if day and len(holder.dates) < _MOST:
        holder.dates += (Dated(elements[1], day),)


_GOOD_PROCEDURES = Memory(lambda code: CODE_SETS["hcpcs"].pattern.fullmatch(code) is not None)
