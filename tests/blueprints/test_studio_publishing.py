"""A webinar is shown, hidden, put away, copied, shown as it was: what each does, and to whom."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import autowebinar, chat, core, media
from app.autowebinar import Rules, drafts, schedule, versions
from app.autowebinar.content import LineContent
from app.core import UserRecord, WebinarRecord
from app.core.errors import WebinarRefused
from tests.fixtures.application import Make
from tests.fixtures.recordings import image, recording

SignIn = Callable[[FlaskClient, UserRecord], None]
Csrf = Callable[[FlaskClient, str], str]
VIDEO = {"video": "demo/webinar.mp4", "duration_sec": 100}


@pytest.fixture
def author(make: Make) -> UserRecord:
    return make.user("speaker", name="Андрей Соколов")


@pytest.fixture
def webinar(make: Make, author: UserRecord) -> WebinarRecord:
    return make.webinar(slug="course", title="Курс", published=False, owner_id=author.user_id)


class Studio:
    """The author at a webinar's panels."""

    def __init__(self, client: FlaskClient, csrf: Csrf, author: UserRecord) -> None:
        self.client, self.author = client, author
        self.token = csrf(client, "/studio/course/video/")

    def open(self, panel: str = "") -> str:
        return self.client.get(f"/studio/course/{panel}").text

    def send(self, action: str, **fields: Any) -> TestResponse:
        data = {"csrf_token": self.token} | fields
        return self.client.post(f"/studio/course/{action}/", data=data)

    def change(self, **members: Any) -> None:
        webinar = core.webinars.by_slug("course")
        assert webinar is not None
        drafts.change(webinar.webinar_id, members, actor=self.author)


@pytest.fixture
def studio(
    client: FlaskClient, author: UserRecord, webinar: WebinarRecord, sign_in: SignIn, csrf: Csrf
) -> Studio:
    sign_in(client, author)
    return Studio(client, csrf, author)


def status(webinar: WebinarRecord) -> str:
    found = core.webinars.get(webinar.webinar_id)
    assert found is not None
    return found.status


@pytest.mark.both_databases
def test_webinar_with_nothing_to_show_is_published_by_no_road(
    studio: Studio, webinar: WebinarRecord, client: FlaskClient
) -> None:
    refused = studio.send("publish")
    assert refused.status_code == 422
    assert "Нечего показывать: добавьте видео." in refused.text
    with pytest.raises(WebinarRefused, match="webinar_nothing_to_show"):
        core.webinar_states.publish(webinar.webinar_id, actor_id=None)
    assert status(webinar) == "draft"
    assert client.get("/webinars/course/").status_code == 404


def test_video_without_a_length_is_not_published(studio: Studio, webinar: WebinarRecord) -> None:
    studio.change(video="demo/webinar.mp4")
    refused = studio.send("publish")
    assert refused.status_code == 422
    assert "Не указано, сколько длится видео." in refused.text
    assert autowebinar.published(webinar.webinar_id) is None
    assert versions.notes(webinar.webinar_id) == []


def test_error_of_the_timeline_keeps_it_back_in_words(
    studio: Studio, webinar: WebinarRecord
) -> None:
    cue = {"kind": "cta", "show_at": 10, "text": "Купить", "link": "/webinars/gone/"}
    studio.change(**VIDEO, cues=[cue])
    refused = studio.send("publish")
    assert refused.status_code == 422
    assert "Ссылка ведёт на то, чего больше нет." in refused.text
    assert status(webinar) == "draft"


def test_list_of_what_is_missing_leads_to_each(studio: Studio) -> None:
    page = studio.open()
    assert "Что осталось" in page
    assert 'href="/studio/course/video/">Видео</a>' in page
    assert 'href="/studio/course/page/">Описание на странице</a>' in page
    assert "Длительность видео" not in page
    studio.change(video=VIDEO["video"])
    assert 'href="/studio/course/video/">Длительность видео</a>' in studio.open()
    studio.change(**VIDEO)
    assert "Можно публиковать" in studio.open()
    assert "Длительность видео" not in studio.open()


