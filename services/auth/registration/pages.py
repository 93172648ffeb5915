"""The pages of New User Registration: open to everybody, one step after the other, to be left and continued.

The cookie of a registration holds its support code before its secret: so that every page can show it, also one that
only says what to correct.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, JsonValue, SecretStr

from libs.common.errors import Rejected
from libs.common.security.permissions import OWN_ACCOUNT, OWN_SECURITY
from libs.common.web.client_address import client_address
from libs.common.web.forms import Day, Form, Pressed
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.permit import Permit, fresh_code, permitted, public, runtime_of
from libs.common.web.permitted_form import PermittedForm, PublicForm, permitted_form, public_form
from libs.partners.proofing import Proofed
from services.auth.access.domain import EMAIL
from services.auth.agreements.views import shown_terms
from services.auth.factors.views import qr_code
from services.auth.passkeys.domain import Asked
from services.auth.passkeys.pages import PASSKEY_COOKIE, AnswerForm, asking, not_asking
from services.auth.passwords.domain import guidelines, sentence
from services.auth.registration import handlers
from services.auth.registration.domain import (
    ANOTHER,
    ASK_ANOTHER,
    LOGIN_RULE,
    PERSON,
    REGISTER,
    STATES,
    STEPS,
    Person,
    Registration,
    is_login,
    is_of_age,
    normal_login,
)
from services.auth.registration.views import secret_of
from services.auth.sessions.pages import delete_cookie, set_cookie
from services.auth.settings import auth_settings
from services.auth.sign_in.pages import LINK_COOKIE
from services.auth.sign_in.views import link_works

router = APIRouter()

COOKIE = "__Host-registration"
_NEARLY = timedelta(minutes=1)

_LIMITED = "There were too many attempts. Wait an hour, then try again, or call the help desk."
_MAILS = "We sent several codes in the last minutes. Wait 10 minutes, then ask for another one."
_PHONE_AWAY = "The code could not be sent. Use an authenticator app or a passkey, or try again in a few minutes."
_WRONG_CODE = "The code is wrong or no longer counts. Enter the newest code we sent, or ask for another one."
_WRONG_FIRST_CODE = "The code is wrong. Wait for the next one of your app, and check that its clock is right."
_AWAY = (
    "The company that checks identities does not answer now. Nothing was decided and no try was spent. Try again in a"
    " few minutes: your registration is kept."
)
_TOMORROW = "You asked too often today. Ask again tomorrow, or call the help desk."
_NOT_YET = "It is not decided yet. Finish what the page asks for, then check again."
_TAKEN = "This user ID is not available. Choose another one."


def _digits(value: object) -> object:
    return "".join(each for each in value if each not in " ()-.+") if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _of_a_state(value: str) -> str:
    if value not in STATES:
        raise ValueError("Choose the state or territory you live in.")
    return value


def _corrected(sentence: str) -> dict[str, JsonValue]:
    return {"correction": sentence}


Name = Annotated[str, Field(min_length=1, max_length=60)]


class PersonForm(BaseModel):
    """What a person says about themselves."""

    first_name: Name = Field(title="First name")
    last_name: Name = Field(title="Last name")
    birth_date: Day = Field(title="Birth date")
    email: str = Field(
        title="Email address",
        max_length=254,
        pattern=EMAIL,
        json_schema_extra=_corrected("Enter an email address such as name@example.com."),
    )
    telephone: Annotated[str, BeforeValidator(_digits)] = Field(
        title="Phone number",
        pattern=r"^1?[2-9][0-9]{9}$",
        json_schema_extra=_corrected("Enter a US phone number of 10 digits."),
    )
    street: str = Field(title="Street address", min_length=1, max_length=100)
    city: str = Field(title="City", min_length=1, max_length=60)
    state: Annotated[str, BeforeValidator(_upper), AfterValidator(_of_a_state)] = Field(title="State")
    postal_code: Annotated[str, BeforeValidator(_digits)] = Field(
        title="ZIP code",
        pattern=r"^([0-9]{5}|[0-9]{9})$",
        json_schema_extra=_corrected("Enter a ZIP code of 5 or 9 digits."),
    )
    privacy: Literal["yes"] = Field(
        title="Privacy Act Statement",
        json_schema_extra=_corrected("Read the Privacy Act Statement and agree to continue."),
    )


class CodeForm(BaseModel):
    """A code: the one that was mailed, or the first one of the authenticator."""

    code: str = Field(
        title="Code",
        pattern=r"^[0-9]{3} ?[0-9]{3}$",
        json_schema_extra=_corrected("Enter the 6-digit code."),
    )


class PhoneForm(BaseModel):
    """A phone, and how its code is to come."""

    phone: str = Field(title="Phone number", max_length=30)
    channel: Literal["sms", "voice"] = Field(title="How to send the code")


class IdentityForm(BaseModel):
    """What the proofing partner needs besides. It is passed on and not kept."""

    ssn: SecretStr = Field(title="Social Security number", max_length=20)
    consent: Literal["yes"] = Field(
        title="Consent", json_schema_extra=_corrected("Agree to the check of your identity to continue.")
    )


class TermsForm(BaseModel):
    """The terms, accepted."""

    accepted: Literal["yes"] = Field(
        title="Terms", json_schema_extra=_corrected("Read the terms and accept them to continue.")
    )
    version: str = Field(default="", max_length=100)


class AccountForm(BaseModel):
    """The user ID and the password that were chosen."""

    user_id: Annotated[str, BeforeValidator(_lower)] = Field(title="User ID", max_length=100)
    new_password: SecretStr = Field(title="New password", max_length=512)
    again: SecretStr = Field(title="New password again", max_length=512)


class ResumeForm(BaseModel):
    """Which registration is continued."""

    support_code: Annotated[str, BeforeValidator(_upper)] = Field(
        title="Support code",
        pattern=r"^R-[0-9A-Z]{4}-[0-9A-Z]{4}$",
        json_schema_extra=_corrected("Enter the support code as the page showed it, such as R-7KQ2-M4XD."),
    )
    email: str = Field(title="Email address", max_length=254)


@router.get(REGISTER, dependencies=[public()])
async def start(request: Request) -> HTMLResponse:
    """What registration is, what it needs, and the way in: to begin, to continue."""
    found = await _found(request)
    context = {
        "frame": public_frame(request),
        "continued": STEPS[found.step][1] if found and found.step != "done" else "",
        "days": auth_settings().registration_days,
        "age": auth_settings().minimum_age,
    }
    return render(request, "auth/registration/start.html", context)


@router.get(PERSON, dependencies=[public()])
async def person_page(request: Request) -> Response:
    """Personal data; of a registration in progress, as it was typed, until the identity is proofed."""
    found = await _found(request)
    if found is not None and found.step not in ("email", "identity"):
        return _see(STEPS[found.step][1])
    return _person(request, Form(_typed(found.person)) if found and found.person else Form())


def _person(request: Request, form: Form) -> HTMLResponse:
    context = {"states": [("", "Choose"), *((each, each) for each in STATES)], "age": auth_settings().minimum_age}
    return _step(request, "person", form, context)


@router.post(PERSON)
async def person(
    request: Request, sent: Annotated[PublicForm[PersonForm], public_form(PersonForm, page=_person)]
) -> Response:
    """Keep it, and mail a code to the address."""
    value, runtime = sent.value, runtime_of(request)
    today = runtime.clock.business().astimezone(runtime.deployment.zone).date()
    if wrong := _wrong_birth_date(value.birth_date, today):
        raise Rejected("form-invalid", wrong, fields={"birth_date": wrong})
    fields = value.model_dump(exclude={"privacy"})
    verdict = await handlers.begin(runtime, _cookie(request), Person(**fields), client_address(request))
    if not isinstance(verdict, handlers.Held):
        return _limited(_person(request, sent.form.with_error("", _LIMITED)))
    answer = _see(STEPS["email"][1])
    _hold(answer, verdict.cookie)
    return answer


def _wrong_birth_date(birth_date: date, today: date) -> str:
    if not date(1900, 1, 1) <= birth_date <= today:
        return "Check the year of your birth date."
    years = auth_settings().minimum_age
    if not is_of_age(birth_date, today, years):
        return f"You must be {years} or older to register. Somebody else of your organization can register instead."
    return ""


@router.get(STEPS["email"][1], dependencies=[public()])
async def email_page(request: Request) -> Response:
    """Ask for the code that was mailed."""
    found = await _found(request)
    if not _cookie(request):
        return _see(REGISTER)
    if found is not None and found.step != "email":
        return _see(STEPS[found.step][1])
    return _email(request, Form())


def _email(request: Request, form: Form) -> HTMLResponse:
    return _step(request, "email", form, {"minutes": auth_settings().registration_code_minutes})


@router.post(STEPS["email"][1])
async def email(
    request: Request, sent: Annotated[PublicForm[CodeForm], public_form(CodeForm, page=_email)]
) -> Response:
    """Check the code."""
    verdict = await handlers.confirm_email(
        runtime_of(request), _cookie(request), sent.value.code, client_address(request)
    )
    if verdict == "limited":
        return _limited(_email(request, sent.form.with_error("", _LIMITED)))
    if verdict == "refused":
        return _again(_email(request, sent.form.with_error("code", _WRONG_CODE)))
    return _see(STEPS["identity"][1])


@router.post(f"{STEPS['email'][1]}/again")
async def email_again(
    request: Request, sent: Annotated[PublicForm[Pressed], public_form(Pressed, page=_email)]
) -> Response:
    """Mail another code."""
    if await handlers.send_again(runtime_of(request), _cookie(request), client_address(request)) == "limited":
        return _limited(_email(request, sent.form.with_error("", _MAILS)))
    return _see(STEPS["email"][1])


@router.get(STEPS["identity"][1], dependencies=[public()])
async def identity_page(request: Request) -> Response:
    """Let the identity be checked, or wait for what the partner goes on with by itself."""
    found = await _found(request)
    if found is None or found.step != "identity":
        return _elsewhere(found)
    if found.proofing in ("telephone", "documents", "refused"):
        return _waiting(request, Form(), found)
    return _identity(request, Form())


def _identity(request: Request, form: Form) -> HTMLResponse:
    return _step(request, "identity", form, {})


@router.post(STEPS["identity"][1])
async def identity(
    request: Request, sent: Annotated[PublicForm[IdentityForm], public_form(IdentityForm, page=_identity)]
) -> Response:
    """Ask the partner."""
    digits = str(_digits(sent.value.ssn.get_secret_value()))
    if not (digits.isascii() and digits.isdigit() and len(digits) == 9):
        wrong = "Enter the 9 digits of your Social Security number."
        raise Rejected("form-invalid", wrong, fields={"ssn": wrong})
    verdict = await handlers.prove(runtime_of(request), _cookie(request), SecretStr(digits), client_address(request))
    return _proofed(request, verdict, sent.form)


def _waiting(request: Request, form: Form, found: Registration) -> HTMLResponse:
    context = {"proofing": found.proofing, "reference": found.reference, "number": found.number}
    return _step(request, "waiting", form, context)


@router.post(f"{STEPS['identity'][1]}/look")
async def look(
    request: Request, sent: Annotated[PublicForm[Pressed], public_form(Pressed, page=_identity)]
) -> Response:
    """Ask the partner how far a call or a set of documents is."""
    found = await _found(request)
    verdict = await handlers.look(runtime_of(request), _cookie(request), client_address(request))
    if found is not None and verdict is None:
        return _unavailable(_waiting(request, sent.form.with_error("", _AWAY), found))
    if found is not None and isinstance(verdict, Proofed) and verdict.reference:
        return _waiting(request, sent.form.with_error("", _NOT_YET), found)
    return _proofed(request, verdict, sent.form)


def _proofed(request: Request, verdict: Proofed | handlers.Verdict | None, form: Form) -> Response:
    if verdict is None:
        return _unavailable(_identity(request, form.with_error("", _AWAY)))
    if verdict == "limited":
        return _limited(_identity(request, form.with_error("", _LIMITED)))
    if isinstance(verdict, Proofed) and verdict.outcome == "failed":
        left = "1 try" if verdict.tries_left == 1 else f"{verdict.tries_left} tries"
        sentence = (
            "What you entered does not agree with what is known of you. Check the Social Security number, and name,"
            f" birth date and address under “Change”. You have {left} left."
        )
        return _again(_identity(request, form.with_error("ssn", sentence)))
    return _see(STEPS["identity"][1])


@router.get(STEPS["terms"][1], dependencies=[public(), Depends(shown_terms)])
async def terms_page(request: Request) -> Response:
    """The terms, to be read and accepted."""
    found = await _found(request)
    return _terms(request, Form()) if found is not None and found.step == "terms" else _elsewhere(found)


def _terms(request: Request, form: Form) -> HTMLResponse:
    return _step(request, "terms", form, {"text": request.state.terms})


@router.post(STEPS["terms"][1], dependencies=[Depends(shown_terms)])
async def terms(
    request: Request, sent: Annotated[PublicForm[TermsForm], public_form(TermsForm, page=_terms)]
) -> Response:
    """Accept them, as they were shown."""
    version = request.state.terms.version
    if sent.value.version != version:
        raise _corrected_at("accepted", "The terms have changed. Read them once more and accept them.")
    await handlers.accept_terms(runtime_of(request), _cookie(request), version, client_address(request))
    return _see(STEPS["authenticator"][1])


@router.get(STEPS["authenticator"][1], dependencies=[public()])
async def authenticator_page(request: Request) -> Response:
    """The secret for an authenticator app, as a picture and as text, and the field for its first code."""
    found = await _found(request)
    if found is None or found.step != "authenticator" or found.person is None:
        return _elsewhere(found)
    runtime = runtime_of(request)
    secret = secret_of(runtime, found)
    picture = qr_code(runtime, found.person.email, secret)
    return _authenticator(request, Form({"channel": "sms"}), picture=picture, secret=secret)


def _authenticator(request: Request, form: Form, *, picture: str = "", secret: str = "") -> HTMLResponse:
    return _step(request, "authenticator", form, {"picture": picture, "secret": secret})


@router.post(STEPS["authenticator"][1])
async def authenticator(
    request: Request, sent: Annotated[PublicForm[CodeForm], public_form(CodeForm, page=_authenticator)]
) -> Response:
    """Check its first code."""
    verdict = await handlers.confirm_authenticator(
        runtime_of(request), _cookie(request), sent.value.code, client_address(request)
    )
    if verdict == "limited":
        return _limited(_authenticator(request, sent.form.with_error("", _LIMITED)))
    if verdict == "refused":
        return _again(_authenticator(request, sent.form.with_error("code", _WRONG_FIRST_CODE)))
    return _see(STEPS["account"][1])


_PASSKEY, _PHONE = f"{STEPS['authenticator'][1]}/passkey", f"{STEPS['authenticator'][1]}/phone"


@router.post(f"{_PASSKEY}/options")
async def ask_passkey(
    request: Request, _: Annotated[PublicForm[Pressed], public_form(Pressed, page=_authenticator)]
) -> Response:
    """What the browser asks a device for a passkey."""
    asked = await handlers.ask_passkey(runtime_of(request), _cookie(request), client_address(request))
    return asking(asked) if isinstance(asked, Asked) else not_asking(asked)


@router.post(_PASSKEY)
async def passkey(
    request: Request, sent: Annotated[PublicForm[AnswerForm], public_form(AnswerForm, page=_authenticator)]
) -> Response:
    """Take the passkey."""
    secret = request.cookies.get(PASSKEY_COOKIE, "")
    runtime, address = runtime_of(request), client_address(request)
    await handlers.confirm_passkey(runtime, _cookie(request), secret, sent.value.credential, address)
    answer = _see(STEPS["account"][1])
    delete_cookie(answer, PASSKEY_COOKIE)
    return answer


@router.post(_PHONE)
async def send_to_phone(
    request: Request, sent: Annotated[PublicForm[PhoneForm], public_form(PhoneForm, page=_authenticator)]
) -> Response:
    """Send a code to a phone."""
    value, runtime = sent.value, runtime_of(request)
    came_to = await handlers.send_to_phone(
        runtime, _cookie(request), value.phone, value.channel, client_address(request)
    )
    if came_to == "no-number":
        raise _corrected_at("phone", "Enter the phone number with its area code: 202-555-0123.")
    if came_to == "limited":
        return _limited(_authenticator(request, sent.form.with_error("phone", _MAILS)))
    if came_to == "away":
        return _unavailable(_authenticator(request, sent.form.with_error("phone", _PHONE_AWAY)))
    return _see(_PHONE if came_to == "sent" else STEPS["authenticator"][1])


@router.get(_PHONE, dependencies=[public()])
async def phone_page(request: Request) -> Response:
    """Ask for the code that the phone was told."""
    found = await _found(request)
    if found is None or found.step != "authenticator" or found.sealed_phone is None:
        return _elsewhere(found)
    return _phone(request, Form())


def _phone(request: Request, form: Form) -> HTMLResponse:
    return _step(request, "phone", form, {"minutes": auth_settings().code_minutes})


@router.post(f"{_PHONE}/confirm")
async def confirm_phone(
    request: Request, sent: Annotated[PublicForm[CodeForm], public_form(CodeForm, page=_phone)]
) -> Response:
    """Check the code."""
    verdict = await handlers.confirm_phone(
        runtime_of(request), _cookie(request), sent.value.code, client_address(request)
    )
    if verdict == "limited":
        return _limited(_phone(request, sent.form.with_error("", _LIMITED)))
    if verdict == "refused":
        return _again(_phone(request, sent.form.with_error("code", _WRONG_CODE)))
    return _see(STEPS["account"][1])


@router.get(STEPS["account"][1], dependencies=[public()])
async def account_page(request: Request) -> Response:
    """Choose user ID and password."""
    found = await _found(request)
    if found is None or found.step != "account" or found.person is None:
        return _elsewhere(found)
    return _account(request, Form(), own=found.person.name)


def _account(request: Request, form: Form, *, own: str = "") -> HTMLResponse:
    context = {"login_rule": LOGIN_RULE, "guidelines": guidelines(auth_settings()), "own": own}
    return _step(request, "account", form, context)


@router.post(STEPS["account"][1])
async def account(
    request: Request, sent: Annotated[PublicForm[AccountForm], public_form(AccountForm, page=_account)]
) -> Response:
    """Open the account."""
    value, runtime = sent.value, runtime_of(request)
    login, password = normal_login(value.user_id), value.new_password.get_secret_value()
    if not is_login(login):
        raise _corrected_at("user_id", f"Choose another user ID. {LOGIN_RULE}")
    if password != value.again.get_secret_value():
        raise _corrected_at("again", "Enter the same password twice.")
    verdict = await handlers.open_account(runtime, _cookie(request), login, password, client_address(request))
    if verdict == "taken":
        return _again(_account(request, sent.form.with_error("user_id", _TAKEN)))
    if verdict == "limited":
        return _limited(_account(request, sent.form.with_error("", _LIMITED)))
    if isinstance(verdict, handlers.Opened):
        return _done(request, verdict.recovery_codes)
    if verdict != "gone":
        raise _corrected_at("new_password", sentence(verdict, auth_settings()))
    return _see(STEPS["done"][1])


def _corrected_at(field: str, words: str) -> Rejected:
    return Rejected("form-invalid", words, fields={field: words})


@router.get(STEPS["done"][1], dependencies=[public()])
async def done(request: Request) -> Response:
    """What comes next. Recovery codes are not shown again."""
    found = await _found(request)
    return _done(request, ()) if found is not None and found.step == "done" else _elsewhere(found)


def _done(request: Request, recovery_codes: Sequence[str]) -> HTMLResponse:
    return _step(request, "done", Form(), {"codes": recovery_codes})


@router.get(ASK_ANOTHER)
async def another_page(
    request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)], asked: Literal["", "yes"] = ""
) -> HTMLResponse:
    """Ask for another user ID, for another office one works for."""
    return await _ask_another(request, permit, Form(), asked=asked == "yes")


async def _ask_another(request: Request, permit: Permit, form: Form, *, asked: bool = False) -> HTMLResponse:
    context = {
        "form": form,
        "asked": asked,
        "minutes": auth_settings().reset_link_minutes,
        "organization": permit.facts.organization,
        "fresh": permit.is_fresh(OWN_SECURITY, _NEARLY),
        "step_up": fresh_code(ASK_ANOTHER),
        "action": ASK_ANOTHER,
        "crumbs": (("Your account", "/auth"),),
    }
    return render(request, "auth/registration/ask_another.html", context)


@router.post(ASK_ANOTHER)
async def ask_another(
    sent: Annotated[PermittedForm[Pressed], permitted_form(OWN_SECURITY, Pressed, page=_ask_another)],
) -> Response:
    """Mail the link to it."""
    async with sent.open() as permit:
        mailed = await handlers.mail_another(permit)
    if not mailed:
        raise Rejected("sign-in-limited", _TOMORROW, status=429, fields={"": _TOMORROW}, retry_after=3600)
    return _see(f"{ASK_ANOTHER}?asked=yes")


@router.get(ANOTHER, dependencies=[public()])
async def begin_another_page(request: Request, link: str = "") -> Response:
    """Where the mailed link leads. Looking changes nothing: mail scanners look too."""
    if link:
        answer = _see(ANOTHER)
        set_cookie(answer, LINK_COOKIE, link)
        return answer
    works = await link_works(runtime_of(request), request.cookies.get(LINK_COOKIE, ""), "another-user-id")
    return _another(request, Form(), works=works)


def _another(request: Request, form: Form, *, works: bool = True) -> HTMLResponse:
    context = {"frame": public_frame(request), "form": form, "works": works}
    return render(request, "auth/registration/another.html", context)


@router.post(ANOTHER)
async def begin_another(
    request: Request, sent: Annotated[PublicForm[Pressed], public_form(Pressed, page=_another)]
) -> Response:
    """Begin with the terms: who one is, is known."""
    link = request.cookies.get(LINK_COOKIE, "")
    verdict = await handlers.begin_another(runtime_of(request), link, client_address(request))
    if not isinstance(verdict, handlers.Held):
        limited = verdict == "limited"
        again = _another(request, sent.form.with_error("", _LIMITED) if limited else Form(), works=limited)
        return _limited(again) if limited else again
    answer = _see(STEPS["terms"][1])
    _hold(answer, verdict.cookie)
    delete_cookie(answer, LINK_COOKIE)
    return answer


@router.get(f"{REGISTER}/resume", dependencies=[public()])
async def resume_page(request: Request) -> HTMLResponse:
    """Ask which registration is to be continued in this browser."""
    return _resume(request, Form())


def _resume(request: Request, form: Form) -> HTMLResponse:
    return render(request, "auth/registration/resume.html", {"frame": public_frame(request), "form": form})


@router.post(f"{REGISTER}/resume")
async def resume(
    request: Request, sent: Annotated[PublicForm[ResumeForm], public_form(ResumeForm, page=_resume)]
) -> Response:
    """Mail a code, by which it is continued here."""
    value = sent.value
    verdict = await handlers.resume(runtime_of(request), value.support_code, value.email, client_address(request))
    if not isinstance(verdict, handlers.Held):
        return _limited(_resume(request, sent.form.with_error("", _LIMITED)))
    answer = _see(STEPS["email"][1])
    _hold(answer, verdict.cookie)
    return answer


def _step(request: Request, template: str, form: Form, context: Mapping[str, object]) -> HTMLResponse:
    """The page of a step: where one is, and by which code the help desk finds it."""
    support = _cookie(request).partition(".")[0]
    at = {"waiting": "identity", "phone": "authenticator"}.get(template, template)
    around = {
        "frame": public_frame(request),
        "form": form,
        "support_code": support,
        "steps": [("person", "About you"), *((step, words) for step, (words, _) in STEPS.items())],
        "at": at,
        **context,
    }
    return render(request, f"auth/registration/{template}.html", around)


async def _found(request: Request) -> Registration | None:
    cookie = _cookie(request)
    return await handlers.find(runtime_of(request), cookie) if cookie else None


def _elsewhere(found: Registration | None) -> Response:
    return _see(STEPS[found.step][1] if found is not None else REGISTER)


def _typed(person: Person) -> dict[str, str]:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "birth_date": f"{person.birth_date:%m/%d/%Y}" if person.birth_date else "",
        "email": person.email,
        "telephone": person.telephone,
        "street": person.street,
        "city": person.city,
        "state": person.state,
        "postal_code": person.postal_code,
    }


def _cookie(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def _hold(answer: Response, cookie: str) -> None:
    answer.set_cookie(COOKIE, cookie, path="/", secure=True, httponly=True, samesite="lax")


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)


def _again(answer: HTMLResponse) -> HTMLResponse:
    answer.status_code = 422
    return answer


def _unavailable(answer: HTMLResponse) -> HTMLResponse:
    answer.status_code = 503
    return answer


def _limited(answer: HTMLResponse) -> HTMLResponse:
    answer.status_code = 429
    answer.headers["retry-after"] = "600"
    return answer
