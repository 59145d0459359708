"""A speaker at work on a broadcast: the console in one hand, and the recording brought afterwards."""

import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Route, expect

from app import clock, core, live
from app.blueprints.studio import live_steps
from app.extensions import db
from tests.browser.rooms import NO_STREAMS
from tests.browser.studios import Studio, enter
from tests.fixtures.application import Make
from tests.fixtures.recordings import recording
from tests.fixtures.stack import DESK, PHONE
from tests.requirements import need
from workers import media as worker
from workers import stream_checks

pytestmark = pytest.mark.browser
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*"}
BUTTONS = ("#console-pause", "#console-ask-stop")
SLIM = 120
"""Pixels: what is over the questions and the chat of a phone all the time."""


@pytest.fixture
def speaks(make: Make, site: str, app: Flask, chromium: Browser) -> Iterator[Any]:
    opened: list[BrowserContext] = []

    def open_(size: Any, **wishes: Any) -> Studio:
        """A speaker's browser, and a broadcast of theirs that is announced."""
        user = make.user("speaker", name="Ольга Смирнова")
        webinar = make.webinar("live", published=False, speaker_id=user.user_id)
        at = clock.now() + timedelta(minutes=20)
        live_steps.schedule(webinar.webinar_id, at, user, again=False)
        context = chromium.new_context(viewport=size, locale="ru-RU", **wishes)
        context.set_default_timeout(15_000)
        opened.append(context)
        enter(context, app, site, user)
        return Studio(context.new_page(), site, user, webinar.slug)

    yield open_
    for context in opened:
        context.close()


def test_console_is_slim_on_a_phone_and_what_it_says_is_dismissed(speaks: Any) -> None:
    at = speaks(PHONE)
    at.open("live/")
    at.press("Начать эфир")
    said = at.page.locator("#console-said")
    expect(said).to_contain_text("Вы в эфире.")
    bar = at.page.locator(".console__bar").bounding_box()
    assert bar is not None
    assert bar["height"] <= SLIM
    pause, stop = (at.page.locator(each).bounding_box() for each in BUTTONS)
    assert pause is not None and stop is not None
    assert pause["y"] == stop["y"]
    assert min(pause["height"], stop["height"]) >= 44
    hanging = said.bounding_box()
    assert hanging is not None
    assert hanging["y"] >= bar["y"] + bar["height"]
    at.page.get_by_role("button", name="Закрыть сообщение").click()
    expect(said).to_be_hidden()


@pytest.mark.parametrize("width", [768, 1024, 1440])
def test_question_before_the_stop_stands_apart_from_the_figures(speaks: Any, width: int) -> None:
    at = speaks({"width": width, "height": 768})
    at.open("live/")
    at.press("Начать эфир")
    at.page.locator("#console-ask-stop").click()
    asked = at.page.locator("#console-stop-words")
    expect(asked).to_be_visible()
    figure, controls = (
        at.page.locator(each).bounding_box() for each in ("#console-stream", "#console-controls")
    )
    assert figure is not None and controls is not None
    assert figure["width"] >= 150, "its words are not broken into letters"
    below = controls["y"] >= figure["y"] + figure["height"]
    assert below or controls["x"] >= figure["x"] + figure["width"]


@pytest.mark.parametrize("size", [{"width": 768, "height": 1024}, {"width": 1024, "height": 768}])
def test_call_to_action_is_at_hand_on_a_tablet_however_much_is_asked(
    speaks: Any, make: Make, size: Any
) -> None:
    at = speaks(size)
    webinar = core.webinars.by_slug(at.slug)
    assert webinar is not None
    for number in range(12):
        asker = make.registration(webinar)
        live.questions.ask(asker, f"Вопрос {number}? " * 20, at_sec=0, form_key=None)
    db.session.remove()
    at.open("live/")
    at.press("Начать эфир")
    expect(at.page.locator("#console-pause")).to_be_visible()
    expect(at.page.locator("#console-cta")).to_be_in_viewport(ratio=1)
    at.press("Показать кнопку")
    expect(at.page.locator("#console-said")).to_contain_text("Кнопка показана зрителям.")
    queue = at.page.locator(".console__list--queue").bounding_box()
    assert queue is not None
    assert queue["height"] <= 560, "it scrolls by itself"
    listed = at.page.locator(".console__list--queue")
    listed.evaluate("(list) => { list.scrollTop = 200 }")
    live.questions.ask(make.registration(webinar), "Ещё один?", at_sec=0, form_key=None)
    db.session.remove()
    expect(at.page.locator("[data-question]")).to_have_count(13)
    assert listed.evaluate("(list) => list.scrollTop") == 200


