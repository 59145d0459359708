"""What the team does to lines and to who writes them, and how polls learn of it."""

from datetime import UTC, datetime, timedelta

import pytest
import redis
import time_machine
from flask import Flask

from app import chat
from app.chat import (
    Line,
    LineHasLink,
    LineTooLong,
    LineTooOften,
    WriterBanned,
    WriterMuted,
    history,
    moderation,
    people,
    team_view,
)
from app.chat.rules import Rules
from app.core import UserRecord
from app.core.errors import Forbidden, NotFound
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CHANNEL = "auto:wb_1:sl_1"
WEBINAR = "wb_1"


@pytest.fixture
def host(make: Make) -> UserRecord:
    return make.user("speaker", name="Ольга")


def say(text: str, who: int = 1, **more: object) -> Line:
    given = {"author": f"Зритель {who}", "at_sec": 7, "registration_id": who} | more
    return chat.write(CHANNEL, text, webinar_id=WEBINAR, shared=True, **given)  # type: ignore[arg-type]


def news(change: int) -> list[tuple[int, str, bool]]:
    lines = chat.since(CHANNEL, change)
    assert lines is not None
    return [(line.number, line.text, line.hidden) for line in lines]


@pytest.mark.both_databases
def test_deleted_line_comes_again_without_words_and_back_with_them(
    app: Flask, host: UserRecord
) -> None:
    say("раз")
    say("два", 2)
    moderation.delete(CHANNEL, 1, actor=host)
    assert news(2) == [(1, "", True)]
    assert [line.text for line in chat.recent(CHANNEL)] == ["два"]
    moderation.restore(CHANNEL, 1, actor=host)
    assert news(3) == [(1, "раз", False)]
    assert [line.text for line in chat.recent(CHANNEL)] == ["раз", "два"]


@pytest.mark.both_databases
def test_edited_line_is_marked_and_its_earlier_words_are_kept(app: Flask, host: UserRecord) -> None:
    say("сырой текст")
    moderation.edit(CHANNEL, 1, "  чистый текст ", actor=host)
    (line,) = chat.since(CHANNEL, 1) or []
    assert (line.text, line.edited) == ("чистый текст", True)
    (action,) = history.of_webinar(WEBINAR)
    assert (action.kind, action.actor_id, action.before, action.after, action.number) == (
        "edited",
        host.user_id,
        "сырой текст",
        "чистый текст",
        1,
    )


def test_edit_that_will_not_do_changes_nothing(app: Flask, host: UserRecord) -> None:
    say("раз")
    with pytest.raises(LineTooLong):
        moderation.edit(CHANNEL, 1, "я" * 5000, actor=host)
    assert (news(0), history.of_webinar(WEBINAR)) == ([(1, "раз", False)], [])


@pytest.mark.both_databases
def test_flush_between_changes_brings_back_what_each_line_is_now(
    app: Flask, host: UserRecord, redis_url: str
) -> None:
    for who in (1, 2, 3):
        say(f"строка {who}", who)
    moderation.delete(CHANNEL, 2, actor=host)
    redis.Redis.from_url(redis_url).flushall()
    moderation.edit(CHANNEL, 1, "иначе", actor=host)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=5)):
        assert news(0) == [(3, "строка 3", False), (2, "", True), (1, "иначе", False)]


def test_changes_of_many_at_once_have_no_gaps(app: Flask, host: UserRecord) -> None:
    for who in range(1, 9):
        say("строка", who)
    at_once(app, [lambda n=n: moderation.delete(CHANNEL, n, actor=host) for n in range(1, 9)])
    told = chat.since(CHANNEL, 8) or []
    assert [line.change for line in told] == list(range(9, 17))
    assert {line.number for line in told} == set(range(1, 9))


@pytest.mark.both_databases
def test_muted_viewer_is_told_until_when_and_writes_again_after(
    app: Flask, host: UserRecord
) -> None:
    with time_machine.travel(START, tick=False) as time:
        moderation.mute(1, WEBINAR, timedelta(minutes=10), actor=host)
        with pytest.raises(WriterMuted) as refusal:
            say("можно?")
        assert refusal.value.until == START + timedelta(minutes=10)
        say("а мне можно", 2)
        time.shift(timedelta(minutes=10, seconds=1))
        say("теперь можно")
        moderation.mute(1, WEBINAR, timedelta(hours=1), actor=host)
        moderation.unmute(1, WEBINAR, actor=host)
        say("и снова")
    assert [line.text for line in chat.recent(CHANNEL)] == [
        "а мне можно",
        "теперь можно",
        "и снова",
    ]


