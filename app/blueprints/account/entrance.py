"""In by password, and out."""

import hashlib

from flask import Response, request
from flask_login import current_user
from flask_wtf import FlaskForm

from app import core
from app.blueprints.account import blueprint
from app.blueprints.account.forms import LoginForm
from app.core.errors import IngestRefused
from app.extensions import limiter
from app.web import accounts, limits, pages

HOME = "/account/"


def account_asked_for() -> str:
    """A limit's key for the account that is tried, whoever tries; it does not hold the address."""
    typed = request.form.get("email", "")[: core.normalise.LONGEST_EMAIL]
    try:
        typed = core.normalise.email(typed)
    except IngestRefused:
        typed = typed.strip().lower()
    return "account:" + hashlib.sha256(typed.encode("utf-8", "replace")).hexdigest()


def _was_wrong(response: Response) -> bool:
    return response.status_code == 422


@blueprint.get("/login/")
def login() -> Response:
    wanted = request.args.get("next", "")
    if current_user.is_authenticated:
        return pages.go(pages.safe_next(wanted, HOME))
    return _login_page(LoginForm(data={"next": wanted}))


@blueprint.post("/login/")
@limiter.limit(limits.LOGIN)
@limiter.limit(limits.LOGIN_ONE_ACCOUNT, key_func=account_asked_for, deduct_when=_was_wrong)
def log_in() -> Response:
    form = LoginForm()
    known = core.users.check_password(form.email.data or "", form.password.data or "")
    if known is None or not form.validate():
        form.refuse()
        return _login_page(form, status=422)
    accounts.sign_in(core.users.signed_in(known.user_id))
    return pages.go(pages.safe_next(form.next.data, HOME))


@blueprint.get("/logout/")
def logout() -> Response:
    return pages.page("account/logout.html", form=FlaskForm())


@blueprint.post("/logout/")
def log_out() -> Response:
    accounts.sign_out()
    return pages.go("/")


def _login_page(form: LoginForm, status: int = 200) -> Response:
    response = pages.page("account/login.html", "account/_login.html", status=status, form=form)
    response.headers["Cache-Control"] = "no-store"
    return response
