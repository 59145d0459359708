"""Hand-outs in the studio: brought, chosen for a cue, given to viewers, taken from the list."""

import io
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import core, media
from app.autowebinar import drafts
from app.core import UserRecord
from app.media import Asset
from tests.autowebinar.recording import CONTENT
from tests.blueprints.test_studio_timeline import Author, author  # noqa: F401
from tests.blueprints.test_studio_webinar_file import brought_in, document, made, taken_out
from tests.fixtures.application import Make
from tests.fixtures.documents import PDF, office
from tests.fixtures.visitor import _Inputs

HANDOUT = {"show_at": "0:05", "text": "Чек-лист"}


@pytest.fixture
def library(author: Author) -> "Library":  # noqa: F811
    return Library(author)


class Library:
    """An author's hand-outs."""

    def __init__(self, author: Author) -> None:  # noqa: F811
        self.author = author
        self.page = f"/studio/{author.webinar.slug}/video/"

    def bring(self, data: bytes = PDF, name: str = "Чек-лист.pdf") -> TestResponse:
        return self._post(f"{self.page}document/", file=(io.BytesIO(data), name))

    def remove(self, asset: Asset) -> TestResponse:
        path = f"{self.page}documents/{asset.asset_id}/remove/"
        return self._post(path, follow_redirects=True)

    def hand_out(self, path: str = "new/handout/", **fields: Any) -> TestResponse:
        return self.author.send(path, **(HANDOUT | fields))

    def _post(self, path: str, follow_redirects: bool = False, **fields: Any) -> TestResponse:
        parser = _Inputs(path if "documents/" in path else f"{self.page}document/")
        parser.feed(self.author.client.get(self.page).text)
        data = parser.fields | fields
        return self.author.client.post(path, data=data, follow_redirects=follow_redirects)

    @property
    def documents(self) -> list[Asset]:
        return media.assets.of_webinar(self.author.webinar.webinar_id, kind="document")

    @property
    def links(self) -> list[str | None]:
        content = drafts.get(self.author.webinar.webinar_id).content
        return [cue["link"] for cue in content.get("cues", ()) if cue["kind"] == "handout"]

    def publish(self) -> None:
        webinar_id, user = self.author.webinar.webinar_id, self.author.user
        drafts.change(
            webinar_id, {name: CONTENT[name] for name in ("video", "duration_sec")}, actor=user
        )
        drafts.publish(webinar_id, actor=user)


@pytest.mark.both_databases
def test_document_is_brought_chosen_and_given_to_viewers(library: Library, app: Flask) -> None:
    assert library.bring().status_code == 303
    (asset,) = library.documents
    assert asset.address in library.author.client.get(library.page).text
    assert library.hand_out(document=asset.address).status_code == 303
    assert library.links == [asset.address]
    stranger = app.test_client()
    assert stranger.get(asset.address).status_code == 404
    library.publish()
    answer = stranger.get(asset.address, buffered=True)
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    name = quote("Чек-лист.pdf")
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=document.pdf; filename*=UTF-8''{name}"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_nginx_is_told_that_it_is_an_attachment(library: Library, app: Flask) -> None:
    library.bring()
    app.config["SETTINGS"].media_accel_prefix = "/protected-media/"
    answer = library.author.client.get(library.documents[0].address)
    assert answer.headers["X-Accel-Redirect"].startswith("/protected-media/")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=document.pdf")


def test_name_that_another_author_gave_is_not_told(
    library: Library, make: Make, app: Flask
) -> None:
    """The same file of two webinars: who hands it out says what it is called."""
    other = make.webinar(slug="other", published=False)
    media.take(PDF, kind="document", name="Тайна.pdf", owner_id=1, webinar_id=other.webinar_id)
    library.bring(name="Открытое.pdf")
    library.hand_out(document=library.documents[0].address)
    library.publish()
    answer = app.test_client().get(library.documents[0].address, buffered=True)
    assert quote("Открытое.pdf") in answer.headers["Content-Disposition"]


def test_new_file_comes_with_the_cue(library: Library) -> None:
    answer = library.hand_out(file=(io.BytesIO(office()), "Таблица.docx"))
    assert answer.status_code == 303
    assert library.links == [library.documents[0].address]


def test_file_is_not_lost_with_a_field_that_is_wrong(library: Library) -> None:
    answer = library.hand_out(file=(io.BytesIO(PDF), "План.pdf"), show_at="скоро")
    assert answer.status_code == 422
    assert f'value="{library.documents[0].address}" selected' in answer.text
    assert library.links == []


