"""The rooms that have an address. Strangers to each other; listed here one by one."""

from importlib import import_module

from flask import Blueprint

ROOMS = (
    "catalogue",
    "signup",
    "integration_web_form",
    "account",
    "autowebinar_delivery",
    "live_webinars",
    "dashboard",
    "studio",
    "media",
    "telegram_inbox",
    "ops",
)


def every_blueprint() -> list[Blueprint]:
    return [import_module(f"app.blueprints.{room}").blueprint for room in ROOMS]