@pytest.mark.both_databases
def test_ban_takes_the_lines_away_and_its_undo_brings_back_those_alone(
    app: Flask, host: UserRecord
) -> None:
    say("спам раз")
    say("спам два")
    say("мирно", 2)
    moderation.delete(CHANNEL, 1, actor=host)
    moderation.ban(1, WEBINAR, actor=host)
    with pytest.raises(WriterBanned):
        say("ещё")
    assert [line.text for line in chat.recent(CHANNEL)] == ["мирно"]
    moderation.ban(1, WEBINAR, actor=host)
    moderation.unban(1, WEBINAR, actor=host)
    assert [line.text for line in chat.recent(CHANNEL)] == ["спам два", "мирно"]
    kinds = [action.kind for action in reversed(history.of_webinar(WEBINAR))]
    assert kinds == ["deleted", "banned", "unbanned"]
    assert people.standing(1).word == ""


def test_slow_mode_counts_for_viewers_and_not_for_the_team(app: Flask, host: UserRecord) -> None:
    chat.rules.change(WEBINAR, Rules(shared=True, slow_seconds=30), actor=host)
    with time_machine.travel(START, tick=False) as time:
        say("раз")
        with pytest.raises(LineTooOften) as refusal:
            say("два")
        assert refusal.value.retry_after == 30
        say("другой зритель", 2)
        for _ in range(2):
            say("команда", 0, origin="team", registration_id=None)
        time.shift(timedelta(seconds=30))
        say("два")
    assert [a.kind for a in history.of_webinar(WEBINAR)] == ["rules"]


@pytest.mark.parametrize(
    "text", ["Смотрите https://example.org", "t.me/spam", "заходи на сайт.рф", "www.spam.ru/x"]
)
def test_viewers_link_is_refused_in_every_chat(app: Flask, text: str) -> None:
    with pytest.raises(LineHasLink):
        say(text)
    with pytest.raises(LineHasLink):
        chat.write("auto:own", text, author="Мария", at_sec=1, registration_id=1)
    say(text, 0, origin="team", registration_id=None)


@pytest.mark.parametrize(
    "text", ["и т.д. и т.п.", "1.5 млн", "Всё понятно.Спасибо", "javascript:x"]
)
def test_what_is_no_link_is_let_through(app: Flask, text: str) -> None:
    assert say(text).text == text


def test_links_of_the_team_are_http_alone() -> None:
    pieces = chat.links.pieces('Вот https://a.ru/"x и javascript:alert(1) и ftp://b.ru')
    assert [piece.href for piece in pieces if piece.href] == ["https://a.ru/"]
    assert "".join(piece.text for piece in pieces) == (
        'Вот https://a.ru/"x и javascript:alert(1) и ftp://b.ru'
    )


def test_who_may_not_moderate_changes_nothing(app: Flask, make: Make) -> None:
    say("раз")
    for actor in (make.user("candidate"), make.user("partner"), make.user("leader")):
        for act in (
            lambda a=actor: moderation.delete(CHANNEL, 1, actor=a),
            lambda a=actor: moderation.edit(CHANNEL, 1, "два", actor=a),
            lambda a=actor: moderation.mute(1, WEBINAR, timedelta(hours=1), actor=a),
            lambda a=actor: moderation.ban(1, WEBINAR, actor=a),
            lambda a=actor: chat.rules.change(WEBINAR, Rules(True, 10), actor=a),
        ):
            with pytest.raises(Forbidden):
                act()
    assert (news(0), people.standing(1), chat.rules.of(WEBINAR)) == (
        [(1, "раз", False)],
        people.FREE,
        Rules(),
    )


def test_line_that_is_not_there_is_said_so(app: Flask, host: UserRecord) -> None:
    with pytest.raises(NotFound):
        moderation.delete("auto:nothing", 1, actor=host)
    assert chat.channels.get("auto:nothing") is None


def test_team_still_reads_what_was_deleted(app: Flask, host: UserRecord) -> None:
    say("раз")
    moderation.delete(CHANNEL, 1, actor=host)
    (line,) = team_view.newest(CHANNEL)
    assert (line.text, line.hidden_for) == ("раз", "deleted")
