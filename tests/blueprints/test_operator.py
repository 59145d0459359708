"""What an operator can do after a bad night: see that the bot stopped, send again, look at what
could not be read."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app import core, messages
from app.core import RegistrationRecord, UserRecord
from app.extensions import db
from app.messages import Filter, again
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

HTMX = {"HX-Request": "true"}
NOON = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 12:00 in Moscow


@pytest.fixture
def admin(make: Make) -> UserRecord:
    return make.user("admin")


@pytest.fixture
def desk(client: FlaskClient, sign_in: Any, admin: UserRecord) -> FlaskClient:
    sign_in(client, admin)
    return client


@pytest.fixture
def post(csrf: Any) -> Callable[..., Any]:
    def send(client: FlaskClient, path: str, **data: Any) -> Any:
        return client.post(path, data={"csrf_token": csrf(client, "/dashboard/"), **data})

    return send


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def plan(number: int, **fields: Any) -> int:
    about = {"kind": "welcome", "recipient": "team", "values": {"name": "Анна"}} | fields
    message_id = messages.plan(messages.Plan(dedupe=f"operator:{number}", **about))
    assert message_id is not None
    return message_id


def skipped(count: int, **fields: Any) -> list[int]:
    """Messages that came due without a bot."""
    ids = [plan(number, **fields) for number in range(count)]
    while messages.claim_due(100) or messages.page(state="planned"):
        pass
    return ids


def states() -> dict[tuple[str, str | None], int]:
    db.session.remove()
    found = [(each.state, each.reason) for each in messages.page(limit=2000)]
    return {each: found.count(each) for each in set(found)}


class TestBanner:
    PAGES = ("/dashboard/", "/dashboard/leads/", "/dashboard/messages/", "/account/")

    @pytest.mark.parametrize("path", PAGES)
    def test_stopped_bot_is_told_on_every_page_with_its_reason_and_time(
        self, desk: FlaskClient, path: str
    ) -> None:
        assert "не принимает его токен" not in desk.get(path).text
        messages.channel.raise_alarm("bot_revoked")
        said = words(desk.get(path).text)
        assert "Бот не отправляет сообщения: Telegram не принимает его токен. С " in said
        assert "Проверить бота снова" in said

    @pytest.mark.parametrize("role", ["partner", "leader"])
    def test_who_cannot_act_is_not_alarmed(
        self, client: FlaskClient, make: Make, sign_in: Any, role: str
    ) -> None:
        messages.channel.raise_alarm("bot_revoked")
        sign_in(client, make.user(role))
        assert "Бот не отправляет" not in client.get("/dashboard/").text

    def test_button_leaves_a_wish_and_says_so(self, desk: FlaskClient, post: Any) -> None:
        messages.channel.raise_alarm("bot_revoked")
        assert post(desk, "/dashboard/bot/check/").status_code == 303
        db.session.remove()
        assert messages.channel.state().checking
        assert "Спрашиваем Telegram…" in desk.get("/dashboard/").text

    def test_banner_asks_for_itself_while_the_check_lasts(
        self, desk: FlaskClient, admin: UserRecord
    ) -> None:
        messages.channel.raise_alarm("bot_revoked")
        messages.channel.ask_for_check(admin)
        asking = desk.get("/dashboard/bot/", headers=HTMX).text
        assert 'hx-get="/dashboard/bot/"' in asking
        messages.channel.checked(messages.channel.REFUSED)
        refused = desk.get("/dashboard/bot/", headers=HTMX).text
        assert "токен всё ещё не принят" in refused
        assert "hx-trigger" not in refused
        messages.channel.checked(messages.channel.WORKS)
        assert "Бот снова работает" in desk.get("/dashboard/bot/", headers=HTMX).text

    def test_pause_that_telegram_asked_for_is_information(
        self, desk: FlaskClient, sign_in: Any, admin: UserRecord
    ) -> None:
        with time_machine.travel(NOON, tick=False):
            sign_in(desk, admin)
            messages.pause_channel(180)
            for path in ("/dashboard/", "/dashboard/messages/"):
                said = words(desk.get(path).text)
                assert "Telegram попросил подождать до 12:03:00" in said
                assert "Проверить бота" not in said


class TestManyAgain:
    def batch(self, desk: FlaskClient, **wanted: str) -> dict[str, str]:
        """The hidden fields of the confirmation."""
        page = desk.get("/dashboard/messages/again/", query_string=wanted).text
        fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        return {name: value for name, value in fields if name != "csrf_token"}

    def test_page_of_messages_offers_it_and_the_confirmation_tells_how_many(
        self, desk: FlaskClient
    ) -> None:
        skipped(3)
        listed = desk.get("/dashboard/messages/?state=skipped&reason=no_bot").text
        assert "Не ушли из-за неполадки: 3." in listed
        assert "/dashboard/messages/again/?state=skipped&amp;reason=no_bot" in listed
        said = words(desk.get("/dashboard/messages/again/?reason=no_bot").text)
        assert "Сообщений: 3." in said
        assert "Приветствие 3" in said
        assert "Это займёт не меньше, чем: 1 секунда." in said

    @pytest.mark.both_databases
    def test_confirmed_batch_goes_and_its_twin_does_not(
        self, app: Flask, desk: FlaskClient, post: Any
    ) -> None:
        skipped(3)
        fields = self.batch(desk, state="skipped", reason="no_bot")
        assert post(desk, "/dashboard/messages/again/", **fields).status_code == 303
        assert states() == {("planned", "operator"): 3}
        skipped_again = desk.get("/dashboard/messages/").text
        assert "Сообщений снова в очереди: 3." in skipped_again
        post(desk, "/dashboard/messages/again/", **fields)
        assert "уже отправлены в очередь" in desk.get("/dashboard/messages/").text

    def test_what_a_person_refused_is_left_alone(
        self, make: Make, admin: UserRecord, desk: FlaskClient
    ) -> None:
        skipped(1)
        registration = make.registration(make.webinar(), "anna@example.org")
        late = plan(7)
        with core.transaction() as session:
            table = db.metadata.tables["message"]
            session.execute(
                table.update()
                .where(table.c.id == late)
                .values(state="skipped", reason="unsubscribed", lead_id=registration.lead_id)
            )
        batch = messages.kept_back(Filter())
        assert (batch.count, batch.more) == (1, False)
        messages.send_kept_back(Filter(), 0, 2**31 - 1, actor=admin)
        assert states() == {("planned", "operator"): 1, ("skipped", "unsubscribed"): 1}

    def test_reminder_past_its_use_says_so_instead_of_going(
        self, app: Flask, admin: UserRecord
    ) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            (message_id,) = skipped(1, not_after=NOON + timedelta(hours=1))
            clock.shift(timedelta(hours=2))
            assert messages.send_kept_back(Filter(), 0, 2**31 - 1, actor=admin) == 1
            messages.claim_due(5)
        assert messages.get(message_id).reason == "too_late"

    @pytest.mark.both_databases
    def test_two_admins_at_once_have_one_effect(self, app: Flask, admin: UserRecord) -> None:
        skipped(30)

        def send() -> int:
            return messages.send_kept_back(Filter(reason="no_bot"), 0, 2**31 - 1, actor=admin)

        assert sum(at_once(app, [send] * 3)) == 30
        planned = [e for e in core.timeline.everything() if e.payload.get("reason") == "operator"]
        assert len(planned) == 30

    def test_a_batch_has_an_end(
        self, app: Flask, admin: UserRecord, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(again, "AT_ONCE", 4)
        monkeypatch.setattr(again, "STEP", 3)
        ids = skipped(6)
        batch = messages.kept_back(Filter())
        assert (batch.count, batch.more, batch.first, batch.last) == (4, True, ids[0], ids[3])
        assert messages.send_kept_back(Filter(), batch.first, batch.last, actor=admin) == 4
        assert states()[("skipped", "no_bot")] == 2

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"first": "x", "last": "1"},
            {"first": "1"},
            {"first": "1", "last": "1", "state": "?"},
        ],
    )
    def test_nonsense_is_400_and_changes_nothing(
        self, desk: FlaskClient, post: Any, fields: dict[str, str]
    ) -> None:
        skipped(1)
        assert post(desk, "/dashboard/messages/again/", **fields).status_code == 400
        assert states() == {("skipped", "no_bot"): 1}


@pytest.mark.both_databases
def test_message_sent_again_by_two_at_once_goes_once(app: Flask, admin: UserRecord) -> None:
    (message_id,) = skipped(1)

    def send() -> bool:
        try:
            messages.send_again(message_id, actor=admin)
        except messages.MessageRefused:
            return False
        return True

    assert sorted(at_once(app, [send] * 4)) == [False] * 3 + [True]


def test_team_message_sent_again_goes_to_the_chat_of_today(app: Flask, admin: UserRecord) -> None:
    settings = app.config["SETTINGS"]
    settings.telegram_bot_token, settings.telegram_chat_id = "1:TEST", -5
    message_id = plan(1)
    (claim,) = messages.claim_due(1)
    messages.settle(claim, messages.Answer("refused", cause="chat_not_found"))
    settings.telegram_chat_id = -6
    messages.send_again(message_id, actor=admin)
    (claim,) = messages.claim_due(1)
    assert claim.chat == -6


class TestDoubtful:
    def test_what_may_come_twice_is_found(
        self, app: Flask, desk: FlaskClient, registration: RegistrationRecord
    ) -> None:
        settings = app.config["SETTINGS"]
        settings.telegram_bot_token, settings.telegram_chat_id = "1:TEST", -5
        doubtful, offer, well = plan(1), plan(2, policy=messages.AT_MOST_ONCE), plan(3)
        for claim in messages.claim_due(3):
            kind = "sent" if claim.message_id == well else "unknown"
            messages.settle(claim, messages.Answer(kind, cause="read_timeout"))
        page = desk.get("/dashboard/messages/?state=doubtful").text
        found = {int(number) for number in re.findall(r'id="message-(\d+)"', page)}
        assert found == {doubtful}
        assert "возможен повтор" in words(page)
        unknown = desk.get("/dashboard/messages/?state=unknown").text
        assert re.findall(r'id="message-(\d+)"', unknown) == [str(offer)]

    @pytest.fixture
    def registration(self, make: Make) -> RegistrationRecord:
        return make.registration(make.webinar(), "anna@example.org")


@pytest.mark.both_databases
def test_cursor_beyond_any_message_shows_the_first_page(desk: FlaskClient) -> None:
    message_id = plan(1)
    page = desk.get(f"/dashboard/messages/?before={2**40}").text
    assert re.findall(r'id="message-(\d+)"', page) == [str(message_id)]


def test_figures_of_the_messages_page(desk: FlaskClient, sign_in: Any, admin: UserRecord) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        plan(1)
        clock.shift(timedelta(minutes=3))
        sign_in(desk, admin)
        said = words(desk.get("/dashboard/messages/").text)
    assert "Опаздывает самое давнее 3 минуты" in said
    for label, value in (("Застряли", 1), ("Без ответа", 0), ("Возможны повторы", 0)):
        assert f"{label} {value}" in said


class TestIncoming:
    @pytest.fixture
    def dead(self, app: Flask) -> int:
        messages.inbox.store("1", 7, {"update_id": 7, "message": {"text": "<b>"}})
        incoming = messages.inbox.Incoming("1", 7, {})
        for _ in range(messages.inbox.MOST_ATTEMPTS):
            messages.inbox.failed(incoming, "KeyError: 'chat'")
        messages.inbox.store_poison("1", "not json")
        return 7

    def test_dead_updates_are_counted_and_shown(self, desk: FlaskClient, dead: int) -> None:
        assert "Не разобрано из Telegram 2" in words(desk.get("/dashboard/messages/").text)
        page = desk.get("/dashboard/messages/incoming/").text
        assert page.count("Попробовать снова") == 1  # what is no update stays none
        assert "&lt;b&gt;" in page
        assert "KeyError: &#39;chat&#39;" in page

    @pytest.mark.both_databases
    def test_dead_update_is_tried_again_once(self, desk: FlaskClient, post: Any, dead: int) -> None:
        for expected in ("Попробуем ещё раз", "Это уже сделано."):
            post(desk, "/dashboard/messages/incoming/again/", bot_id="1", update_id=str(dead))
            assert expected in desk.get("/dashboard/messages/incoming/").text
        db.session.remove()
        assert [each.update_id for each in messages.inbox.due()] == [7]
        assert messages.inbox.dead_count() == 1

    @pytest.mark.parametrize("update_id", ["", "x", "-5", "9" * 30])
    def test_nonsense_is_400(self, desk: FlaskClient, post: Any, dead: int, update_id: str) -> None:
        answer = post(desk, "/dashboard/messages/incoming/again/", bot_id="1", update_id=update_id)
        assert answer.status_code == 400

    def test_all_read_says_so(self, desk: FlaskClient) -> None:
        assert "Всё разобрано" in desk.get("/dashboard/messages/incoming/").text

    def test_old_updates_are_forgotten_and_dead_ones_kept(self, app: Flask, dead: int) -> None:
        messages.inbox.store("1", 8, {"update_id": 8})
        with core.transaction():
            assert messages.inbox.take(messages.inbox.Incoming("1", 8, {}))
        assert messages.inbox.forget_done() == 0
        with time_machine.travel(datetime.now(UTC) + messages.inbox.KEPT + timedelta(seconds=1)):
            assert (messages.inbox.forget_done(), messages.inbox.forget_done()) == (1, 0)
        assert messages.inbox.dead_count() == 2