def test_link_elsewhere_is_as_good(library: Library) -> None:
    library.bring()
    assert library.hand_out(link="https://example.org/list.pdf").status_code == 303
    assert library.links == ["https://example.org/list.pdf"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"file": (b"<html>", "План.pdf")}, "Это не PDF"),
        ({"file": (office("word/document.xml", "vbaProject.bin"), "x.docx")}, "есть макросы"),
        ({"document": "/media/" + "0" * 64 + "/document.pdf"}, "Этого файла больше нет."),
        ({"link": "https://example.org/", "file": (PDF, "План.pdf")}, "Выберите одно"),
    ],
)
def test_what_will_not_do_is_said_and_the_draft_stays(
    library: Library, fields: dict[str, Any], words: str
) -> None:
    library.bring(office(), "Другой.docx")
    if "file" in fields:
        fields = fields | {"file": (io.BytesIO(fields["file"][0]), fields["file"][1])}
    answer = library.hand_out(**fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert library.links == []


def test_bad_document_is_refused_at_its_form(library: Library) -> None:
    answer = library.bring(b"MZ not a document", "План.pdf")
    assert answer.status_code == 422
    assert "Это не PDF и не документ Word" in answer.text
    assert library.documents == []


def test_document_of_another_webinar_is_not_taken(library: Library, make: Make) -> None:
    other = make.webinar(slug="other", published=False)
    held = {"owner_id": 1, "webinar_id": other.webinar_id}
    foreign = media.take(PDF, kind="document", name="Чужое.pdf", **held)
    assert library.hand_out(document=foreign.address).status_code == 422
    library.remove(foreign)
    assert media.assets.get(foreign.asset_id) is not None


def test_document_leaves_the_list_only_while_nobody_has_it(library: Library) -> None:
    library.bring()
    library.bring(office(), "Лишнее.docx")
    spare, asset = library.documents
    library.hand_out(document=asset.address)
    assert "сначала уберите его" in library.remove(asset).text
    library.publish()
    cues = drafts.get(library.author.webinar.webinar_id).content["cues"]
    left = [cue for cue in cues if cue["kind"] != "handout"]
    actor: UserRecord = library.author.user
    drafts.change(library.author.webinar.webinar_id, {"cues": left}, actor=actor)
    assert "уже раздавали" in library.remove(asset).text
    assert "Материал убран" in library.remove(spare).text
    assert [each.asset_id for each in library.documents] == [asset.asset_id]


@pytest.mark.both_databases
def test_webinar_file_carries_it_byte_for_byte(library: Library) -> None:
    library.bring()
    library.hand_out(document=library.documents[0].address)
    before = taken_out(library.author)
    found = document(before)
    sha256 = str(library.documents[0].sha256)
    assert found["media"][sha256] == {"kind": "document", "name": "Чек-лист.pdf"}
    handout = next(cue for cue in found["content"]["cues"] if cue["kind"] == "handout")
    assert handout["link"] == f"media/{sha256}"
    slug = made(brought_in(library.author, before))
    assert taken_out(library.author, slug) == before


def test_copy_of_a_webinar_says_whence_its_lines_are(library: Library) -> None:
    slug = library.author.webinar.slug
    library.author.send("lines/new/", at="0:07", author="Анна", text="Сам", role="guest")
    parser = _Inputs(f"/studio/{slug}/duplicate/")
    parser.feed(library.author.client.get(f"/studio/{slug}/").text)
    answer = library.author.client.post(f"/studio/{slug}/duplicate/", data=parser.fields)
    made = core.webinars.by_slug(answer.headers["Location"].split("/")[2])
    assert made is not None
    assert [line.source for line in drafts.lines(made.webinar_id)] == [
        line.source for line in drafts.lines(library.author.webinar.webinar_id)
    ]


def test_copy_of_a_webinar_has_its_documents(library: Library) -> None:
    library.bring()
    library.hand_out(document=library.documents[0].address)
    slug = library.author.webinar.slug
    parser = _Inputs(f"/studio/{slug}/duplicate/")
    parser.feed(library.author.client.get(f"/studio/{slug}/").text)
    answer = library.author.client.post(f"/studio/{slug}/duplicate/", data=parser.fields)
    copied = answer.headers["Location"].split("/")[2]
    page = library.author.client.get(f"/studio/{copied}/video/").text
    assert library.documents[0].address in page