def test_what_the_linter_finds_stands_beside_what_is_missing(
    studio: Studio, webinar: WebinarRecord
) -> None:
    """With what it cannot know by itself: how long the upload really is, which files are gone."""
    assert "Замечаний нет" not in studio.open()
    asset = media.take(
        io.BytesIO(recording(2)),
        kind="video",
        name="talk.mp4",
        owner_id=studio.author.user_id,
        webinar_id=webinar.webinar_id,
    )
    gone = {
        "kind": "handout",
        "key": "gone1",
        "text": "План",
        "link": f"/media/{'0' * 64}/plan.pdf",
    }
    dated = {"kind": "note", "key": "dated1", "text": "Ждём в четверг"}
    studio.change(
        video=asset.address,
        duration_sec=100,
        cues=[gone | {"show_at": 10}, dated | {"show_at": 20, "hide_at": 30}],
    )
    for page in (studio.open(), studio.open("timeline/")):
        assert "Видео короче, чем указано в сценарии." in page
        assert "Ссылка ведёт на то, чего больше нет." in page
        assert "Названы день или дата" in page
        assert "Публиковать рано: сначала исправьте ошибки." in page
        for key in ("gone1", "dated1"):
            assert f'href="/studio/course/timeline/cues/{key}/">Исправить</a>' in page
    assert "Что осталось" in studio.open()
    assert studio.send("publish").status_code == 422
    studio.change(duration_sec=2, cues=[])
    assert "Можно публиковать" in studio.open()


def test_published_webinar_has_a_page_a_room_and_a_version(
    studio: Studio, webinar: WebinarRecord, client: FlaskClient
) -> None:
    studio.change(**VIDEO)
    assert studio.send("publish").status_code == 303
    assert status(webinar) == "published"
    assert client.get("/webinars/course/").status_code == 200
    page = studio.open()
    assert "Версия 1" in page
    assert "Андрей Соколов" in page
    assert "Опубликовать изменения" in page


def test_publishing_without_changes_says_so(studio: Studio, webinar: WebinarRecord) -> None:
    studio.change(**VIDEO)
    studio.send("publish")
    studio.send("publish")
    assert "Изменений нет: показывается версия 1." in studio.open()
    assert len(versions.notes(webinar.webinar_id)) == 1


def test_versions_say_what_was_changed(studio: Studio, webinar: WebinarRecord) -> None:
    studio.change(**VIDEO)
    drafts.add_lines(webinar.webinar_id, [(line(1), None), (line(2), None)], actor=studio.author)
    studio.send("publish")
    studio.change(duration_sec=90, cues=[{"kind": "note", "show_at": 5, "text": "Читайте"}])
    (first, second) = drafts.lines(webinar.webinar_id)
    drafts.change_line(webinar.webinar_id, first.line_id, line(1, "Иначе"), actor=studio.author)
    drafts.remove_line(webinar.webinar_id, second.line_id, actor=studio.author)
    studio.send("publish")
    page = studio.open()
    assert "Первая версия" in page
    assert "длительность, реплики +1 −2, события +1" in page


def line(at: int, text: str = "Слышно") -> LineContent:
    return LineContent(at=at, author="Ирина", text=text)


def test_older_version_is_shown_again_and_the_draft_stays(
    studio: Studio, webinar: WebinarRecord
) -> None:
    studio.change(**VIDEO)
    studio.send("publish")
    studio.change(duration_sec=90)
    studio.send("publish")
    newest, first = versions.notes(webinar.webinar_id)
    assert studio.send(f"versions/{first.version_id}/publish").status_code == 303
    shown = autowebinar.published(webinar.webinar_id)
    assert shown is not None
    assert (shown.number, shown.duration) == (1, 100)
    assert drafts.get(webinar.webinar_id).content["duration_sec"] == 90
    assert "Черновик не изменился" in studio.open()
    assert newest.number == 2


