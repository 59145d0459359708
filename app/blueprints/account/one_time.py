"""In by a one-time link: asked for here, sent to a proven contact, spent by POST."""

from flask import Response
from flask_wtf import FlaskForm

from app import core
from app.blueprints.account import blueprint, sending
from app.blueprints.account.entrance import HOME, account_asked_for
from app.blueprints.account.forms import LinkForm
from app.core.errors import TokenRefused
from app.extensions import limiter
from app.web import accounts, limits, pages, security


@blueprint.get("/login/link/")
def login_link() -> Response:
    return pages.page("account/link.html", form=LinkForm())


@blueprint.post("/login/link/")
@limiter.limit(limits.LOGIN)
@limiter.limit(limits.LINK, key_func=account_asked_for)
def ask_for_link() -> Response:
    form = LinkForm()
    if not form.validate():
        return pages.page("account/link.html", "account/_link.html", status=422, form=form)
    sending.send_link(form.email.data or "")
    if pages.wants_fragment():
        return pages.page("account/link_sent.html", "account/_link_sent.html")
    return pages.go("/login/link/sent/")


@blueprint.get("/login/link/sent/")
def link_sent() -> Response:
    return pages.page("account/link_sent.html")


@blueprint.get("/login/<token>/")
def use_link(token: str) -> Response:
    """A page with one button: what merely looks at the link does not spend it."""
    return _secret(pages.page("account/use_link.html", form=FlaskForm()))


@blueprint.post("/login/<token>/")
@limiter.limit(limits.LOGIN)
def spend_link(token: str) -> Response:
    try:
        record = _spent(token)
    except TokenRefused:
        return _secret(pages.page("account/link_spent.html", status=410))
    accounts.sign_in(record)
    return _secret(pages.go(HOME))


def _spent(token: str) -> core.UserRecord:
    """The account that the token opens. A link that was mailed proves the address."""
    with core.transaction():
        spent = core.tokens.spend(core.tokens.LOGIN, token)
        if spent.user_id is None:
            raise TokenRefused
        mailed = core.contacts.is_email(spent.contact_id)
        return core.users.signed_in(spent.user_id, proves_email=mailed)


def _secret(response: Response) -> Response:
    security.keep_address_secret()
    response.headers["Cache-Control"] = "no-store"
    return response
