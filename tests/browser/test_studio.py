"""An author at work: a webinar made in one sitting, its timeline, its chat brought from elsewhere,
what is wrong with it, its versions. On a desk and on a phone."""

import io
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from app import core, media
from app.autowebinar import drafts
from app.extensions import db
from tests.autowebinar.recording import publish
from tests.browser import screens
from tests.browser.rooms import Room, current_time, plays
from tests.browser.screens import DESK_SCREEN, PHONE_SCREEN
from tests.browser.studios import SIZES, Opens, Studio, enter
from tests.fixtures.application import Make
from tests.fixtures.documents import PDF
from tests.fixtures.recordings import recording
from tests.fixtures.stack import DESK, PHONE
from workers import media as worker

pytestmark = pytest.mark.browser
WHOLE = 12_000_000
CUE = {"kind": "cta", "key": "cta0", "show_at": 60, "hide_at": 80, "text": "Получить разбор"}
CHAT = "Время;Автор;Текст\n0:05;Ирина;Звук есть\n0:07;Олег;И картинка\nскоро;Тимур;Когда?\n"


COLUMNS = "x,x,y\nИрина,Звук есть,5\nОлег,Видно хорошо,65\n"


class SlowLine:
    """An application at the far end of one: it takes some megabytes of an upload a second."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.a_second = 4_000_000.0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] == "PATCH":
            environ["wsgi.input"] = _Slow(environ["wsgi.input"], self)
        return self.application(environ, start_response)


class _Slow:
    def __init__(self, stream: Any, line: SlowLine) -> None:
        self.stream, self.line = stream, line

    def read(self, size: int = -1) -> Any:
        data = self.stream.read(size)
        time.sleep(len(data) / self.line.a_second)
        return data


@pytest.fixture
def studio(make: Make, site: str, app: Flask, chromium: Browser) -> Iterator[Opens]:
    opened: list[BrowserContext] = []

    def open_(size: Any, **content: Any) -> Studio:
        """The author's; of a webinar with such a content where there is any."""
        user = make.user("speaker", name="Ольга Смирнова")
        screen = PHONE_SCREEN if size == PHONE else DESK_SCREEN
        context = chromium.new_context(locale="ru-RU", reduced_motion="reduce", **screen)
        context.set_default_timeout(15_000)
        opened.append(context)
        slug = ""
        if content:
            webinar, _ = publish(make, **content)
            slug = core.webinars.edit(webinar.webinar_id, speaker_id=user.user_id).slug
        enter(context, app, site, user)
        return Studio(context.new_page(), site, user, slug, touched=size == PHONE)

    yield open_
    for context in opened:
        context.close()


@pytest.mark.parametrize("size", SIZES)
def test_webinar_is_made_in_one_sitting(
    size: Any, studio: Opens, make: Make, redis_url: str, visitor: Page
) -> None:
    at = studio(size)
    page = at.page
    at.open("new/")
    page.get_by_label("Название").fill("Как растёт команда")
    page.get_by_label("Название").blur()
    expect(page.get_by_label("Адрес страницы")).to_have_value("kak-rastet-komanda")
    at.press("Создать")
    at.slug = "kak-rastet-komanda"
    at.told("Что осталось")

    at.open("video/")
    file = {"name": "Запись.mp4", "mimeType": "video/mp4", "buffer": recording(2)}
    page.locator("#file-video").set_input_files(file)  # type: ignore[arg-type]
    at.press("Загрузить")
    expect(page.locator("[data-upload-state=received]")).to_contain_text("Проверяем «Запись.mp4»")
    worker.drain_here()
    expect(page.locator("#video-state video")).to_be_visible()
    at.told("00:02")

    at.open("page/")
    page.get_by_label("Описание").fill("## План\n- Первый шаг")
    expect(page.locator("#preview li", has_text="Первый шаг")).to_be_visible()
    page.locator("form:has([name=description])").get_by_role("button", name="Сохранить").click()
    at.told("Страница сохранена")

    at.open("schedule/")
    page.locator(".schedule__day", has_text="Пн").first.click()
    page.get_by_label("Во сколько").first.fill("19:00")
    page.get_by_label("Во сколько").first.blur()
    expect(page.locator("#sessions tbody tr")).to_have_count(10)
    at.press("Сохранить")
    at.told("Расписание сохранено")

    at.open("texts/")
    page.get_by_label("Запись закончилась").fill("Спасибо, до встречи в команде!")
    page.get_by_label("Что дальше").fill("Пишите мне.")
    page.get_by_label("Последний выбор").fill("Выбирайте сами.")
    at.press("Сохранить тексты")
    at.told("Тексты сохранены")

    at.open()
    at.press("Опубликовать")
    at.told("Опубликовано: версия 1.")
    visitor.goto(f"{at.site}/webinars/{at.slug}/")
    expect(visitor.locator("h1")).to_have_text("Как растёт команда")
    expect(visitor.locator("main")).to_contain_text("Первый шаг")
    room = Room(at.site, make.registration(at.webinar), redis_url)
    db.session.remove()
    room.open(visitor)
    expect(visitor.locator("#ended")).to_contain_text("Спасибо, до встречи в команде!")
    visitor.locator("#ended [data-next]").click()
    expect(visitor.locator("#next")).to_contain_text("Пишите мне.")
    visitor.locator("#next [data-next]").click()
    expect(visitor.locator("#choice")).to_contain_text("Выбирайте сами.")


