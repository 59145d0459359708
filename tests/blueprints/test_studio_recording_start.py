"""Where an uploaded, trimmed recording begins: said by a person, and obeyed by what is made of it."""

import io
import re
import zipfile
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import chat, clock, core, live, media
from app.autowebinar import drafts
from app.core import UserRecord
from tests.fixtures.application import TOKEN, Make
from tests.fixtures.queries import asked as queries_of
from tests.fixtures.recordings import recording
from tests.live.conftest import Studio, at, moment  # noqa: F401
from workers import media as worker

FIELD = re.compile(r'<input class="input" id="start" name="start" value="([^"]*)"')
PANEL = "/studio/talk/broadcast/"
ELSEWHERE = "https://example.org/talk.mp4"


@pytest.fixture
def speaker(make: Make) -> UserRecord:
    return make.user("speaker", name="Андрей Соколов")


@pytest.fixture
def studio(make: Make, speaker: UserRecord, moment: Any) -> Studio:  # noqa: F811
    made = make.webinar("live", published=False, slug="talk", speaker_id=speaker.user_id)
    core.webinar_states.schedule(made.webinar_id, at(0), actor_id=None)
    return Studio(made.webinar_id, speaker, moment)


@pytest.fixture
def client(app: Flask, speaker: UserRecord, sign_in: Any, moment: Any) -> FlaskClient:  # noqa: F811
    made = app.test_client()
    sign_in(made, speaker)
    return made


def say(studio: Studio, second: int, text: str = "") -> None:
    studio.clock.move_to(at(second))
    chat.write(
        f"live:{studio.webinar_id}",
        text or f"на {second}",
        author="Мария",
        at_sec=studio.air.second(clock.now()),
        webinar_id=studio.webinar_id,
        shared=True,
    )


def cta(studio: Studio, second: int, *, visible: bool) -> None:
    studio.clock.move_to(at(second))
    context = {
        "actor_id": studio.speaker.user_id,
        "timestamp": clock.unix(clock.now()),
        "source": "studio",
    }
    payload = {"webinar_id": studio.webinar_id, "visible": visible, "context": context}
    core.request(core.events.core_webinar_set_cta_visibility, payload, raiser="studio")


@pytest.fixture
def over(studio: Studio) -> Studio:
    """A minute on air: lines at -5, 2, 12, 40, 55; the call to action at 3-5, 10-20, 50 and on."""
    say(studio, -5)
    studio.start(0)
    for second, shown in ((3, True), (5, False), (10, True), (20, False), (50, True)):
        cta(studio, second, visible=shown)
    for second in (2, 12, 40, 55):
        say(studio, second)
    studio.stop(60)
    return studio


@pytest.fixture
def paused(studio: Studio) -> Studio:
    """Paused twice, 10-20 and 30-45, with lines around and the call to action before and after."""
    studio.start(0)
    say(studio, 5)
    cta(studio, 6, visible=True)
    cta(studio, 8, visible=False)
    studio.pause(10)
    say(studio, 15)
    studio.resume(20)
    say(studio, 25)
    studio.pause(30)
    studio.resume(45)
    cta(studio, 48, visible=True)
    say(studio, 50)
    studio.stop(60)
    return studio


@cache
def encoded(seconds: int) -> bytes:
    return recording(seconds, sound=None)


def upload(studio: Studio, seconds: int) -> str:
    """As it stands once the worker has looked into it."""
    data = encoded(seconds)
    media.uploads.whole(
        "video",
        "Запись.mp4",
        len(data),
        io.BytesIO(data),
        owner_id=studio.speaker.user_id,
        webinar_id=studio.webinar_id,
    )
    worker.drain_here()
    return live.broadcasts.of(studio.webinar_id).recording


def send(client: FlaskClient, action: str, *, htmx: bool = False, **data: Any) -> TestResponse:
    found = TOKEN.search(client.get(PANEL).text)
    assert found
    headers = {"HX-Request": "true"} if htmx else {}
    given = {"csrf_token": found[1], **data}
    return client.post(f"{PANEL}recording/{action}", data=given, headers=headers)


def made() -> Any:
    (found,) = [each for each in core.webinars.worked_on(None) if each.type == "auto"]
    return found


def lines() -> list[tuple[int, str]]:
    return [(each.at, each.text) for each in drafts.lines(made().webinar_id)]


def cues() -> list[tuple[int, int | None]]:
    found = drafts.get(made().webinar_id).content["cues"]
    return [(each["show_at"], each["hide_at"]) for each in found]


