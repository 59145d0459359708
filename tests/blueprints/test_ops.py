"""For machines and alarms: alive, well, and the figures."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import Settings, clock, core, create_app, messages
from app.blueprints.ops import measuring
from app.extensions import db

TOKEN = "a token of the scraper"


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"metrics_token": TOKEN, "telegram_bot_token": "1000:demo"}


@pytest.fixture
def alive(app: Flask) -> None:
    """Workers that have just been heard of."""
    messages.heartbeat.beat("ticker")


def checks(client: FlaskClient) -> dict[str, bool]:
    answer = client.get("/readyz").get_json()
    return {name: each["ok"] for name, each in answer["checks"].items()}


def plan_for_team(dedupe: str, **fields: Any) -> None:
    wanted = {"kind": "welcome", "recipient": "team", "dedupe": dedupe, "values": {"lead_id": 1}}
    messages.plan(messages.Plan(**(wanted | fields)))


class TestHealthz:
    def test_healthz_answers_ok_without_the_database(self, app: Flask, client: FlaskClient) -> None:
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        answer = client.get("/healthz")
        assert (answer.status_code, answer.text, asked) == (200, "ok", [])

    def test_healthz_leaves_no_cookie(self, client: FlaskClient) -> None:
        assert "Set-Cookie" not in client.get("/healthz").headers

    @pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
    def test_answers_are_never_cached(self, client: FlaskClient, path: str) -> None:
        assert client.get(path).headers["Cache-Control"] == "no-store"


class TestReadyz:
    @pytest.mark.both_databases
    def test_all_well_is_200(self, client: FlaskClient, alive: None) -> None:
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.get_json()["ready"] is True
        assert checks(client) == dict.fromkeys(
            ("database", "redis", "workers", "events", "messages", "updates", "bot"), True
        )

    def test_workers_that_were_never_seen_are_named(self, client: FlaskClient) -> None:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.get_json()["checks"]["workers"] == {"ok": False, "detail": "never seen"}

    def test_silence_of_workers_is_an_alarm_after_30_seconds(
        self, client: FlaskClient, alive: None
    ) -> None:
        now = clock.now()
        with time_machine.travel(now + timedelta(seconds=29), tick=False):
            assert checks(client)["workers"] is True
        with time_machine.travel(now + timedelta(seconds=32), tick=False):
            assert checks(client)["workers"] is False

    def test_undelivered_facts_are_an_alarm_after_two_minutes(
        self, client: FlaskClient, make: Any, deliver: Any
    ) -> None:
        make.lead()
        assert checks(client)["events"] is True
        with time_machine.travel(clock.now() + timedelta(seconds=125), tick=False):
            answer = client.get("/readyz")
            assert answer.status_code == 503
            assert "1 waiting" in answer.get_json()["checks"]["events"]["detail"]
            while deliver():
                pass
            assert checks(client)["events"] is True

    def test_overdue_messages_are_an_alarm_after_two_minutes(
        self, client: FlaskClient, make: Any, deliver: Any
    ) -> None:
        make.lead()
        deliver()
        assert checks(client)["messages"] is True
        with time_machine.travel(clock.now() + timedelta(seconds=125), tick=False):
            assert checks(client)["messages"] is False

    def test_revoked_bot_is_an_alarm_and_a_pause_is_not(
        self, client: FlaskClient, make: Any, deliver: Any
    ) -> None:
        messages.pause_channel(60)
        assert checks(client)["bot"] is True
        make.lead()
        deliver()
        messages.resume_channel()
        _revoke_the_bot(make.lead().lead_id)
        verdict = client.get("/readyz").get_json()["checks"]["bot"]
        assert verdict["ok"] is False
        assert verdict["detail"].startswith("bot_revoked, since 20")

    def test_update_that_nobody_handles_is_an_alarm_and_a_dead_one_is_not(
        self, client: FlaskClient
    ) -> None:
        messages.inbox.store_poison("1", "not json")
        assert checks(client)["updates"] is True
        messages.inbox.store("1", 7, {})
        with time_machine.travel(clock.now() + timedelta(seconds=125), tick=False):
            verdict = client.get("/readyz").get_json()["checks"]["updates"]
        assert verdict["ok"] is False
        assert verdict["detail"].startswith("1 dead, the oldest for 12")

    def test_office_may_ask_as_often_as_it_likes(
        self, app: Flask, client: FlaskClient, alive: None
    ) -> None:
        assert {client.get("/readyz").status_code for _ in range(80)} == {200}


def _revoke_the_bot(lead_id: int) -> None:
    messages.plan(
        messages.Plan(
            kind="welcome", recipient=messages.TEAM, dedupe="revoked", lead_id=lead_id, chat=-1000
        )
    )
    (*_, claim) = messages.claim_due(50)
    messages.settle(claim, messages.Answer("bot_revoked"))


class TestAway:
    """What is said when a store does not answer."""

    @pytest.fixture
    def settings_overrides(self, request: pytest.FixtureRequest) -> dict[str, Any]:
        return {"redis_url": "unix:///nowhere/redis.sock"}

    def test_redis_that_is_away_is_named(self, client: FlaskClient, alive: None) -> None:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.get_json()["checks"]["redis"]["detail"] == "does not answer"

    def test_database_that_is_away_is_named(self, tmp_path: Any) -> None:
        away = create_app(
            Settings(
                _env_file=None,
                database_url="postgresql://efir@127.0.0.1:1/none",
                efir_data_dir=tmp_path,
            )
        ).test_client()
        answer = away.get("/readyz")
        assert answer.status_code == 503
        said = answer.get_json()["checks"]
        assert said["database"] == {"ok": False, "detail": "the database does not answer"}
        assert said["events"]["ok"] is False
        assert away.get("/healthz").status_code == 200
        figures = away.get("/metrics")
        assert figures.status_code == 200
        assert "efir_database_up 0.0" in figures.text


class TestMetrics:
    @pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1"])
    def test_this_machine_may_read_them(self, client: FlaskClient, address: str) -> None:
        answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 200
        assert answer.content_type.startswith("text/plain; version=")

    @pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.1", "", "nonsense"])
    def test_others_may_not(self, client: FlaskClient, address: str) -> None:
        answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 403
        assert answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
    def test_who_comes_through_a_proxy_on_this_machine_may_not(
        self, client: FlaskClient, name: str
    ) -> None:
        answer = client.get("/metrics", headers={name: "127.0.0.1"})
        assert answer.status_code == 403

    def test_token_opens_them_from_anywhere(self, client: FlaskClient) -> None:
        base = {"REMOTE_ADDR": "203.0.113.9"}
        right = {"Authorization": f"Bearer {TOKEN}"}
        assert client.get("/metrics", environ_base=base, headers=right).status_code == 200

    @pytest.mark.parametrize(
        "given", ["Bearer wrong", f"Basic {TOKEN}", "Bearer ", TOKEN, "Bearer é"]
    )
    def test_wrong_token_opens_nothing(self, client: FlaskClient, given: str) -> None:
        base = {"REMOTE_ADDR": "203.0.113.9"}
        answer = client.get("/metrics", environ_base=base, headers={"Authorization": given})
        assert answer.status_code == 403

    @pytest.mark.both_databases
    def test_open_facts_and_messages_are_counted(
        self, client: FlaskClient, make: Any, deliver: Any
    ) -> None:
        make.lead()
        assert "efir_events_undelivered 1.0" in client.get("/metrics").text
        deliver()
        text = client.get("/metrics").text
        assert "efir_events_undelivered 0.0" in text
        assert 'efir_messages{state="planned"} 2.0' in text
        assert 'efir_messages{state="waiting"} 2.0' in text
        assert "efir_database_up 1.0" in text

    def test_figures_are_those_of_the_desk_and_of_readyz(
        self, app: Flask, client: FlaskClient, sign_in: Any, make: Any
    ) -> None:
        """One doubtful, one flagged as perhaps doubled, one stuck: told alike in all three places."""
        app.config["SETTINGS"].telegram_chat_id = -1000
        with time_machine.travel(clock.now(), tick=False) as now:
            for number, policy in enumerate((messages.AT_MOST_ONCE, messages.AT_LEAST_ONCE)):
                plan_for_team(str(number), policy=policy)
                (claim,) = messages.claim_due(1)
                messages.settle(claim, messages.Answer("unknown"))
            now.shift(60)
            (again,) = messages.claim_due(1)
            messages.settle(again, messages.Answer("sent", external_id="7"))
            plan_for_team("stuck")
            now.shift(150)
            figures = client.get("/metrics").text
            ready = client.get("/readyz").get_json()["checks"]["messages"]
            admin = app.test_client()
            sign_in(admin, make.user("admin"))
            page = " ".join(re.sub(r"<[^>]+>", " ", admin.get("/dashboard/messages/").text).split())
        for line in (
            'efir_messages{state="unknown"} 1.0',
            "efir_messages_doubled 1.0",
            "efir_messages_stuck 1.0",
            "efir_messages_oldest_due_seconds 150.0",
        ):
            assert line in figures, line
        assert ready["ok"] is False
        for words in ("1 overdue", "1 unknown", "1 doubled", "the oldest for 150 s"):
            assert words in ready["detail"], words
        for words in ("Застряли 1", "Без ответа 1", "Возможны повторы 1", "давнее 2 минуты"):
            assert words in page, words

    def test_answers_are_counted_by_endpoint(self, client: FlaskClient) -> None:
        def counted() -> float:
            line = 'efir_http_requests_total{endpoint="ops.readyz",method="GET",status="503"}'
            found = [row for row in client.get("/metrics").text.splitlines() if line in row]
            return float(found[0].split()[-1]) if found else 0.0

        before = counted()
        client.get("/readyz")
        assert counted() == before + 1

    def test_unknown_addresses_are_one_series(self, client: FlaskClient) -> None:
        client.get("/there/is/no/such/page")
        text = client.get("/metrics").text
        assert 'endpoint="none",method="GET",status="404"' in text
        assert "no/such/page" not in text

    def test_the_hot_path_is_not_measured_and_is_there(
        self, app: Flask, client: FlaskClient
    ) -> None:
        assert app.view_functions.keys() >= measuring.UNMEASURED
        client.get("/healthz")
        assert 'endpoint="ops.healthz"' not in client.get("/metrics").text


def test_processes_that_share_a_folder_tell_one_count(tmp_path: Path) -> None:
    """Each process is one that serves a request and then the figures."""
    serve = (
        "import sys; from pathlib import Path; from app import Settings, create_app; "
        "client = create_app(Settings(_env_file=None, efir_data_dir=Path(sys.argv[1]))).test_client(); "
        "client.get('/there/is/no/such/page'); print(client.get('/metrics').text)"
    )
    shared = tmp_path / "shared"
    shared.mkdir()
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(shared)}
    told = [
        subprocess.run(
            [sys.executable, "-c", serve, str(tmp_path)],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(2)
    ]
    series = 'efir_http_requests_total{endpoint="none",method="GET",status="404"}'
    assert [f"{series} {count}.0" in text for count, text in enumerate(told, 1)] == [True, True]


def test_facts_with_a_failing_subscriber_are_counted(
    client: FlaskClient, make: Any, deliver: Any
) -> None:
    def refuse(envelope: core.Envelope) -> None:
        raise RuntimeError("on purpose")

    core.subscribe(core.events.core_lead_created, "tests.refuse", refuse)
    try:
        make.lead()
        deliver()
        assert "efir_events_failing 1.0" in client.get("/metrics").text
    finally:
        core.events.core_lead_created.disconnect(refuse)