@pytest.mark.parametrize("size", SIZES)
def test_cue_is_moved_by_arrows_and_by_the_pointer(size: Any, studio: Opens) -> None:
    at = studio(size, cues=[CUE], lines=[])
    page = at.page
    at.open("timeline/")
    bar, end = page.locator(".track__cue"), page.locator(".track__end")

    def seconds() -> tuple[int, int]:
        db.session.remove()
        (cue,) = drafts.get(at.webinar.webinar_id).content["cues"]
        return cue["show_at"], cue["hide_at"]

    with page.expect_response("**/move/"):
        bar.press("ArrowRight")
        bar.press("Shift+ArrowRight")
    expect(page.locator("#track-said")).to_have_text("Сохранено в черновик.")
    assert seconds() == (71, 91)
    with page.expect_response("**/move/"):
        end.press("ArrowLeft")
        end.blur()
    assert seconds() == (71, 90)
    box, track = bar.bounding_box(), page.locator("#track").bounding_box()
    assert box
    assert track
    with page.expect_response("**/move/"):
        page.mouse.move(box["x"] + 4, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + 4 - track["width"] / 2, box["y"] + 4, steps=4)
        page.mouse.up()
    moved, until = seconds()
    assert 18 <= moved <= 24
    assert until - moved == 19
    expect(page.locator("#cues time").first).to_have_text(f"00:{moved}")
    expect(page.get_by_role("button", name="Мельче")).to_be_disabled()
    for _ in range(2):
        page.get_by_role("button", name="Крупнее").click()
    at.fits()
    wide = page.locator("#track").bounding_box()
    assert wide
    assert wide["width"] == pytest.approx(4 * track["width"], rel=0.02)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box
    with page.expect_response("**/move/"):
        page.mouse.move(box["x"] + 4, box["y"] + 4)
        page.mouse.down()
        page.mouse.move(box["x"] + 4 + track["width"] / 10, box["y"] + 4, steps=4)
        page.mouse.up()
    length = int(page.locator("#track").get_attribute("data-duration") or 0)
    assert seconds()[0] - moved == pytest.approx(length / 40, abs=1)


@pytest.mark.parametrize("size", SIZES)
def test_handout_is_brought_with_its_cue(size: Any, studio: Opens) -> None:
    at = studio(size, cues=[], lines=[])
    page = at.page
    at.open("timeline/")
    page.locator(".adder summary").click()
    at.follow("Материал")
    at.fits()
    page.get_by_label("Показать на").fill("0:10")
    page.get_by_label("Название материала").fill("Чек-лист")
    brought = {"name": "Чек-лист.pdf", "mimeType": "application/pdf", "buffer": b"MZ"}
    page.get_by_label("Новый файл").set_input_files(brought)  # type: ignore[arg-type]
    at.press("Сохранить")
    expect(at.alert().filter(has_text="Это не PDF")).to_be_visible()
    page.get_by_label("Новый файл").set_input_files(brought | {"buffer": PDF})  # type: ignore[arg-type]
    at.press("Сохранить")
    page.locator("#cues").get_by_role("link", name="Чек-лист", exact=True).click()
    chosen = page.get_by_label("Загруженный файл")
    assert chosen.evaluate("each => each.selectedOptions[0].text") == "Чек-лист.pdf"
    at.open("video/")
    with page.expect_download() as download:
        at.follow("Чек-лист.pdf")
    assert download.value.suggested_filename == "Чек-лист.pdf"
    assert download.value.path().read_bytes() == PDF


