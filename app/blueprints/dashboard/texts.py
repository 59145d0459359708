"""Texts of messages: read, previewed with an example's values, edited; what will not do is refused
before it is kept."""

from typing import Any

from flask import Response, flash
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup

from app import messages
from app.blueprints.dashboard import blueprint, telegram_markup
from app.blueprints.dashboard.desk import show
from app.blueprints.dashboard.forms import TextForm
from app.core import access
from app.core.errors import NotFound
from app.extensions import htmx
from app.messages import TextRecord
from app.web import accounts, pages

PLACE = "/texts/<string(maxlength=40):kind>/<string(maxlength=8):recipient>/<string(maxlength=8):locale>/"
EXAMPLE = {
    "name": lazy_gettext("Анна Смирнова"),
    "first_name": lazy_gettext("Анна"),
    "lead_id": "128",
    "email": "anna@example.org",
    "inviter": lazy_gettext("Павел Орлов"),
    "webinar": lazy_gettext("Партнёрский канал без потерь"),
    "room_link": "https://example.org/r/…/",
    "login_link": "https://example.org/login/…/",
    "text": lazy_gettext("Подскажите, будет ли запись?"),
}
LANGUAGES = {"ru": lazy_gettext("русский"), "en": lazy_gettext("английский")}


@blueprint.get("/texts/")
@accounts.requires(access.MESSAGES_MANAGE)
def texts() -> Response:
    return show("texts", "texts.html", texts=messages.texts.all_texts(), languages=LANGUAGES)


@blueprint.get(PLACE)
@accounts.requires(access.MESSAGES_MANAGE)
def text(kind: str, recipient: str, locale: str) -> Response:
    found = _text(kind, recipient, locale)
    form = TextForm(formdata=None, body=found.body)
    return _editor(found, form, preview(found.body))


@blueprint.post(PLACE)
@accounts.requires(access.MESSAGES_MANAGE)
def save_text(kind: str, recipient: str, locale: str) -> Response:
    found, form = _text(kind, recipient, locale), TextForm()
    if not form.validate_on_submit():
        return _editor(found, form, None, status=422)
    try:
        messages.texts.save(kind, recipient, locale, form.body.data, actor=accounts.viewer())
    except messages.texts.TextRefused as refusal:
        form.body.errors = [in_words(refusal)]
        return _editor(found, form, None, status=422)
    flash(gettext("Текст сохранён. Запланированные раньше сообщения не изменятся."), "success")
    return pages.go("/dashboard/texts/")


@blueprint.post(PLACE + "preview/")
@accounts.requires(access.MESSAGES_MANAGE)
def preview_text(kind: str, recipient: str, locale: str) -> Response:
    """How the typed text would look; nothing is kept."""
    found, form = _text(kind, recipient, locale), TextForm()
    body = form.body.data or ""
    try:
        messages.texts.check(body.replace("\r\n", "\n").strip())
    except messages.texts.TextRefused as refusal:
        form.body.errors = [in_words(refusal)]
        return _editor(found, form, None, status=422)
    return _editor(found, form, preview(body))


def _editor(
    found: TextRecord, form: TextForm, shown: Markup | None, *, status: int = 200
) -> Response:
    """The editor; for HTMX, which asks for previews alone, the preview or what is wrong."""
    return show(
        "texts",
        "_preview.html" if htmx and not htmx.boosted else "text.html",
        status=status,
        text=found,
        form=form,
        preview=shown,
        variables=messages.texts.VARIABLES,
        languages=LANGUAGES,
    )


def _text(kind: str, recipient: str, locale: str) -> TextRecord:
    wanted = (kind, recipient, locale)
    for each in messages.texts.all_texts():
        if (each.kind, each.recipient, each.locale) == wanted:
            return each
    raise NotFound(f"text {wanted}")


def preview(body: str) -> Markup:
    """The body with an example's values, as Telegram would show it."""
    values: dict[str, Any] = {name: str(value) for name, value in EXAMPLE.items()}
    return telegram_markup.as_html(messages.texts.fill(body, values))


def in_words(refusal: messages.texts.TextRefused) -> str:
    """What is wrong with a text, for who wrote it."""
    what = str(refusal)
    return {
        "message_text_empty": gettext("Текст пуст."),
        "message_text_too_long": gettext("Текст длиннее 4096 знаков, Telegram его не примет."),
        "message_text_unknown_variable": gettext("Нет такой переменной: %(what)s", what=what),
        "message_text_markup": gettext(
            "Разметка не закрыта или Telegram её не знает: %(what)s", what=what
        ),
    }.get(refusal.name, gettext("Такой текст не подойдёт."))
