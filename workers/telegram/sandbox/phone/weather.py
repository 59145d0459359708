"""The page on which a person makes Telegram behave badly, and well again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from string import Template

from workers.telegram.sandbox.faults import Fault
from workers.telegram.sandbox.parameters import Parameters
from workers.telegram.sandbox.phone.words import Say
from workers.telegram.sandbox.state import Sandbox

REFUSE = "refuse"
MODES = {
    "429": "429: подождите (слишком часто)",
    "403": "403: человек заблокировал бота",
    "400": "400: такого чата нет",
    "401": "401: токен отозван",
    "404": "404: нет такого метода",
    "500": "500: ошибка сервера, не принято",
    "502": "502: страница HTML вместо ответа",
    "migrate": "группа переехала в супергруппу",
    "close": "связь оборвана, не принято",
    "hang": "молчит, не принято",
    "accept_close": "принято, но связь оборвана",
    "accept_hang": "принято, но ответа нет",
    "accept_garbage": "принято, но ответ испорчен",
    "accept_500": "принято, но ответ 500",
    "slow": "отвечает медленно",
    REFUSE: "соединение не принимается",
}
LONGEST_OUTAGE = 60

_PAGE = Template(
    """<main class="start"><section class="phone faults">
<div class="start__bot"><h1>$title</h1><p class="start__hint">$hint</p></div>
<form method="post" action="/phone/fault" class="faults__form">
<label>$what<select name="mode">$modes</select></label>
<label>$whom<select name="chat_id"><option value="">$all</option>$chats</select></label>
<label>$times<input name="times" type="number" min="1" max="10000" placeholder="$ever"></label>
<label>$seconds<input name="seconds" type="number" min="1" max="3600" value="5">
<small>$for_what</small></label>
<button class="start__button">$begin</button>
</form>
<div class="faults__now">$now</div>
</section></main>"""
)


def page(say: Say, sandbox: Sandbox) -> str:
    return _PAGE.substitute(
        title=say("Неполадки"),
        hint=say("Пусть Telegram ведёт себя плохо: продукт должен это пережить и объяснить."),
        what=say("Что случится"),
        modes="".join(
            f'<option value="{mode}">{say(name)}</option>' for mode, name in MODES.items()
        ),
        whom=say("С кем"),
        all=say("со всеми"),
        chats="".join(_chats(sandbox)),
        times=say("Сколько раз"),
        ever=say("пока не отменю"),
        seconds=say("Сколько секунд"),
        for_what=say("для «подождите», «медленно» и «соединение не принимается»"),
        begin=say("Начать неполадку"),
        now=_now(say, sandbox),
    )


def _chats(sandbox: Sandbox) -> Iterator[str]:
    for chat in sandbox.chats.chats.values():
        yield f'<option value="{chat.id}">{escape(chat.name)}</option>'


def _now(say: Say, sandbox: Sandbox) -> str:
    if not sandbox.faults.active:
        return f"<p>{say('Сейчас всё работает.')}</p>"
    rows = "".join(f"<li>{_line(say, sandbox, fault)}</li>" for fault in sandbox.faults.active)
    return (
        f"<h2>{say('Идут сейчас')}</h2><ul>{rows}</ul>"
        '<form method="post" action="/phone/clear">'
        f'<button class="faults__end">{say("Прекратить всё")}</button></form>'
    )


def _line(say: Say, sandbox: Sandbox, fault: Fault) -> str:
    chat = sandbox.chats.chats.get(fault.chat_id or 0)
    whom = chat.name if chat else say("со всеми")
    left = f", {say('осталось раз')}: {fault.times}" if fault.times is not None else ""
    return escape(f"{say(MODES[fault.mode])} — {whom}{left}")


def begin(sandbox: Sandbox, fields: Parameters) -> None:
    """A revoked token concerns every call; the other faults concern messages alone."""
    mode = fields.text("mode")
    seconds = min(3600, max(1, fields.number("seconds", 5)))
    if mode == REFUSE:
        sandbox.outage = float(min(seconds, LONGEST_OUTAGE))
        return
    times = fields.number("times")
    fault = Fault(
        mode,  # type: ignore[arg-type]  # Fault itself refuses what is no mode
        times if times > 0 else None,
        chat_id=fields.number("chat_id") or None,
        method="" if mode == "401" else "sendMessage",
        retry_after=seconds,
        ms=seconds * 1000,
    )
    sandbox.faults.active.append(fault)


def end(sandbox: Sandbox, fields: Parameters) -> None:
    sandbox.faults.active.clear()


ACTIONS: dict[str, Callable[[Sandbox, Parameters], None]] = {
    "/phone/fault": begin,
    "/phone/clear": end,
}