@pytest.mark.parametrize("size", SIZES)
def test_what_a_source_allows_is_said_while_it_is_typed(size: Any, studio: Opens) -> None:
    at = studio(size, cues=[], lines=[])
    at.open("video/")
    address, told = at.page.get_by_label("Адрес видео"), at.page.locator("#address-told")
    for typed, words in (
        ("https://youtube.com/feed", "Это адрес площадки, но не видео"),
        ("https://youtu.be/dQw4w9WgXcQ", "логотип и реклама остаются"),
    ):
        address.fill(typed)
        address.blur()
        expect(told).to_contain_text(words)
    at.page.get_by_text("Что умеет каждый источник").click()
    expect(at.page.locator(".terms")).to_contain_text("Кнопки Rutube скрываем")
    at.fits()


@pytest.mark.parametrize("size", SIZES)
def test_chat_is_brought_and_the_whole_goes_out_and_in(size: Any, studio: Opens) -> None:
    at = studio(size, cues=[CUE], lines=[])
    page = at.page
    at.open("timeline/import/")
    file = {"name": "чат.csv", "mimeType": "text/csv", "buffer": CHAT.encode()}
    page.get_by_label("Файл с чатом").set_input_files(file)  # type: ignore[arg-type]
    at.press("Посмотреть файл")
    at.told("Подходит строк: 2. Не подходит: 1.")
    expect(page.locator(".findings__list")).to_contain_text("время не прочитать")
    expect(page.get_by_role("button", name="Загрузить все строки")).to_be_disabled()
    at.fits()
    at.press("Загрузить только хорошие строки")
    at.told("Загружено реплик: 2.")
    expect(page.locator("#lines")).to_contain_text("И картинка")
    at.open("timeline/import/")
    page.get_by_label("Файл с чатом").set_input_files(file)  # type: ignore[arg-type]
    at.press("Посмотреть файл")
    at.press("Загрузить только хорошие строки")
    at.told("Загружено реплик: 0. Уже были: 2.")
    expect(page.locator("#lines").get_by_text("И картинка")).to_have_count(1)
    at.open("timeline/export/")
    with page.expect_download() as csv:
        at.follow("CSV, таблица")
    assert "Звук есть" in csv.value.path().read_text("utf-8-sig")
    with page.expect_download() as whole:
        at.follow("Скачать файл вебинара")
    archive = whole.value.path().read_bytes()
    assert zipfile.ZipFile(io.BytesIO(archive)).namelist()[0] == "webinar.json"
    page.goto(f"{at.site}/studio/new/file/")
    again = {"name": "webinar.zip", "mimeType": "application/zip", "buffer": archive}
    page.get_by_label("Файл вебинара").set_input_files(again)  # type: ignore[arg-type]
    at.press("Создать черновик")
    at.told("Проверяем «webinar.zip»")
    worker.drain_here()
    at.told("создан черновик")


