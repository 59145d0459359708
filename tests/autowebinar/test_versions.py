"""What an author made: checked whole, kept once, never changed."""

import copy
from typing import Any

import pytest

from app import autowebinar
from app.autowebinar import VersionInvalid, versions
from app.autowebinar.content import is_safe_link
from tests.autowebinar.recording import CONTENT, DURATION
from tests.fixtures.application import Make


@pytest.mark.both_databases
def test_version_is_read_back_as_it_was_handed_in(make: Make) -> None:
    webinar = make.webinar(published=False)
    made = autowebinar.create_version(webinar.webinar_id, CONTENT)
    versions.load.cache_clear()
    version = versions.load(made.version_id)
    assert version == made
    assert (version.number, version.duration, version.speaker_name) == (
        1,
        DURATION,
        "Андрей Соколов",
    )
    assert [(line.at, line.author, line.role) for line in version.lines] == [
        (0, "Ирина", "guest"),
        (5, "Олег", "guest"),
        (5, "Ольга", "team"),
        (40, "Тимур", "guest"),
    ]
    assert [(cue.show_at, cue.hide_at, cue.link) for cue in version.cues] == [(60, None, None)]


def test_same_content_is_the_same_version(make: Make) -> None:
    webinar = make.webinar(published=False)
    first = autowebinar.create_version(webinar.webinar_id, CONTENT)
    again = autowebinar.create_version(webinar.webinar_id, copy.deepcopy(CONTENT))
    other = autowebinar.create_version(webinar.webinar_id, CONTENT | {"duration_sec": 120})
    assert again.version_id == first.version_id
    assert (other.number, other.version_id == first.version_id) == (2, False)


def test_publish_chooses_what_newcomers_see(make: Make) -> None:
    webinar = make.webinar(published=False)
    assert autowebinar.published(webinar.webinar_id) is None
    first = autowebinar.create_version(webinar.webinar_id, CONTENT)
    second = autowebinar.create_version(webinar.webinar_id, CONTENT | {"duration_sec": 120})
    for version in (second, first):
        autowebinar.publish(webinar.webinar_id, version.version_id)
        assert autowebinar.published(webinar.webinar_id) == version


def test_publish_refuses_another_webinars_version(make: Make) -> None:
    mine, other = make.webinar(published=False), make.webinar(published=False)
    version = autowebinar.create_version(other.webinar_id, CONTENT)
    autowebinar.create_version(mine.webinar_id, CONTENT)
    with pytest.raises(VersionInvalid):
        autowebinar.publish(mine.webinar_id, version.version_id)
    assert autowebinar.published(mine.webinar_id) is None


def line(**changes: Any) -> dict[str, Any]:
    return {"lines": [{"at": 1, "author": "А", "text": "т"} | changes]}


def cue(**changes: Any) -> dict[str, Any]:
    return {"cues": [{"kind": "cta", "show_at": 1, "text": "т"} | changes]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"duration_sec": 0},
        {"duration_sec": "100"},
        {"video": " "},
        line(at=-1),
        line(at=101),
        line(at=1.5),
        line(author=" "),
        line(text=""),
        line(text="я" * 1001),
        line(role="admin"),
        cue(kind="poll"),
        cue(show_at=101),
        cue(hide_at=1),
        cue(text=""),
        cue(link="javascript:alert(1)"),
        cue(link="//evil.example"),
        {"lines": {}},
    ],
)
def test_content_that_cannot_be_shown_is_refused_by_name(make: Make, wrong: Any) -> None:
    webinar = make.webinar(published=False)
    with pytest.raises(VersionInvalid) as refusal:
        autowebinar.create_version(webinar.webinar_id, CONTENT | wrong)
    assert refusal.value.name == "autowebinar_version_invalid"
    assert autowebinar.create_version(webinar.webinar_id, CONTENT).number == 1


@pytest.mark.parametrize(
    ("link", "safe"),
    [
        ("https://example.org/a?b=c", True),
        ("http://example.org", True),
        ("/webinars/", True),
        ("//example.org/", False),
        ("/\\example.org", False),
        ("\\\\example.org", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https:///", False),
        ("example.org", False),
        ("/a\nb", False),
        (" https://example.org", False),
        ("", False),
    ],
)
def test_link_leads_to_a_site_or_within_ours(link: str, safe: bool) -> None:
    assert is_safe_link(link) is safe
