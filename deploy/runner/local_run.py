"""`make run`: the steps from a clone to a running product, told as they go."""

import json
import re
from pathlib import Path

from deploy.runner import virtualenv
from deploy.runner.console import Stopped, both, say
from deploy.runner.given import ROOT, in_production
from deploy.runner.preflight import (
    refuse_unwritable_database,
    wanted_port,
    writable_data_directory,
)
from deploy.runner.product import Product
from workers.stop_signal import StopSignal

REVISION = re.compile(r"^[\w.-]+(?: \([\w ]+\))*$", re.MULTILINE)
DEMO_FILE = ROOT / "app" / "demo" / "autowebinar.json"


def run(stop: StopSignal) -> int:
    """Run until asked to stop; whatever happens, no process stays behind."""
    port = wanted_port()
    data = writable_data_directory()
    refuse_unwritable_database(data)
    try:
        virtualenv.prepare((), stop)
        product = Product(port, data, stop)
        try:
            _start(product, data)
            product.keep_running()
        finally:
            if stop.asked:
                say(both("Останавливаю…", "Stopping…"))
            product.stop()
    except Stopped:
        pass
    return 0


def _start(product: Product, data: Path) -> None:
    say(both("Запускаю…", "Starting…"))
    product.start_helpers()
    prepare_database(product, data / "demo-pending")
    product.start_site()
    introduce(product, data)


def prepare_database(product: Product, pending: Path) -> None:
    """Migrate what is behind; fill a new database with the demo, also after an interruption.

    `pending` is a file that exists from before the first migration until the demo is in.
    """
    revisions = REVISION.findall(product.flask("db", "current"))
    if not revisions and not in_production():
        pending.touch()
    if not any("(head)" in revision for revision in revisions):
        say(both("Готовлю базу данных…", "Preparing the database…"))
        product.flask("db", "upgrade")
    if pending.exists():
        say(both("Добавляю демонстрационные данные…", "Adding the demo data…"))
        product.flask("seed-demo")
        pending.unlink()


def introduce(product: Product, data: Path) -> None:
    """Where everything is, and how to get in."""
    logins = "" if in_production() else product.flask("demo-logins").rstrip()
    say()
    say(f"{both('Эфир работает', 'Efir is running')}: {product.address}/")
    if logins:
        say(f"{both('Комната показа', 'The demo room')}: {product.address}{_demo_room()}")
    if product.sandbox_address:
        say(f"{both('Вместо Telegram', 'Instead of Telegram')}: {product.sandbox_address}/")
    if logins:
        say(logins)
    say(f"{both('Журналы', 'Logs')}: {data / 'log'}")
    say(both("Остановить: Ctrl-C", "Stop: Ctrl-C"))


def _demo_room() -> str:
    slug = json.loads(DEMO_FILE.read_text("utf-8"))["slug"]
    return f"/autowebinar/{slug}/"