@pytest.mark.parametrize("size", SIZES)
def test_columns_of_a_plain_table_are_chosen_by_hand(size: Any, studio: Opens) -> None:
    """Nothing is taken in by a wrong guess: what the columns are is asked, and shown at once."""
    at = studio(size, cues=[], lines=[])
    page = at.page
    at.open("timeline/import/")
    file = {"name": "чат.csv", "mimeType": "text/csv", "buffer": COLUMNS.encode()}
    page.get_by_label("Файл с чатом").set_input_files(file)  # type: ignore[arg-type]
    at.press("Посмотреть файл")
    expect(page.get_by_role("heading", name="Как читать файл")).to_be_visible()
    at.fits()
    page.get_by_label("Формат").select_option(label="Обычная таблица")
    page.get_by_label("Первая строка").select_option(label="названия колонок")
    for name, column in (("Автор", "1. x"), ("Текст", "2. x"), ("Время", "2. x")):
        page.get_by_label(name, exact=True).select_option(label=column)
    at.press("Прочитать так")
    at.told("Подходит строк: 0. Не подходит: 2.")
    expect(page.locator(".findings__list")).to_contain_text("время не прочитать")
    expect(page.get_by_role("button", name="Загрузить все строки")).to_be_disabled()
    page.get_by_label("Время", exact=True).select_option(label="3. y")
    at.press("Прочитать так")
    at.told("Подходит строк: 2. Не подходит: 0.")
    row = page.get_by_role("row", name="Видно хорошо")
    expect(row).to_contain_text("01:05")
    expect(row).to_contain_text("Олег")
    at.fits()
    at.press("Загрузить все строки")
    at.told("Загружено реплик: 2.")
    expect(page.locator("#lines")).to_contain_text("Видно хорошо")


@pytest.mark.parametrize("size", SIZES)
def test_what_is_wrong_is_found_mended_and_shown_to_newcomers_alone(
    size: Any, studio: Opens, make: Make, redis_url: str, screen: screens.Opens
) -> None:
    """The linter keeps an error back. Who watches, on the other kind of screen, notices nothing of
    a new version, of one that is brought back, of the end of the show, of the archive."""
    other = "desk" if size == PHONE else "phone"
    cue = CUE | {"show_at": 5, "hide_at": None}
    at = studio(size, cues=[cue], lines=[], duration_sec=100)
    inside = Room(at.site, make.registration(at.webinar), redis_url)
    viewer = screen(other)
    inside.open(viewer.page)
    plays(viewer.page)
    page = at.page
    at.open("timeline/")
    at.touch(page.locator("#cues").get_by_role("link", name="Получить разбор", exact=True))
    page.get_by_label("Показать на").fill("9:00")
    page.get_by_label("Надпись на кнопке").fill("Записаться")
    at.press("Сохранить")
    expect(page.locator("#findings")).to_contain_text("Публиковать рано")
    at.open()
    at.press("Опубликовать изменения")
    expect(page.locator("main")).to_contain_text(
        "В сценарии эфира ошибка: 09:00 Стоит после конца записи"
    )
    at.open("timeline/")
    at.touch(page.locator("#findings").get_by_role("link", name="Исправить"))
    page.get_by_label("Показать на").fill("0:05")
    at.press("Сохранить")
    expect(page.locator("#findings")).not_to_contain_text("Ошибка")
    at.open()
    at.press("Опубликовать изменения")
    at.told("Опубликовано: версия")
    expect(page.locator(".version")).to_have_count(3)
    at.fits()
    watches_on(viewer, inside)
    sees(screen(other), Room(at.site, make.registration(at.webinar), redis_url), "Записаться")
    at.touch(page.get_by_role("button", name="Вернуть её: Версия 2"))
    at.told("Новым зрителям показывается версия 2")
    watches_on(viewer, inside)
    again = Room(at.site, make.registration(at.webinar), redis_url)
    sees(screen(other), again, "Получить разбор")
    at.press("Снять с показа")
    at.told("Страница скрыта")
    watches_on(viewer, inside)
    at.follow("В архив…")
    at.told("Убрать в архив?")
    at.fits()
    page.get_by_label("Понимаю").check()
    at.press("Убрать в архив")
    at.told("Вебинар в архиве")
    watches_on(viewer, inside)
    viewer.page.locator("#message").fill("А я ещё смотрю")
    viewer.press(viewer.button("Отправить"))
    expect(viewer.page.locator('.message[data-origin="viewer"]')).to_contain_text("ещё смотрю")
    gone = viewer.page.goto(f"{at.site}/webinars/{at.slug}/")
    assert gone is not None
    assert gone.status == 404


