"""Why a message is where it is: stable words for machines, sentences for people."""

from flask_babel import lazy_gettext

NO_BOT = "no_bot"
NO_TEAM_CHAT = "no_team_chat"
NO_CHAT = "no_chat"
UNSUBSCRIBED = "unsubscribed"
BLOCKED = "blocked"
TEAM_CHAT_GONE = "team_chat_gone"
TOO_LATE = "too_late"
WEBINAR_STARTED = "webinar_started"
LEAD_ERASED = "lead_erased"
REGISTRATION_CANCELLED = "registration_cancelled"
CONSENT_WITHDRAWN = "consent_withdrawn"
REFUSED = "refused"
NO_ANSWER = "no_answer"
NO_ANSWER_AGAIN = "no_answer_again"
LATE_ANSWER = "late_answer"
RETRY = "retry"
BOT_REVOKED = "bot_revoked"
RATE = "rate"
OPERATOR = "operator"
TAKEN_LATER = "taken_later"
QUIET_HOURS = "quiet_hours"
MOVED = "moved"
NEWER_PLACE = "newer_place"
WEBINAR_CANCELLED = "webinar_cancelled"

SENTENCES = {
    NO_BOT: lazy_gettext("бот не подключён"),
    NO_TEAM_CHAT: lazy_gettext("не задан чат команды"),
    NO_CHAT: lazy_gettext("ждёт привязки Telegram"),
    UNSUBSCRIBED: lazy_gettext("клиент отписался"),
    BLOCKED: lazy_gettext("клиент заблокировал бота или чат удалён"),
    TEAM_CHAT_GONE: lazy_gettext("бота нет в чате команды"),
    TOO_LATE: lazy_gettext("опоздало: срок прошёл"),
    WEBINAR_STARTED: lazy_gettext("опоздало: вебинар начался"),
    LEAD_ERASED: lazy_gettext("данные клиента удалены"),
    REGISTRATION_CANCELLED: lazy_gettext("запись на вебинар отменена"),
    CONSENT_WITHDRAWN: lazy_gettext("клиент отозвал согласие"),
    REFUSED: lazy_gettext("Telegram отказал"),
    NO_ANSWER: lazy_gettext("нет ответа от Telegram, повтор не отправлен"),
    NO_ANSWER_AGAIN: lazy_gettext("нет ответа от Telegram, отправим ещё раз: возможен повтор"),
    LATE_ANSWER: lazy_gettext("Telegram ответил с опозданием: сообщение принято"),
    RETRY: lazy_gettext("Telegram был недоступен, повторим"),
    BOT_REVOKED: lazy_gettext("Telegram не принимает токен бота, сообщение ждёт"),
    RATE: lazy_gettext("Telegram попросил подождать"),
    OPERATOR: lazy_gettext("решение сотрудника"),
    TAKEN_LATER: lazy_gettext("место заняли позже, чем пора было напомнить"),
    QUIET_HOURS: lazy_gettext("тихие часы"),
    WEBINAR_CANCELLED: lazy_gettext("вебинар отменён"),
    MOVED: lazy_gettext("запись перенесена на другое время"),
    NEWER_PLACE: lazy_gettext("в тот же чат напоминает более новая запись того же человека"),
}
STATES = {
    "planned": lazy_gettext("запланировано"),
    "sending": lazy_gettext("отправляется"),
    "sent": lazy_gettext("отправлено"),
    "failed": lazy_gettext("не доставлено"),
    "unknown": lazy_gettext("ответа нет"),
    "cancelled": lazy_gettext("отменено"),
    "skipped": lazy_gettext("пропущено"),
    "waiting": lazy_gettext("ждёт"),
}
KINDS = {
    "welcome": lazy_gettext("Приветствие"),
    "followup": lazy_gettext("Напоминание"),
    "chat_answer": lazy_gettext("Ответ на вопрос в чате"),
    "question": lazy_gettext("Вопрос в чате"),
    "reminder_day": lazy_gettext("Напоминание за день"),
    "reminder_hour": lazy_gettext("Напоминание за час"),
    "reminder_minutes": lazy_gettext("Напоминание за десять минут"),
    "move_times": lazy_gettext("Выбор другого времени"),
    "move_gone": lazy_gettext("Время уже прошло"),
    "move_nothing": lazy_gettext("Переносить некуда"),
    "move_done": lazy_gettext("Запись перенесена"),
    "move_now": lazy_gettext("Можно смотреть сейчас"),
    "login_link": lazy_gettext("Ссылка для входа"),
    "chat_linked": lazy_gettext("Telegram привязан"),
    "chat_taken": lazy_gettext("Telegram занят"),
    "start_known": lazy_gettext("Telegram уже привязан"),
    "start_unknown": lazy_gettext("Ссылка устарела"),
    "chat_moved": lazy_gettext("Telegram перепривязан"),
    "unsubscribed": lazy_gettext("Подтверждение отписки"),
    "resubscribed": lazy_gettext("Сообщения снова включены"),
    "reply": lazy_gettext("Ответ клиента"),
    "post_attended": lazy_gettext("После вебинара, пришёл"),
    "post_not_attended": lazy_gettext("После вебинара, не пришёл"),
    "recording_ready": lazy_gettext("Запись эфира готова"),
    "partner_attendance": lazy_gettext("Партнёру: кто пришёл"),
    "live_moved": lazy_gettext("Эфир перенесён"),
    "live_cancelled": lazy_gettext("Эфир отменён"),
    "live_overdue": lazy_gettext("Эфир идёт дольше плана"),
    "live_not_started": lazy_gettext("Эфир не начат в срок"),
    "live_not_cut": lazy_gettext("Спикер не отключён от медиасервера"),
    "live_stopped": lazy_gettext("Эфир завершён правилом"),
}


def in_words(reason: str | None) -> str:
    """The sentence for a reason; a word that is not known yet is shown as it is."""
    if reason is None:
        return ""
    return str(SENTENCES.get(reason, reason))
