"""The one way in for what a person sends by a form: who sends it, from which page of ours, and what it says.

    async def ask(form: Annotated[PermittedForm[Asked], permitted_form(CLAIM_STATUS, Asked, page=_form_page)]) -> ...

Before the route runs, its permission, the value of the session, the enrollment and every field are checked. What is to
be corrected, found here or raised by the route as `Rejected` with fields, is shown by `page` with what was typed. A
test holds that every page route which changes something comes in this way.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from libs.common.errors import Rejected
from libs.common.ids import digest_of
from libs.common.observability.logs import log
from libs.common.security.permissions import Permission
from libs.common.web.forms import CSRF, ENROLLMENT, IDEMPOTENCY_KEY, Form, check, read_fields
from libs.common.web.idempotency import idempotently
from libs.common.web.origin import from_our_page
from libs.common.web.permit import Admission, Permit, admission
from libs.common.web.problems import ShownInstead
from libs.common.web.uploads import Upload, read_upload

Model = TypeVar("Model", bound=BaseModel)
Page = Callable[[Request, Permit, Form], Awaitable[HTMLResponse]]
"""Renders the page that shows a form, with what was typed and what to correct."""

_CORRECT = "Correct the fields that are named, and send the form again."
_FILE_AGAIN = "Choose the file again: it is kept only with a form that is complete."
_FOREIGN = "This form did not come from a page of this portal. Open the page again and send it from there."


@dataclass(frozen=True, slots=True)
class PublicForm(Generic[Model]):
    """A form of somebody who has not signed in yet: what it says, and as it was typed."""

    value: Model
    form: Form


@dataclass(frozen=True, slots=True)
class PermittedForm(PublicForm[Model]):
    """A form whose sender may do what it asks for.

    `admission` opens the transaction; `key` is its idempotency key; `file` has not been read yet, `None` when none was
    chosen; `content` is what the key stands for, the file apart.
    """

    admission: Admission
    key: str
    content: bytes
    file: Upload | None

    def open(self) -> AbstractAsyncContextManager[Permit]:
        """The transaction of the request. Nothing is held while a body arrives or a partner is asked."""
        return self.admission.open()

    async def once(self, permit: Permit, do: Callable[[], Awaitable[str]]) -> RedirectResponse:
        """Lead to the address that `do` returns. The same form sent twice does it once and leads to the same."""
        return RedirectResponse(await idempotently(permit, self.key, self.content, do), status_code=303)


def permitted_form(
    permission: Permission, model: type[BaseModel], *, page: Page | None = None, upload: bool = False
) -> Any:
    """A dependency that gives a `PermittedForm` of `model`, or refuses.

    Refusals: those of `permitted`; opened in another session 403; while acting for another enrollment 409; fields to
    correct 422, or the status that the route raises. Without `page` nothing is typed into the form, and what is wrong
    with it is told by a problem page. `upload` as for `admitted`.
    """

    async def form(request: Request) -> AsyncIterator[PermittedForm[Any]]:
        async with admission(request, permission) as given:
            sent = await read_upload(request) if upload else None
            fields = sent.fields if sent else await read_fields(request)
            file = sent.file if sent else None
            _check_page(given, permission, csrf=fields.get(CSRF, ""), enrollment=fields.get(ENROLLMENT, ""))
            value, typed = check(model, fields)
            try:
                value = _complete(value, typed)
                content = digest_of(request.url.path, value.model_dump_json())
                yield PermittedForm(value, typed, given, fields.get(IDEMPOTENCY_KEY, ""), content, file)
            except Rejected as refused:
                if page is None or not refused.fields:
                    raise
                corrections = refused.fields | (
                    {} if file is None or "file" in refused.fields else {"file": _FILE_AGAIN}
                )
                async with given.open() as permit:
                    answer = await page(request, permit, Form(typed.typed, corrections))
                raise _shown(request, refused, answer) from None

    form.permission, form.upload, form.model = permission, upload, model  # type: ignore[attr-defined] # see `permitted`
    return Depends(form, scope="function")


def _check_page(given: Admission, permission: Permission, *, csrf: str, enrollment: str) -> None:
    """Refuse a form that another session opened, or that was opened while acting for another enrollment.

    One of oneself or of an administrator need not name an enrollment, as the buttons of the frame do not.
    """
    if csrf != given.principal.csrf:
        raise Rejected("form-expired", "This form was opened in an earlier session. Open it again.", status=403)
    if (permission.needs_enrollment or enrollment) and enrollment != str(given.principal.enrollment_id or ""):
        raise Rejected(
            "form-of-another-enrollment",
            "You opened this form while acting for another enrollment. Change back to it, or open the form again.",
            status=409,
        )


def public_form(model: type[BaseModel], *, page: Callable[[Request, Form], HTMLResponse]) -> Any:
    """A dependency that gives a `PublicForm` of `model`: open to everybody, from pages of this portal only.

    A page of another website must not sign somebody in as somebody else, unknowingly.
    """

    async def form(request: Request) -> AsyncIterator[PublicForm[Any]]:
        request.state.principal = None
        if not from_our_page(request):
            log.warning("form of another site", reason="foreign-origin")
            raise Rejected("form-expired", _FOREIGN, status=403)
        value, typed = check(model, await read_fields(request))
        try:
            yield PublicForm(_complete(value, typed), typed)
        except Rejected as refused:
            if not refused.fields:
                raise
            raise _shown(request, refused, page(request, Form(typed.typed, refused.fields))) from None

    form.permission, form.model = None, model  # type: ignore[attr-defined] # as above
    return Depends(form, scope="function")


def _complete(value: BaseModel | None, typed: Form) -> BaseModel:
    if value is None:
        raise Rejected("form-invalid", _CORRECT, fields=dict(typed.errors))
    return value


def _shown(request: Request, refused: Rejected, answer: HTMLResponse) -> ShownInstead:
    log.info("request refused", code=refused.code, status=refused.status, route=request.scope["route"].path)
    answer.status_code = refused.status
    if refused.retry_after:
        answer.headers["retry-after"] = str(refused.retry_after)
    return ShownInstead(answer)