def words(answer: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def as_file(client: FlaskClient, studio: Studio, seconds: int) -> str:
    address = upload(studio, seconds)
    assert address.startswith("/media/")
    return address


@pytest.mark.both_databases
def test_trimmed_upload_puts_lines_and_cues_at_their_seconds(
    client: FlaskClient, over: Studio
) -> None:
    """The first ten seconds and the last ten were cut off."""
    address = as_file(client, over, 40)
    look = send(client, "start/look/", start="0:10", seen=address)
    told = words(look)
    assert look.status_code == 200
    assert "реплики чата: 2 из 5, показы кнопки: 1 из 3" in told
    assert "реплики, написанные до начала записи: 2" in told
    assert "1 реплика, написанная после её конца" in told
    assert "показы кнопки: 2" in told
    assert send(client, "auto/", start="0:10", seen=address).status_code == 303
    assert lines() == [(2, "на 12"), (30, "на 40")]
    assert cues() == [(0, 10)]


@pytest.mark.both_databases
def test_camera_that_ran_before_the_start_is_below_zero(client: FlaskClient, over: Studio) -> None:
    address = as_file(client, over, 70)
    for typed in ("-0:08", "−0:08", "–8"):
        look = send(client, "start/look/", htmx=True, start=typed, seen=address)
        assert "реплики чата: 5 из 5, показы кнопки: 3 из 3" in words(look)
        assert "Не войдут" not in look.text
    assert send(client, "start/", start="-0:08", seen=address).status_code == 303
    found = FIELD.search(client.get(PANEL).text)
    assert found
    assert found[1] == "−00:08"
    assert send(client, "auto/").status_code == 303
    assert lines() == [(3, "на -5"), (10, "на 2"), (20, "на 12"), (48, "на 40"), (63, "на 55")]
    assert cues() == [(11, 13), (18, 28), (58, None)]


def test_start_is_the_broadcast_s_while_nobody_says_otherwise(
    client: FlaskClient, over: Studio
) -> None:
    """What was written in the lobby is no part of a recording that begins with the broadcast."""
    as_file(client, over, 60)
    page = client.get(PANEL)
    assert "реплики чата: 4 из 5" in words(page)
    assert "1 реплика, написанная до начала записи" in words(page)
    assert send(client, "auto/").status_code == 303
    assert lines() == [(2, "на 2"), (12, "на 12"), (40, "на 40"), (55, "на 55")]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("cut", "where", "shown"),
    [
        ({}, [5, 15, 25, 50], [(6, 8), (48, None)]),
        ({"pauses_cut": "y"}, [5, 10, 15, 25], [(6, 8), (23, None)]),
    ],
)
def test_pauses_are_in_a_recording_unless_they_were_cut(
    client: FlaskClient,
    paused: Studio,
    cut: dict[str, str],
    where: list[int],
    shown: list[tuple[int, int | None]],
) -> None:
    """An earlier press is not moved by a pause that came after it."""
    address = as_file(client, paused, 60)
    assert "всего 00:25" in client.get(PANEL).text
    assert send(client, "auto/", start="0:00", seen=address, **cut).status_code == 303
    assert [at for at, _ in lines()] == where
    assert cues() == shown
    assert live.recording_starts.of(paused.webinar_id, address) == (
        live.Start(0, pauses_cut=True) if cut else None
    )


@pytest.mark.parametrize(("cut", "seconds"), [({}, 55), ({"pauses_cut": "y"}, 30)])
def test_recording_elsewhere_is_as_long_as_what_is_left_of_the_broadcast(
    client: FlaskClient, paused: Studio, cut: dict[str, str], seconds: int
) -> None:
    live.broadcasts.choose_recording(paused.webinar_id, ELSEWHERE)
    assert send(client, "auto/", start="5", seen=ELSEWHERE, **cut).status_code == 303
    assert drafts.get(made().webinar_id).content["duration_sec"] == seconds


