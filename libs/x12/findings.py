"""What is wrong with a file, a transaction set or a claim: said once, for the 999, the 277CA and for people."""

from dataclasses import dataclass

# Of one object: enough to correct it by.
FINDINGS_PER_ITEM = 20


@dataclass(slots=True, frozen=True)
class Finding:
    """One fault. It never carries a value of the file, so it may be logged, stored and shown.

    `snip` is the WEDI SNIP level 1 to 5, and 7 for edits of Medicare. `code` is stable and made for programs,
    `sentence` says in plain words what to correct, `field` names the place as people call it.
    `segment`, `position` (in the transaction set, ST = 1), `loop`, `element`, `component` and `repeat` say where, and
    `line` on which service line of a claim, 0 or empty when they do not apply. `segment_code` and `element_code` are
    IK304 and IK403 of the 999, `element_reference` is IK402. `category`, `status` and `entity` are the 277CA's answer
    when the fault belongs to one claim, `reject_reason` and `follow_up` the 271's (AAA03, AAA04) when it belongs to one
    inquiry. `code_set` names the list that lacks the code, when that is the fault: a table of `code_sets/`, or the data
    element whose codes the guide prints (`claim_filing_indicator`).
    """

    snip: int
    code: str
    sentence: str
    field: str = ""
    segment: str = ""
    position: int = 0
    loop: str = ""
    element: int = 0
    component: int = 0
    repeat: int = 0
    line: int = 0
    segment_code: str = ""
    element_code: str = ""
    element_reference: str = ""
    category: str = ""
    status: str = ""
    entity: str = ""
    reject_reason: str = ""
    follow_up: str = ""
    code_set: str = ""

    @property
    def where(self) -> str:
        """The field as people look for it: `Procedure code, line 2`."""
        return f"{self.field}, line {self.line}" if self.line else self.field


def keep_finding(kept: list[Finding], finding: Finding) -> None:
    """Append a finding of one object, unless enough is said about it; each list that lacks a code is told anyway."""
    is_news = finding.code_set and all(each.code_set != finding.code_set for each in kept)
    if len(kept) < FINDINGS_PER_ITEM or is_news:
        kept.append(finding)