def test_version_of_another_webinar_is_not_shown(
    studio: Studio, webinar: WebinarRecord, make: Make
) -> None:
    studio.change(**VIDEO)
    studio.send("publish")
    own = autowebinar.published(webinar.webinar_id)
    foreign = autowebinar.published(make.webinar().webinar_id)
    assert foreign is not None
    studio.send(f"versions/{foreign.version_id}/publish")
    assert "Такой версии у этого вебинара нет." in studio.open()
    assert autowebinar.published(webinar.webinar_id) == own


def test_many_versions_come_a_page_at_a_time(studio: Studio, webinar: WebinarRecord) -> None:
    for seconds in range(1, 15):
        content = {"video": "demo/webinar.mp4", "duration_sec": seconds}
        autowebinar.create_version(webinar.webinar_id, content)
    page = studio.open()
    assert "Версия 14" in page
    assert "Версия 4<" not in page
    assert "before=5" in page
    older = studio.open("versions/?before=5")
    assert "Версия 4<" in older
    assert "Версия 1<" in older
    assert "before=" not in older


@pytest.mark.parametrize("action", ["unpublish", "archive"])
def test_who_holds_a_place_still_comes_in(
    studio: Studio, webinar: WebinarRecord, make: Make, app: Flask, action: str
) -> None:
    studio.change(**VIDEO)
    studio.send("publish")
    registration = make.registration(webinar)
    assert studio.send(action, sure="y").status_code == 303
    viewer = app.test_client()
    assert viewer.get("/webinars/course/").status_code == 404
    assert viewer.get("/autowebinar/course/").status_code == 404
    viewer.get(f"/r/{registration.token}/")
    room = viewer.get("/autowebinar/course/")
    assert room.status_code == 200
    assert f'data-session="{registration.session_id}"' in room.text


def test_hidden_webinar_is_shown_again(studio: Studio, webinar: WebinarRecord) -> None:
    studio.change(**VIDEO)
    studio.send("publish")
    studio.send("unpublish")
    assert status(webinar) == "draft"
    studio.send("publish")
    assert status(webinar) == "published"
    assert len(versions.notes(webinar.webinar_id)) == 1