def test_what_is_refused_stays_until_it_is_dismissed(speaks: Any) -> None:
    at = speaks(DESK)
    at.page.route("**/live/news/**", lambda route: route.abort())
    at.open("live/")
    live_steps.take("start", at.webinar.webinar_id, at.user)
    db.session.remove()
    at.page.locator("#console-start").click()
    said = at.page.locator("#console-said")
    expect(said).to_contain_text("его начал другой ведущий")
    assert said.evaluate("each => getComputedStyle(each).animationName") == "none"
    at.page.get_by_role("button", name="Закрыть сообщение").press("Enter")
    expect(said).to_be_hidden()


def looked(app: Flask) -> int:
    """As a worker does, in a thread without the browser's loop."""

    def look() -> int:
        with app.app_context():
            return stream_checks.look()

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(look).result(30)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_stream_is_checked_from_the_console_and_again_by_its_button(
    speaks: Any, chromium: Browser, app: Flask, scripts: bool
) -> None:
    """Nobody is led to an inside address, and the speaker reads it on a phone."""
    at = speaks(PHONE, java_script_enabled=scripts)
    inside = "https://127.0.0.1/live/a.m3u8"
    core.webinars.edit(at.webinar.webinar_id, stream_source=inside)
    db.session.remove()
    at.open("live/")
    check = at.page.locator("#console-check")
    for press in (None, "Проверить ещё раз"):
        if press:
            at.press(press)
        expect(check).to_contain_text("Проверяем")
        at.fits()
        assert looked(app) == 1
        if not scripts:
            check.get_by_role("link", name="Показать, что нашли").click()
        expect(check).to_contain_text("внутреннюю сеть")
        at.fits()


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need(shutil.which("ffmpeg") is not None, "ffmpeg")
    folder = tmp_path_factory.mktemp("stream")
    (folder / "whole.mp4").write_bytes(recording(9))
    cut = ["ffmpeg", "-v", "error", "-i", str(folder / "whole.mp4"), "-c", "copy", "-hls_time", "2"]
    cut += ["-hls_playlist_type", "vod", str(folder / "a.m3u8")]
    subprocess.run(cut, check=True)
    return folder


@pytest.mark.parametrize("size", [{"width": 768, "height": 1024}, {"width": 1024, "height": 768}])
def test_picture_of_the_stream_moves_beside_the_buttons(
    speaks: Any, stream: Path, size: Any
) -> None:
    """By hls.js; it goes on while the page around it is drawn anew."""

    def serve(route: Route) -> None:
        path = stream / route.request.url.rpartition("/")[2]
        kind = "application/vnd.apple.mpegurl" if path.suffix == ".m3u8" else "video/mp2t"
        route.fulfill(body=path.read_bytes(), content_type=kind, headers=OPEN_TO_ALL)

    at = speaks(size)
    at.page.context.route("https://cdn.example/**", serve)
    at.page.context.add_init_script(NO_STREAMS)
    core.webinars.edit(at.webinar.webinar_id, stream_source="https://cdn.example/a.m3u8")
    db.session.remove()
    at.open("live/")
    preview = at.page.locator("#console-preview")
    expect(preview).to_contain_text("звуковая дорожка есть")
    video = preview.locator("video")
    assert video.evaluate("v => v.muted && v.currentTime > 0 && v.src.startsWith('blob:')")
    expect(at.page.locator("#console-start")).to_be_in_viewport(ratio=1)
    at.fits()
    video.evaluate("v => { v.mine = true }")
    at.press("Начать эфир")
    expect(at.page.locator("#console-ask-stop")).to_be_in_viewport(ratio=1)
    assert video.evaluate("v => v.mine"), "it was not begun again"
    preview.locator("summary").click()
    expect(video).to_be_hidden()
    expect(at.page.locator("#console-cta")).to_be_in_viewport(ratio=1)


def test_recording_is_brought_in_pieces_and_made_an_autowebinar(speaks: Any) -> None:
    at = speaks(DESK)
    for step in ("start", "stop"):
        live_steps.take(step, at.webinar.webinar_id, at.user)
    db.session.remove()
    at.open("broadcast/")
    file = {"name": "Запись.mp4", "mimeType": "video/mp4", "buffer": recording(2)}
    at.page.locator("#file-video").set_input_files(file)
    at.press("Загрузить")
    expect(at.page.locator("[data-upload-state=received]")).to_contain_text(
        "Проверяем «Запись.mp4»"
    )
    db.session.remove()
    worker.drain_here()
    expect(at.page.locator("#video-state video")).to_be_visible()
    at.press("Сделать автовебинар")
    expect(at.page.get_by_text("Автовебинар создан.")).to_be_visible()
    db.session.remove()
    assert [each.type for each in core.webinars.worked_on(at.user.user_id)] == ["auto", "live"]
