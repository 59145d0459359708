"""What Core and the broadcast's room refused, for the person who pressed the button."""

from flask_babel import gettext

from app.core.errors import CoreRefusal, Forbidden
from app.live import LiveRefused, polls
from app.live.broadcasts import LONGEST_NOTE

UNDERWAY = ("live", "paused")
DONE = ("finished", "cancelled", "archived")
"""Nothing more will be shown: settings of the broadcast are to be read only."""


def done(status: str) -> str:
    """Why settings of a broadcast of this state, one of `DONE`, change no more."""
    words = {
        "finished": gettext("Эфир завершён: его настройки больше не меняются."),
        "cancelled": gettext("Эфир отменён: его настройки больше не меняются."),
    }
    return words.get(status, gettext("Вебинар в архиве: в нём больше ничего не меняется."))


def refused(refusal: CoreRefusal, status: str) -> str:
    """`status`: what the webinar's state is now, for it tells why."""
    if isinstance(refusal, Forbidden):
        return gettext("Для этого у вас нет прав.")
    if refusal.name == "webinar_state_invalid_start":
        return _not_started(status)
    words = {
        "webinar_state_invalid_stop": gettext("Завершать нечего: эфир сейчас не идёт."),
        "webinar_state_invalid_pause": gettext("На паузу ставят идущий эфир, а он сейчас не идёт."),
        "webinar_state_invalid_resume": gettext("Эфир не на паузе: продолжать нечего."),
        "webinar_state_invalid_schedule": gettext("Час назначают черновику или меняют до начала."),
        "webinar_state_invalid_cancel": gettext("Отменить можно только запланированный эфир."),
        "webinar_state_invalid_archive": gettext(
            "В архив убирают завершённый или отменённый эфир."
        ),
        "webinar_state_invalid_rewind": gettext("Эфир уже начался: час его начала не изменить."),
        "webinar_state_invalid_restart": gettext(
            "Эфир завершён, второй раз его не начать. Создайте новый вебинар."
        ),
        "webinar_status_mutation_forbidden": gettext(
            "Состояние вебинара меняют только кнопки: начать, пауза, завершить."
        ),
        "webinar_state_locked": gettext("Вебинар в архиве: в нём больше ничего не меняется."),
    }
    return words.get(refusal.name, gettext("Не получилось: состояние вебинара уже другое."))


def _not_started(status: str) -> str:
    if status in UNDERWAY:
        return gettext("Эфир уже идёт: его начал другой ведущий.")
    if status == "cancelled":
        return gettext("Эфир отменён, начать его нельзя.")
    return gettext("Сначала назначьте час эфира: без него зрителям некуда прийти.")


def not_shown(refusal: LiveRefused) -> str:
    """A poll or a note that will not do."""
    if refusal.name == "live_note_invalid":
        return gettext("Заметка не длиннее %(most)s знаков.", most=LONGEST_NOTE)
    if str(refusal) == "question":
        return gettext("Напишите вопрос, не длиннее %(most)s знаков.", most=polls.LONGEST_QUESTION)
    return gettext(
        "Нужно от двух до шести разных ответов, каждый не длиннее %(most)s знаков.",
        most=polls.LONGEST_OPTION,
    )
