"""The pages of passwords: one's own is changed, one that was forgotten is chosen again."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, SecretStr

from libs.common.errors import Rejected
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.permissions import OWN_ACCOUNT, OWN_SECURITY
from libs.common.web.client_address import client_address
from libs.common.web.cookies import give_secret, take_secret
from libs.common.web.forms import Form
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.permit import Permit, fresh_code, permitted, public, runtime_of
from libs.common.web.permitted_form import PermittedForm, PublicForm, permitted_form, public_form
from services.auth.factors.views import Ways
from services.auth.passwords import handlers, views
from services.auth.passwords.domain import guidelines, sentence
from services.auth.settings import auth_settings
from services.auth.sign_in.pages import LINK_COOKIE, NOT_SENT

router = APIRouter()

PASSWORD, FORGOTTEN = "/auth/password", "/sign-in/forgotten"
_LIMITED = "There were too many attempts. Wait a minute, then try again."
_OTHERWISE = "Type the same new password twice."
_WRONG = "This is not your present password. After five failed attempts you are signed out."
_WRONG_CODE = (
    "The code is wrong or was used before, or the account is locked for an hour after five failed attempts. Wait for the"
    " next code, or ask for another one."
)
