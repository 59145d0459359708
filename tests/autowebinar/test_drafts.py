"""An author's draft: begun from what is published, changed by two, published as a version."""

import pytest

from app import autowebinar, core
from app.autowebinar import DraftConflict, VersionInvalid, drafts
from app.autowebinar.content import LineContent
from app.core.errors import Forbidden
from tests.autowebinar.recording import CONTENT, publish
from tests.fixtures.application import Make

pytestmark = pytest.mark.both_databases


def line(at: int, text: str = "Слышно") -> LineContent:
    return LineContent(at=at, author="Ирина", text=text)


def test_draft_begins_as_what_is_published(make: Make) -> None:
    webinar, version = publish(make)
    draft = drafts.get(webinar.webinar_id)
    assert draft.content == autowebinar.versions.content_of(version)
    assert (draft.revision, draft.lines) == (0, len(version.lines))
    assert drafts.whole(webinar.webinar_id)["lines"] == autowebinar.versions.lines_of(version)


def test_first_change_keeps_the_published_lines(make: Make) -> None:
    webinar, version = publish(make)
    changed = drafts.change(webinar.webinar_id, {"poster": ""}, actor=make.user("speaker"))
    assert (changed.revision, changed.lines) == (1, len(version.lines))
    whole = drafts.whole(webinar.webinar_id)
    assert whole["lines"] == autowebinar.versions.lines_of(version)
    assert whole["video"] == CONTENT["video"]


def test_draft_is_not_shown_until_it_is_published(make: Make) -> None:
    webinar, version = publish(make)
    author = make.user("speaker")
    drafts.add_lines(webinar.webinar_id, [(line(7), None)], actor=author)
    assert autowebinar.published(webinar.webinar_id) == version
    made = drafts.publish(webinar.webinar_id, actor=author)
    assert autowebinar.published(webinar.webinar_id) == made
    assert [each.at for each in made.lines] == [0, 5, 5, 7, 40]


def test_publishing_a_draft_opens_the_webinar(make: Make) -> None:
    webinar = make.webinar(published=False)
    author = make.user("speaker")
    members = {"video": "demo/webinar.mp4", "duration_sec": 90}
    drafts.change(webinar.webinar_id, members, actor=author)
    drafts.publish(webinar.webinar_id, actor=author)
    found = core.webinars.get(webinar.webinar_id)
    assert found is not None
    assert found.status == "published"


def test_unfinished_draft_is_not_published(make: Make) -> None:
    webinar = make.webinar(published=False)
    author = make.user("speaker")
    drafts.change(webinar.webinar_id, {"duration_sec": 90}, actor=author)
    with pytest.raises(VersionInvalid, match="video"):
        drafts.publish(webinar.webinar_id, actor=author)
    assert autowebinar.published(webinar.webinar_id) is None


def test_invalid_member_changes_nothing(make: Make) -> None:
    webinar, _ = publish(make)
    with pytest.raises(VersionInvalid, match="duration_sec"):
        drafts.change(webinar.webinar_id, {"duration_sec": -1}, actor=make.user("speaker"))
    assert drafts.get(webinar.webinar_id).revision == 0


def test_second_editor_does_not_overwrite_the_first_unseen(make: Make) -> None:
    webinar, _ = publish(make)
    author = make.user("speaker")
    seen = drafts.get(webinar.webinar_id).revision
    drafts.change(webinar.webinar_id, {"poster": "a.webp"}, actor=author, revision=seen)
    with pytest.raises(DraftConflict):
        drafts.change(webinar.webinar_id, {"poster": "b.webp"}, actor=author, revision=seen)
    assert drafts.get(webinar.webinar_id).content["poster"] == "a.webp"


def test_line_of_a_known_key_is_not_added_again(make: Make) -> None:
    webinar = make.webinar(published=False)
    author = make.user("speaker")
    rows = [(line(1), "one"), (line(2), "two")]
    assert drafts.add_lines(webinar.webinar_id, rows, actor=author) == 2
    assert drafts.add_lines(webinar.webinar_id, rows, actor=author) == 0
    assert [each.at for each in drafts.lines(webinar.webinar_id)] == [1, 2]


def test_lines_are_changed_removed_and_paged(make: Make) -> None:
    webinar = make.webinar(published=False)
    author = make.user("speaker")
    drafts.add_lines(webinar.webinar_id, [(line(at), None) for at in (3, 1, 2)], actor=author)
    first, second = drafts.lines(webinar.webinar_id, limit=2)
    assert (first.at, second.at) == (1, 2)
    (third,) = drafts.lines(webinar.webinar_id, after=(second.at, second.line_id))
    assert drafts.change_line(webinar.webinar_id, third.line_id, line(0, "Иначе"), actor=author)
    assert drafts.remove_line(webinar.webinar_id, first.line_id, actor=author)
    assert not drafts.remove_line(webinar.webinar_id, first.line_id, actor=author)
    left = drafts.lines(webinar.webinar_id)
    assert [(each.at, each.text) for each in left] == [(0, "Иначе"), (2, "Слышно")]
    drafts.remove_lines(webinar.webinar_id, actor=author)
    assert drafts.lines(webinar.webinar_id) == []


def test_who_may_not_edit_changes_nothing(make: Make) -> None:
    webinar, _ = publish(make)
    partner = make.user("partner")
    for attempt in (
        lambda: drafts.change(webinar.webinar_id, {"poster": ""}, actor=partner),
        lambda: drafts.add_lines(webinar.webinar_id, [(line(1), None)], actor=partner),
        lambda: drafts.remove_lines(webinar.webinar_id, actor=partner),
        lambda: drafts.publish(webinar.webinar_id, actor=partner),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert drafts.get(webinar.webinar_id).revision == 0