def test_no_pause_no_question_of_it(client: FlaskClient, over: Studio) -> None:
    address = as_file(client, over, 60)
    assert "pauses_cut" not in client.get(PANEL).text
    send(client, "start/", start="0:10", seen=address, pauses_cut="y")
    assert live.recording_starts.of(over.webinar_id, address) == live.Start(10)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("полминуты", "Нужны минуты и секунды"),
        ("1:75", "Нужны минуты и секунды"),
        ("--5", "Нужны минуты и секунды"),
        ("1:00", "Эфир длился 01:00"),
        ("99:00:00", "Эфир длился 01:00"),
        ("-0:40", "до начала эфира"),
    ],
)
@pytest.mark.parametrize("action", ["start/", "start/look/", "auto/"])
def test_start_that_will_not_do_is_told_and_changes_nothing(
    client: FlaskClient, over: Studio, typed: str, said: str, action: str
) -> None:
    address = as_file(client, over, 40)
    answer = send(client, action, start=typed, seen=address)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert f'value="{typed}"' in answer.text
    assert "Сделать автовебинар" not in answer.text
    part = send(client, action, htmx=True, start=typed, seen=address)
    assert (part.status_code, said in part.text) == (422, True)
    assert part.text.lstrip().startswith('<div id="recording-outcome"')
    assert live.recording_starts.of(over.webinar_id, address) is None
    assert [each.type for each in core.webinars.worked_on(None)] == ["live"]


def test_looking_keeps_nothing(client: FlaskClient, over: Studio) -> None:
    address = as_file(client, over, 40)
    assert send(client, "start/look/", start="0:10", seen=address).status_code == 200
    assert live.recording_starts.of(over.webinar_id, address) is None


def test_each_recording_has_its_own_start(client: FlaskClient, over: Studio) -> None:
    first = as_file(client, over, 40)
    assert send(client, "start/", start="0:10", seen=first).status_code == 303
    live.broadcasts.choose_recording(over.webinar_id, ELSEWHERE)
    found = FIELD.search(client.get(PANEL).text)
    assert found and found[1] == "00:00"
    live.broadcasts.choose_recording(over.webinar_id, first)
    found = FIELD.search(client.get(PANEL).text)
    assert found and found[1] == "00:10"


@pytest.mark.parametrize("action", ["start/", "start/look/", "auto/"])
def test_stale_page_sets_nothing_for_a_recording_that_it_had_not_seen(
    client: FlaskClient, over: Studio, action: str
) -> None:
    old = as_file(client, over, 40)
    live.broadcasts.choose_recording(over.webinar_id, ELSEWHERE)
    answer = send(client, action, start="0:10", seen=old)
    assert (answer.status_code, "запись эфира сменилась" in answer.text) == (409, True)
    for address in (old, ELSEWHERE):
        assert live.recording_starts.of(over.webinar_id, address) is None
    assert [each.type for each in core.webinars.worked_on(None)] == ["live"]


def test_archived_webinar_keeps_its_start_and_still_makes_one(
    client: FlaskClient, over: Studio
) -> None:
    address = as_file(client, over, 40)
    live.recording_starts.keep(over.webinar_id, address, live.Start(10))
    core.webinar_states.archive(over.webinar_id, actor_id=None)
    page = client.get(PANEL).text
    assert 'name="start"' not in page
    assert send(client, "start/", start="0:00", seen=address).status_code == 409
    assert live.recording_starts.of(over.webinar_id, address) == live.Start(10)
    assert send(client, "auto/").status_code == 303
    assert lines() == [(2, "на 12"), (30, "на 40")]


def test_file_to_take_along_begins_where_the_page_was_tried(
    client: FlaskClient, over: Studio
) -> None:
    address = as_file(client, over, 40)
    page = send(client, "start/look/", htmx=True, start="0:10", seen=address).text
    link = re.search(r'href="(/studio/talk/broadcast/recording/webinar\.zip\?[^"]+)"', page)
    assert link
    answer = client.get(link[1].replace("&amp;", "&"), buffered=True)
    assert '"at": 30' in _document(answer.data)
    assert client.get(f"{PANEL}recording/webinar.zip?start=nonsense").status_code == 400


def _document(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return opened.read("webinar.json").decode()


def test_preview_shows_the_first_lines_and_where_to_play_them(
    client: FlaskClient, over: Studio
) -> None:
    address = as_file(client, over, 40)
    part = send(client, "start/look/", htmx=True, start="0:10", seen=address).text
    assert f'href="{address}#t=2" data-second="2"' in part
    assert "на 12" in part
    assert "на 2<" not in part
    assert 'data-align="12"' in part
    live.broadcasts.choose_recording(over.webinar_id, "https://youtu.be/dQw4w9WgXcQ")
    assert "data-second" not in client.get(PANEL).text


@pytest.mark.both_databases
def test_preview_asks_as_much_of_a_long_chat(client: FlaskClient, over: Studio) -> None:
    address = as_file(client, over, 40)
    live.recording_starts.keep(over.webinar_id, address, live.Start(0))

    def asked() -> int:
        with queries_of() as queries:
            assert client.get(PANEL).status_code == 200
        return len(queries)

    few = asked()
    for second in range(61, 161, 5):
        say(over, second)
    assert asked() == few
