"""What kinds of cues and findings of the linter are called when an author reads them."""

from datetime import datetime

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.autowebinar.linter import Finding
from app.web import localisation

KINDS: dict[str, LazyString] = {
    "cta": lazy_gettext("Кнопка"),
    "offer": lazy_gettext("Предложение со сроком"),
    "poll": lazy_gettext("Опрос"),
    "question": lazy_gettext("Вопрос зрителю"),
    "note": lazy_gettext("Закреплённая заметка"),
    "handout": lazy_gettext("Материал"),
}
SOURCES: dict[str, LazyString] = {
    "broadcast": lazy_gettext("из записи"),
    "imported": lazy_gettext("из файла автора"),
    "typed": lazy_gettext("добавлено автором"),
}
"""As the room marks the lines."""
LEVELS: dict[str, tuple[LazyString, str]] = {
    "error": (lazy_gettext("Ошибка"), "danger"),
    "warning": (lazy_gettext("Проверьте"), "warn"),
    "advice": (lazy_gettext("Совет"), ""),
}
FINDINGS: dict[str, LazyString] = {
    "video_missing": lazy_gettext("Нет видео."),
    "duration_missing": lazy_gettext("Неизвестна длительность записи."),
    "video_shorter": lazy_gettext("Видео короче, чем указано в сценарии."),
    "captions_missing": lazy_gettext("Нет субтитров: без звука запись не понять."),
    "cue_after_end": lazy_gettext("Стоит после конца записи, её никто не увидит."),
    "cue_hides_after_end": lazy_gettext("Убирается после конца записи: останется на экране."),
    "hide_before_show": lazy_gettext("Убирается раньше, чем показана."),
    "text_empty": lazy_gettext("Нет текста."),
    "link_unsafe": lazy_gettext("Ссылка не откроется: нужна https://… или путь этого сайта."),
    "link_dead": lazy_gettext("Ссылка ведёт на то, чего больше нет."),
    "link_missing": lazy_gettext("У материала нет ссылки или файла."),
    "options_few": lazy_gettext("В опросе нужно хотя бы два варианта."),
    "options_empty": lazy_gettext("В опросе есть пустой вариант."),
    "options_same": lazy_gettext("В опросе повторяется вариант."),
    "results_before_show": lazy_gettext("Итоги показываются раньше самого опроса."),
    "results_after_hide": lazy_gettext("Опрос убирается раньше, чем видны итоги."),
    "results_after_end": lazy_gettext("Итоги показываются после конца записи: их не дождутся."),
    "deadline_missing": lazy_gettext("У предложения нет срока."),
    "deadline_double": lazy_gettext("У предложения два срока: оставьте один."),
    "offer_over": lazy_gettext("Срок предложения уже прошёл, его увидят закончившимся."),
    "two_ctas": lazy_gettext("Две кнопки одновременно: поздняя закроет раннюю."),
    "two_at_once": lazy_gettext("Две отметки на одном месте: поздняя закроет раннюю."),
    "variable_unknown": lazy_gettext("Такой подстановки нет, зритель увидит скобки."),
    "text_dated": lazy_gettext("Названы день или дата: для записи они неверны."),
    "line_after_end": lazy_gettext("Реплика стоит после конца записи."),
    "line_dated": lazy_gettext("В реплике названы день или дата: для записи они неверны."),
}


def kind(name: str) -> str:
    return str(KINDS[name])


def source(name: str) -> str:
    return str(SOURCES[name])


def finding(found: Finding) -> str:
    return str(FINDINGS[found.code])


def level(name: str) -> tuple[str, str]:
    """(the level in words, the tone of its badge)."""
    words, tone = LEVELS[name]
    return str(words), tone


def conflict(who: str | None, when: datetime) -> str:
    return gettext(
        "Пока вы правили, это изменили. Последняя правка черновика: %(who)s, %(when)s."
        " Ваши значения остались в форме; сохраните ещё раз, чтобы заменить чужие.",
        who=who or gettext("неизвестно кто"),
        when=localisation.moment(when, "d MMMM, HH:mm"),
    )