def test_archive_is_asked_about_and_final(studio: Studio, webinar: WebinarRecord) -> None:
    studio.change(**VIDEO)
    assert studio.send("archive").status_code == 422
    assert status(webinar) == "draft"
    studio.send("archive", sure="y")
    assert status(webinar) == "archived"
    for action in ("publish", "unpublish", "page", "video"):
        fields = {"title": "Иначе", "slug": "course", "address": "https://a.org/a.mp4"}
        answer = studio.send(action, duration="1:00", **fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/studio/course/")
    assert "больше ничего не меняется" in studio.open()
    assert core.webinars.get(webinar.webinar_id) == core.webinars.by_slug("course")
    assert drafts.get(webinar.webinar_id).content == VIDEO


def test_copy_has_everything_but_people(
    studio: Studio, webinar: WebinarRecord, author: UserRecord, make: Make
) -> None:
    whose: dict[str, Any] = {"owner_id": author.user_id, "webinar_id": webinar.webinar_id}
    poster = media.take(image(), kind="image", name="p.png", **whose)
    cue = {"kind": "poll", "show_at": 5, "text": "Да?", "options": ["Да", "Нет"]}
    studio.change(**VIDEO, poster=poster.address, cues=[cue])
    drafts.add_lines(webinar.webinar_id, [(line(3), None)], actor=author)
    schedule.save(webinar.webinar_id, Rules(recording_days=7), actor_id=None)
    talk = chat.rules.Rules(shared=True, slow_seconds=30)
    chat.rules.change(webinar.webinar_id, talk, actor=author)
    core.webinars.edit(webinar.webinar_id, guest_cta_link="https://example.org/club/")
    studio.send("publish")
    make.registration(webinar)
    made = studio.send("duplicate")
    assert made.headers["Location"] == "/studio/course-2/"
    copy = core.webinars.by_slug("course-2")
    assert copy is not None
    assert (copy.title, copy.status, copy.owner_id) == ("Курс (копия)", "draft", author.user_id)
    content, original = drafts.whole(copy.webinar_id), drafts.whole(webinar.webinar_id)
    assert content["lines"] == original["lines"]
    assert content["poster"] == poster.address
    assert media.assets.by_address(copy.webinar_id, poster.address) is not None
    assert schedule.load(copy.webinar_id) == schedule.load(webinar.webinar_id)
    assert chat.rules.of(copy.webinar_id) == talk
    assert copy.guest_cta_link == "https://example.org/club/"
    assert core.registrations.counts([copy.webinar_id]) == {copy.webinar_id: 0}
    assert [each["text"] for each in content["cues"]] == ["Да?"]


def test_words_of_the_end_are_the_drafts(studio: Studio, webinar: WebinarRecord) -> None:
    assert studio.send("texts", ended="Спасибо!", next="", choice=" ").status_code == 303
    assert drafts.get(webinar.webinar_id).content["closing"] == {"ended": "Спасибо!"}
    assert "Спасибо!</textarea>" in studio.open("texts/")
    assert studio.send("texts", ended="x" * 501).status_code == 422


PAGE = {
    "title": "Щедрый хозяин",
    "description": "Вводный абзац.\n\nЧто будет.",
    "cta_text": "Занять место",
    "speaker_name": "Ольга",
    "speaker_role": "Ведущая",
    "slug": "host",
}


def test_page_is_saved_under_its_new_address(
    studio: Studio, webinar: WebinarRecord, client: FlaskClient
) -> None:
    studio.change(**VIDEO)
    saved = studio.send("page", **PAGE)
    assert (saved.status_code, saved.headers["Location"]) == (303, "/studio/host/page/")
    assert drafts.get(webinar.webinar_id).content["speaker"] == {
        "name": "Ольга",
        "role": "Ведущая",
    }
    drafts.publish(webinar.webinar_id, actor=studio.author)
    page = client.get("/webinars/host/").text
    for words in ("Щедрый хозяин", "Вводный абзац.", "Что будет.", "Занять место", "Ольга"):
        assert words in page
    assert client.get("/webinars/course/").headers["Location"].endswith("/webinars/host/")


def test_preview_is_drawn_by_the_page_s_own_template_and_keeps_nothing(
    studio: Studio, webinar: WebinarRecord, client: FlaskClient
) -> None:
    studio.change(**VIDEO)
    before = core.webinars.get(webinar.webinar_id)
    preview = studio.send("page/preview", **PAGE).text
    assert core.webinars.get(webinar.webinar_id) == before
    assert "speaker" not in drafts.get(webinar.webinar_id).content
    studio.send("page", **PAGE)
    drafts.publish(webinar.webinar_id, actor=studio.author)
    page = client.get("/webinars/host/").text
    assert article(preview) == article(page).replace("webinar=host", "webinar=course")


def article(page: str) -> str:
    return page[page.index("<article") : page.index("</article>")]


def test_page_that_will_not_do_changes_nothing(
    studio: Studio, webinar: WebinarRecord, make: Make
) -> None:
    make.webinar(slug="taken")
    for wrong, words in (
        ({"slug": "taken"}, "Свободен, например, taken-2"),
        ({"slug": "Курс"}, "Только строчные латинские буквы"),
        ({"title": " "}, "Заполните это поле."),
        ({"description": "x" * 5001}, "Не длиннее 5000 знаков."),
    ):
        answer = studio.send("page", **(PAGE | wrong))
        assert answer.status_code == 422
        assert words in answer.text
    assert core.webinars.get(webinar.webinar_id) == webinar
    assert drafts.get(webinar.webinar_id).content == {}


def test_list_counts_places_and_who_watches_now(
    studio: Studio, webinar: WebinarRecord, make: Make, app: Flask, client: FlaskClient
) -> None:
    studio.change(**VIDEO)
    studio.send("publish")
    watching, _ = make.registration(webinar), make.registration(webinar)
    viewer = app.test_client()
    viewer.get(f"/r/{watching.token}/", follow_redirects=True)
    page = client.get("/studio/").text
    assert cell(page, "Записаны") == "2"
    assert cell(page, "Смотрят сейчас") == "1"


def cell(page: str, label: str) -> str:
    found = page.partition(f'data-label="{label}"')[2]
    return found.partition("<div>")[2].partition("</div>")[0]


def test_list_goes_on_page_after_page(
    client: FlaskClient, make: Make, sign_in: SignIn, author: UserRecord
) -> None:
    made = [make.webinar("live", owner_id=author.user_id).title for _ in range(51)]
    make.webinar("live", title="Чужой вебинар")
    sign_in(client, author)
    first = client.get("/studio/").text
    follow = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = client.get(follow).text
    assert [first.count(f">{each}<") + second.count(f">{each}<") for each in made] == [1] * 51
    assert "Чужой вебинар" not in first + second


def test_publishing_is_the_chief_deed_only_where_something_changed(studio: Studio) -> None:
    chief = '<button class="button" type="submit">'
    nothing = "Публиковать нечего"
    studio.change(**VIDEO)
    assert f"{chief}Опубликовать</button>" in studio.open()
    studio.send("publish")
    assert f"{chief}Опубликовать изменения" not in studio.open()
    assert nothing in studio.open()
    studio.change(duration_sec=90)
    assert f"{chief}Опубликовать изменения" in studio.open()
    assert nothing not in studio.open()
    studio.change(duration_sec=100)
    assert nothing in studio.open()
    studio.send("unpublish")
    assert nothing not in studio.open()


@pytest.mark.parametrize("address", ["demo/webinar.mp4", "/static/demo/webinar.mp4"])
def test_video_of_the_site_that_is_shorter_than_its_timeline_is_not_published(
    studio: Studio, webinar: WebinarRecord, address: str
) -> None:
    studio.change(video=address, duration_sec=5400)
    refused = studio.send("publish")
    assert refused.status_code == 422
    assert "Видео короче, чем указано в сценарии." in refused.text
    assert autowebinar.published(webinar.webinar_id) is None
    studio.change(duration_sec=100)
    assert studio.send("publish").status_code == 303


@pytest.mark.parametrize("address", ["demo/none.mp4", "demo/../../../x.mp4"])
def test_what_is_no_video_of_the_site_has_no_length(studio: Studio, address: str) -> None:
    studio.change(video=address, duration_sec=5400)
    assert "Видео короче" not in studio.open("timeline/check/")


ELSEWHERE = "https://videos.example.org/course.mp4"


@pytest.mark.both_databases
def test_video_elsewhere_is_as_long_as_the_authors_player_saw(studio: Studio) -> None:
    studio.change(video=ELSEWHERE, duration_sec=5400)
    page = studio.open("timeline/")
    assert f'data-address="{ELSEWHERE}"' in page
    assert "Видео короче" not in page
    assert studio.send("video/length", address=ELSEWHERE, seconds="160").status_code == 204
    page = studio.open("timeline/")
    assert "Видео короче" in page
    assert 'data-known="160"' in page
    assert studio.send("publish").status_code == 422
    assert studio.send("video/length", address=ELSEWHERE, seconds="5400").status_code == 204
    assert studio.send("publish").status_code == 303
    studio.change(video=ELSEWHERE.replace("course", "other"))
    assert 'data-known=""' in studio.open("timeline/")


@pytest.mark.parametrize("seconds", ["0", "-5", "86401", "NaN", "", "1e3"])
def test_absurd_length_is_not_believed(studio: Studio, seconds: str) -> None:
    studio.change(video=ELSEWHERE, duration_sec=5400)
    assert studio.send("video/length", address=ELSEWHERE, seconds=seconds).status_code == 422
    assert "Видео короче" not in studio.open("timeline/")


def test_length_of_another_video_or_of_our_own_is_not_taken(studio: Studio) -> None:
    studio.change(**VIDEO)
    own = studio.send("video/length", address="demo/webinar.mp4", seconds="5")
    other = studio.send("video/length", address=ELSEWHERE, seconds="5")
    assert (own.status_code, other.status_code) == (422, 422)
    assert "Видео короче" not in studio.open("timeline/")