def watches_on(viewer: screens.Screen, room: Room) -> None:
    """The open page goes on, and so does one that is opened again: on the version it began with."""
    viewer.page.evaluate("htmx.trigger('#beat', 'beat')")
    plays(viewer.page, current_time(viewer.page) + 0.2)
    room.rewind(20)
    viewer.page.reload()
    plays(viewer.page, 20)
    expect(viewer.page.locator("#cta")).to_have_text("Получить разбор")
    viewer.fits()


def sees(newcomer: screens.Screen, room: Room, words: str) -> None:
    room.rewind(20)
    expect(room.open(newcomer.page).locator("#cta")).to_have_text(words)
    newcomer.page.close()


def test_upload_goes_on_by_itself_after_the_network_was_away(
    app: Flask, studio: Opens, tmp_path: Path
) -> None:
    """Cut off in the middle of a piece; the file arrives whole, byte for byte."""
    line = SlowLine(app.wsgi_app)
    app.wsgi_app = line  # type: ignore[method-assign]
    at = studio(DESK, cues=[], lines=[])
    page = at.page
    at.open("video/")
    video = recording(2)
    padding = (WHOLE - len(video)).to_bytes(4, "big") + b"free"
    video += padding + b"\7" * (WHOLE - len(video) - len(padding))
    file = tmp_path / "Запись.mp4"
    file.write_bytes(video)
    page.locator("#file-video").set_input_files(file)
    at.press("Загрузить")
    page.wait_for_function("() => document.querySelector('.upload__bar').value > 10")
    page.context.set_offline(True)
    expect(page.locator("[data-upload-text]")).to_contain_text("Связь прервалась")
    db.session.remove()
    (upload,) = media_of(at)
    assert (upload.state, upload.received < len(video)) == ("receiving", True)
    line.a_second = float("inf")
    page.context.set_offline(False)
    expect(page.locator("[data-upload-state=received]")).to_be_visible()
    db.session.remove()
    (whole,) = media_of(at)
    assert whole.asset_id == upload.asset_id
    assert media.folder.incoming(whole.asset_id).read_bytes() == video
    worker.drain_here()
    (kept,) = media_of(at)
    assert media.folder.path_of(str(kept.sha256)).read_bytes() == video
    expect(page.locator("#video-state video")).to_be_visible()


def media_of(at: Studio) -> list[media.Asset]:
    return media.assets.of_webinar(at.webinar.webinar_id, kind="video")


def test_length_of_a_video_elsewhere_is_told_by_the_authors_player(studio: Opens) -> None:
    """The picture lies on another host; what the player sees there is what the checks find."""
    elsewhere, film = "https://videos.example.org/course.mp4", recording(2)

    def served(route: Route) -> None:
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Range": f"bytes 0-{len(film) - 1}/{len(film)}",
        }
        route.fulfill(status=206, headers=headers, content_type="video/mp4", body=film)

    at = studio(DESK, video=elsewhere, duration_sec=100, cues=[], lines=[])
    at.page.route(elsewhere, served)
    with at.page.expect_response(lambda answer: answer.url.endswith("/video/length/")) as told:
        at.open("timeline/")
    assert told.value.status == 204
    at.open("timeline/")
    expect(at.page.get_by_text("Видео короче, чем указано в сценарии.")).to_be_visible()
    expect(at.page.locator("#editor-video")).to_have_attribute("data-known", re.compile("^[23]$"))


def test_whole_webinar_comes_in_pieces_and_becomes_a_draft(studio: Opens) -> None:
    at = studio(DESK, cues=[], lines=[])
    page = at.page
    body = page.context.request.get(
        f"{at.site}/studio/{at.slug}/timeline/export/webinar.zip"
    ).body()
    page.goto(f"{at.site}/studio/new/file/")
    file = {"name": "Курс.zip", "mimeType": "application/zip", "buffer": body}
    page.locator("#file-archive").set_input_files(file)  # type: ignore[arg-type]
    at.press("Создать черновик")
    expect(page.locator("[data-upload-state=received]")).to_contain_text("Проверяем «Курс.zip»")
    worker.drain_here()
    made = page.locator("[data-upload-state=ready]")
    expect(made).to_contain_text("создан черновик")
    at.fits()
    made.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/studio/(?!new)[\w-]+/$"))
