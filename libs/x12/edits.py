"""The form of every edit: a rule that no guide's structure can show, what to correct, and how it is answered.

Each transaction has its edits in a table of its own, by their stable codes (`edits.py` of its room).
"""

from dataclasses import dataclass

from libs.x12.findings import Finding


@dataclass(slots=True, frozen=True)
class Edit:
    """One edit. `element` and `component` count from 1, 0 when they do not apply.

    How it is answered depends on the transaction: `category`, `status` and `entity` by a 277CA or 277, `reject_reason`
    and `follow_up` by a 271 or 278 (AAA03, AAA04), `segment_code`, `element_code` and `element_reference` by a 999
    (IK304, IK403, IK402). `code_set` names the list of the code, where it is a code that the edit holds against a list.
    """

    snip: int
    field: str
    sentence: str
    segment: str
    element: int
    component: int = 0
    category: str = ""
    status: str = ""
    entity: str = ""
    reject_reason: str = ""
    follow_up: str = ""
    segment_code: str = ""
    element_code: str = ""
    element_reference: str = ""
    code_set: str = ""


class Edits(dict[str, Edit]):
    """The edits of one transaction by their codes."""

    def finding(
        self,
        code: str,
        position: int,
        loop: str,
        *,
        segment: str = "",
        element: int = 0,
        entity: str = "",
        line: int = 0,
    ) -> Finding:
        """The finding of one edit at one place; `position` is 0 while nothing is written yet.

        `segment`, `element` and `entity` take the place of the edit's own, which may stand at several.
        """
        edit = self[code]
        return Finding(
            snip=edit.snip,
            code=code,
            sentence=edit.sentence,
            field=edit.field,
            segment=segment or edit.segment,
            position=position,
            loop=loop,
            element=element or edit.element,
            component=edit.component,
            line=line,
            segment_code=edit.segment_code,
            element_code=edit.element_code,
            element_reference=edit.element_reference,
            category=edit.category,
            status=edit.status,
            entity=entity or edit.entity,
            reject_reason=edit.reject_reason,
            follow_up=edit.follow_up,
            code_set=edit.code_set,
        )


def refused(
    snip: int,
    field: str,
    sentence: str,
    segment: str,
    element: int,
    component: int = 0,
    reject_reason: str = "",
    follow_up: str = "",
    code_set: str = "",
) -> Edit:
    """An edit of an inquiry or request, which its answer refuses by reason and follow-up (AAA)."""
    return Edit(
        snip,
        field,
        sentence,
        segment,
        element,
        component,
        reject_reason=reject_reason,
        follow_up=follow_up,
        code_set=code_set,
    )


def reported(
    snip: int,
    field: str,
    sentence: str,
    segment: str,
    element: int,
    segment_code: str,
    element_code: str,
    element_reference: str,
    component: int = 0,
    code_set: str = "",
) -> Edit:
    """An edit of a transaction set as a whole, which a 999 reports (IK304, IK403, IK402)."""
    return Edit(
        snip,
        field,
        sentence,
        segment,
        element,
        component,
        segment_code=segment_code,
        element_code=element_code,
        element_reference=element_reference,
        code_set=code_set,
    )
