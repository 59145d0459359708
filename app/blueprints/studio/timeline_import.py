"""Chat lines of another product's file: brought, looked at, mapped, taken in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from app.autowebinar import chat_files, drafts, imports
from app.autowebinar.chat_files import ChatFile, FileRefused, Plan, Table
from app.blueprints.studio import blueprint, brought, panels, timeline
from app.core import WebinarRecord, access
from app.web import accounts, bodies, pages

PREVIEW = 8
REFUSED_SHOWN = 200
COLUMNS = ("time", "author", "surname", "text", "role")
FORMATS: dict[str, LazyString] = {
    "everwebinar": lazy_gettext("EverWebinar или WebinarJam"),
    "webinargeek": lazy_gettext("WebinarGeek"),
    "aevent": lazy_gettext("AEvent"),
    "apsg": lazy_gettext("Секунды, имя, сообщение"),
    "bracketed": lazy_gettext("Время в скобках"),
    "table": lazy_gettext("Обычная таблица"),
}
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
DELIMITER_WORDS: dict[str, LazyString] = {
    "comma": lazy_gettext("запятая"),
    "semicolon": lazy_gettext("точка с запятой"),
    "tab": lazy_gettext("табуляция"),
    "bar": lazy_gettext("вертикальная черта"),
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "windows-1251": "Windows-1251",
    "utf-16": "UTF-16",
    "koi8-r": "KOI8-R",
    "cp866": "DOS (866)",
}
SAMPLES: dict[str, tuple[str, LazyString]] = {
    "everwebinar": (
        "Hour,Minute,Second,Name,Role,Message,Mode",
        lazy_gettext("Выгрузка чата, до 5 000 строк и 1 МБ."),
    ),
    "webinargeek": (
        "First name,Surname,Chat relative time,Chat message",
        lazy_gettext("Файл симулированных сообщений."),
    ),
    "aevent": ("name,message,after", lazy_gettext("До 500 строк, секунды от начала.")),
    "apsg": ("750;Ирина;Звук есть", lazy_gettext("Три колонки без заголовка.")),
    "bracketed": ("[0:12:30] Ирина: Звук есть", lazy_gettext("Текстовый файл, реплика на строке.")),
    "table": (
        "",
        lazy_gettext("CSV с любыми колонками: какая из них что, укажете на следующем шаге."),
    ),
}
REASONS: dict[str, LazyString] = {
    "columns": lazy_gettext("не хватает колонок"),
    "time": lazy_gettext("время не прочитать"),
    "after_end": lazy_gettext("после конца записи"),
    "author": lazy_gettext("нет автора"),
    "author_long": lazy_gettext("имя автора длиннее 80 знаков"),
    "text": lazy_gettext("нет текста"),
    "text_long": lazy_gettext("текст длиннее 1000 знаков"),
    "role": lazy_gettext("неизвестная роль"),
    "mode": lazy_gettext("неизвестный режим сообщения"),
}
REFUSALS: dict[str, LazyString] = {
    "empty": lazy_gettext("В файле нет ни одной строки."),
    "too_large": lazy_gettext("Файл больше 12 МБ."),
    "too_many": lazy_gettext("В файле больше 100 000 строк."),
    "not_a_table": lazy_gettext("Файл не прочитать как таблицу: где-то не закрыта кавычка."),
    "unmapped": lazy_gettext("Укажите, в каких колонках время, автор и текст."),
    "format_too_large": lazy_gettext(
        "Такой файл не может быть больше 1 МБ. Если это ваша таблица, выберите «Обычная таблица»."
    ),
    "format_too_many": lazy_gettext(
        "Строк больше, чем бывает в этом формате. Если это ваша таблица,"
        " выберите «Обычная таблица»."
    ),
}


class BringForm(FlaskForm):
    file = FileField(lazy_gettext("Файл с чатом"), [FileRequired(lazy_gettext("Выберите файл."))])


@blueprint.route("/<slug>/timeline/import/", methods=["GET", "POST"])
@bodies.up_to(lambda: chat_files.LARGEST_FILE + brought.ENVELOPE)
@accounts.requires(access.WEBINAR_EDIT)
def timeline_import(slug: str) -> Response:
    webinar = timeline.auto_of(slug)
    form = BringForm()
    if not form.is_submitted():
        return _bring(webinar, form)
    if not form.validate():
        return _bring(webinar, form, status=422)
    with form.file.data.stream as stream:
        body = stream.read(chat_files.LARGEST_FILE + 1)
    if not body.strip() or len(body) > chat_files.LARGEST_FILE:
        form.file.errors = [str(REFUSALS["too_large" if body.strip() else "empty"])]
        return _bring(webinar, form, status=422)
    name = form.file.data.filename or ""
    imports.bring(webinar.webinar_id, name, body, actor=accounts.viewer())
    return pages.go(url_for("studio.timeline_mapping", slug=slug))


def _bring(webinar: WebinarRecord, form: BringForm, *, status: int = 200) -> Response:
    formats = [(label, *SAMPLES[name]) for name, label in FORMATS.items()]
    return panels.show(
        "timeline", "timeline_import.html", webinar, status=status, form=form, formats=formats
    )


@blueprint.route("/<slug>/timeline/import/mapping/", methods=["GET", "POST"])
@accounts.requires(access.WEBINAR_EDIT)
def timeline_mapping(slug: str) -> Response:
    """What is in which column, how the rows then read, and taking them in."""
    webinar = timeline.auto_of(slug)
    file = imports.brought(webinar.webinar_id, actor=accounts.viewer())
    if file is None:
        return pages.go(url_for("studio.timeline_import", slug=slug))
    table = chat_files.open_table(file.body, *_told())
    plan = _plan(chat_files.guess(table))
    try:
        found = chat_files.read(table, plan, len(file.body), duration=_duration(webinar))
    except FileRefused as refusal:
        words = str(REFUSALS[refusal.why])
        status = 422 if request.method == "POST" else 200
        return _mapping(webinar, file.name, table, plan, refusal=words, status=status)
    form = FlaskForm()
    if not form.validate_on_submit():
        return _mapping(webinar, file.name, table, plan, found)
    return _take_in(webinar, file.name, table, plan, found)


def _take_in(
    webinar: WebinarRecord, name: str, table: Table, plan: Plan, found: ChatFile
) -> Response:
    """All or nothing, unless «only the good rows» was asked for."""
    if found.refused and request.form.get("rows") != "good":
        words = gettext("Ничего не загружено: в файле есть строки, которые не подходят.")
        return _mapping(webinar, name, table, plan, found, refusal=words, status=422)
    if not found.lines:
        words = gettext("Ничего не загружено: ни одна строка не подходит.")
        return _mapping(webinar, name, table, plan, found, refusal=words, status=422)
    taken = imports.take_in(webinar.webinar_id, found.lines, actor=accounts.viewer())
    flash(
        gettext(
            "Загружено реплик: %(added)s. Уже были: %(known)s. Пропущено строк: %(refused)s.",
            added=taken.added,
            known=taken.known,
            refused=len(found.refused),
        ),
        "success",
    )
    return pages.go(timeline.back(webinar) + "#lines")


def _duration(webinar: WebinarRecord) -> int | None:
    found = drafts.get(webinar.webinar_id).content.get("duration_sec")
    return int(found) if found else None


def _plan(guessed: Plan) -> Plan:
    """The guess, with what the author chose instead."""
    asked = request.values
    if asked.get("format") not in FORMATS:
        return guessed
    plan = replace(guessed, format=asked["format"])
    if guessed.clock:
        return plan
    chosen = {name: _column(asked.get(name, "")) for name in COLUMNS}
    header = asked.get("header") == "1"
    unit = guessed.unit if chosen["time"] == guessed.time else None
    return Plan(plan.format, has_header=header, unit=unit, **chosen)  # type: ignore[arg-type]


def _told() -> tuple[str, str]:
    """The encoding and the delimiter that the author chose; none where the guess will do."""
    encoding, delimiter = request.values.get("encoding", ""), request.values.get("delimiter", "")
    return encoding if encoding in chat_files.ENCODINGS else "", DELIMITERS.get(delimiter, "")


def _column(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else None


def _mapping(
    webinar: WebinarRecord,
    name: str,
    table: Table,
    plan: Plan,
    found: ChatFile | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> Response:
    head = table.head(PREVIEW)
    context: dict[str, Any] = {
        "file_name": name,
        "table": table,
        "plan": plan,
        "head": head,
        "columns": _names_of_columns(head, plan),
        "found": found,
        "preview": found.lines[:PREVIEW] if found else (),
        "refused": _in_words(found) if found else (),
        "refusal": refusal,
        "formats": FORMATS,
        "encodings": ENCODINGS,
        "delimiters": DELIMITER_WORDS,
        "told": {"encoding": table.encoding, "delimiter": _key_of(table.delimiter)},
        "form": FlaskForm(),
    }
    return panels.show("timeline", "timeline_mapping.html", webinar, status=status, **context)


def _key_of(delimiter: str) -> str:
    return next((key for key, sign in DELIMITERS.items() if sign == delimiter), "")


def _names_of_columns(head: Sequence[Sequence[str]], plan: Plan) -> list[str]:
    """By the header where there is one, else by number and the first cell."""
    width = max((len(cells) for cells in head), default=0)
    first = [*head[0], *[""] * width][:width] if head else []
    return [f"{place}. {cell.strip()[:40]}" for place, cell in enumerate(first, start=1)]


def _in_words(found: ChatFile) -> list[tuple[int, str, str]]:
    return [
        (each.number, str(REASONS[each.reason]), each.quote)
        for each in found.refused[:REFUSED_SHOWN]
    ]
