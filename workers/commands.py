"""Commands of the site that reach into the workers' rooms."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import messages
from workers import process, ticker
from workers.telegram.errors import CallFailed
from workers.telegram.transport import TelegramTransport

telegram = AppGroup("telegram", help="The bot.")


def register(app: Flask) -> None:
    process.use(app)
    app.cli.add_command(sweep)
    app.cli.add_command(telegram)


@click.command("sweep")
def sweep() -> None:
    """One pass of everything that heals: undelivered events, overdue or abandoned messages."""
    with current_app.app_context():
        ticker.sweep()
        counts = messages.counts()
    click.echo(f"запланировано {counts.planned}, ждёт {counts.waiting}, неясно {counts.unknown}")


@telegram.command("set-webhook")
def set_webhook() -> None:
    """Have Telegram post updates to PUBLIC_URL/telegram/webhook/."""
    settings = current_app.config["SETTINGS"]
    for name in ("telegram_bot_token", "telegram_webhook_secret", "public_url"):
        if not getattr(settings, name):
            raise click.ClickException(f"не задан {name.upper()}")
    transport = TelegramTransport(settings.telegram_bot_token, settings.telegram_api_url)
    address = f"{settings.public_url}/telegram/webhook/"
    try:
        transport.set_webhook(address, settings.telegram_webhook_secret)
    except CallFailed as error:
        raise click.ClickException(str(error)) from None
    finally:
        transport.close()
    messages.resume_channel()
    click.echo(f"вебхук: {address}")


@telegram.command("delete-webhook")
def delete_webhook() -> None:
    """Go back to long polling by the workers."""
    settings = current_app.config["SETTINGS"]
    transport = TelegramTransport(settings.telegram_bot_token, settings.telegram_api_url)
    try:
        transport.delete_webhook()
    except CallFailed as error:
        raise click.ClickException(str(error)) from None
    finally:
        transport.close()
    click.echo("вебхук снят, воркеры опрашивают сами")
