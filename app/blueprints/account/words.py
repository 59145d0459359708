"""How a person is introduced."""

from flask_babel import lazy_gettext

ROLES = {
    "admin": lazy_gettext("Организатор"),
    "speaker": lazy_gettext("Ведущий"),
    "leader": lazy_gettext("Лидер"),
    "partner": lazy_gettext("Партнёр"),
    "candidate": lazy_gettext("Участник"),
}
