"""The choice of a time: on the landing page, in the sign-up form, and what comes of it."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app import core
from app.core import RegistrationRecord
from app.demo import seed
from tests.fixtures.schedules import (
    EVENING,
    EVENINGS,
    NOW,
    OWN_EVENINGS,
    TOMORROW,
    scheduled,
    slot_at,
)
from tests.fixtures.visitor import Visitor, room_token

ADDRESS = "guest@example.org"


@pytest.fixture(autouse=True)
def _afternoon():
    with time_machine.travel(NOW, tick=False):
        yield


def the_registration() -> RegistrationRecord:
    (event,) = [e for e in core.timeline.everything() if e.name == "client_webinar_registered"]
    (found,) = core.registrations.of_lead(event.lead_id)
    return found


def nobody_signed_up() -> bool:
    return not [e for e in core.timeline.everything() if e.name == "core_lead_created"]


@pytest.mark.both_databases
def test_posted_slot_becomes_the_registrations_start(app: Flask, make):
    webinar = scheduled(make.webinar())
    slot = slot_at(webinar, TOMORROW)
    response = Visitor(app).sign_up(ADDRESS, webinar.slug, slot=slot.slot_id, zone="Asia/Omsk")
    assert (response.status_code, response.headers["Location"]) == (303, "/signup/done/")
    place = the_registration()
    assert (place.slot_id, place.starts_at, place.zone) == (slot.slot_id, TOMORROW, "Asia/Omsk")
    assert place.mode == "session"


def test_tracker_is_told_of_the_slot(app: Flask, make):
    webinar = scheduled(make.webinar())
    slot = slot_at(webinar, EVENING)
    Visitor(app).sign_up(ADDRESS, webinar.slug, slot=slot.slot_id)
    (event,) = [e for e in core.timeline.everything() if e.name == "client_webinar_registered"]
    assert event.payload["slot_id"] == slot.slot_id


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(1, "Этого времени уже нет"), (-24 * 60, "Этого времени уже нет"), (None, "Выберите время")],
)
def test_slot_that_the_rules_do_not_make_is_422_and_changes_nothing(
    app: Flask, make, minutes, says
):
    webinar = scheduled(make.webinar())
    posted = ""
    if minutes is not None:
        posted = slot_at(webinar, EVENING + timedelta(minutes=minutes)).slot_id
    response = Visitor(app).sign_up(ADDRESS, webinar.slug, slot=posted)
    assert response.status_code == 422
    assert says in response.text
    assert nobody_signed_up()


def test_slot_of_another_webinar_is_refused(app: Flask, make):
    one, other = scheduled(make.webinar()), scheduled(make.webinar())
    posted = slot_at(other, EVENING).slot_id
    assert Visitor(app).sign_up(ADDRESS, one.slug, slot=posted).status_code == 422
    assert nobody_signed_up()


def test_webinar_without_a_schedule_takes_no_slot(app: Flask, make):
    webinar = make.webinar()
    posted = slot_at(webinar, EVENING).slot_id
    assert Visitor(app).sign_up(ADDRESS, webinar.slug, slot=posted).status_code == 422
    assert nobody_signed_up()


def test_slot_is_checked_in_the_zone_that_it_was_offered_in(app: Flask, make):
    """19:00 of Omsk is 16:00 of Moscow: it is made for who is in Omsk."""
    webinar = scheduled(make.webinar(), recurring=[OWN_EVENINGS])
    omsk = slot_at(webinar, EVENING - timedelta(hours=3)).slot_id
    visitor = Visitor(app)
    moscow = {"slot": omsk, "zone": "Europe/Moscow"}
    assert visitor.sign_up(ADDRESS, webinar.slug, **moscow).status_code == 422
    assert visitor.sign_up(ADDRESS, webinar.slug, slot=omsk, zone="Asia/Omsk").status_code == 303


def test_zone_that_is_none_counts_as_the_sites(app: Flask, make):
    webinar = scheduled(make.webinar())
    slot = slot_at(webinar, EVENING).slot_id
    Visitor(app).sign_up(ADDRESS, webinar.slug, slot=slot, zone="Mars/Olympus")
    assert the_registration().zone == "Europe/Moscow"


def test_form_offers_the_times_and_has_the_first_chosen(app: Flask, make):
    webinar = scheduled(
        make.webinar(),
        at_once=True,
        just_in_time={"minutes": 15},
        recurring=[EVENINGS],
        recording_days=3,
    )
    page = Visitor(app).open(f"/signup/?webinar={webinar.slug}").text
    words = ("Сейчас", "В 15:15 — через 15 минут", "Сегодня, 19:00", "Завтра, 19:00")
    for each in (*words, "Ср, 25 ноября, 19:00", "Посмотреть запись", "пояса: Москва"):
        assert each in page
    assert page.count(" checked") == 1
    assert 'value="now" checked' in page


def test_form_shows_times_in_the_zone_of_the_browser(app: Flask, make):
    webinar = scheduled(make.webinar())
    visitor = Visitor(app)
    visitor.client.set_cookie("zone", "Asia%2FOmsk")
    page = visitor.open(f"/signup/?webinar={webinar.slug}").text
    assert "Сегодня, 22:00" in page
    assert "пояса: Омск" in page


def test_choice_comes_again_for_another_zone_and_keeps_what_was_picked(app: Flask, make):
    webinar = scheduled(make.webinar())
    slot = slot_at(webinar, TOMORROW).slot_id
    address = f"/signup/slots/?webinar={webinar.slug}&zone=Asia/Omsk&slot={slot}"
    page = Visitor(app).open(address).text
    assert page.lstrip().startswith("<fieldset")
    assert f'value="{slot}" checked' in page
    assert 'name="zone" value="Asia/Omsk"' in page


def test_slot_of_the_address_is_preselected(app: Flask, make):
    webinar = scheduled(make.webinar())
    slot = slot_at(webinar, TOMORROW).slot_id
    page = Visitor(app).open(f"/signup/?webinar={webinar.slug}&slot={slot}").text
    assert f'value="{slot}" checked' in page


def test_refused_form_keeps_what_was_picked(app: Flask, make):
    webinar = scheduled(make.webinar())
    slot = slot_at(webinar, TOMORROW).slot_id
    page = Visitor(app).sign_up("not an address", webinar.slug, slot=slot).text
    assert f'value="{slot}" checked' in page


def test_recording_has_no_slot_and_expires(app: Flask, make):
    webinar = scheduled(make.webinar(), recurring=[EVENINGS], recording_days=3)
    response = Visitor(app).sign_up(ADDRESS, webinar.slug, slot="recording")
    assert room_token(response)
    place = the_registration()
    assert (place.slot_id, place.starts_at, place.mode) == (None, None, "recording")
    assert place.expires_at == NOW + timedelta(days=3)


def test_recording_that_is_not_offered_is_refused(app: Flask, make):
    webinar = scheduled(make.webinar())
    assert Visitor(app).sign_up(ADDRESS, webinar.slug, slot="recording").status_code == 422


def test_at_once_leads_into_the_room(app: Flask, make):
    webinar = scheduled(make.webinar(), at_once=True, recurring=[EVENINGS])
    for slot in ("", "now"):
        assert room_token(Visitor(app).sign_up(f"a{slot}@example.org", webinar.slug, slot=slot))


def test_who_need_not_wait_long_goes_to_the_door_of_the_room(app: Flask, make):
    webinar = scheduled(make.webinar(), just_in_time={"minutes": 15})
    slot = slot_at(webinar, NOW + timedelta(minutes=15)).slot_id
    assert room_token(Visitor(app).sign_up(ADDRESS, webinar.slug, slot=slot))


def test_thank_you_says_the_start_in_the_zone_of_the_person(app: Flask, make):
    webinar = scheduled(make.webinar())
    visitor = Visitor(app)
    slot = slot_at(webinar, TOMORROW).slot_id
    visitor.sign_up(ADDRESS, webinar.slug, slot=slot, zone="Asia/Omsk")
    assert "24 ноября, 22:00 (Омск)" in visitor.open("/signup/done/").text


def test_landing_page_leads_to_the_form_with_the_time_chosen(app: Flask, make):
    webinar = scheduled(make.webinar(), just_in_time={"minutes": 15}, recurring=[EVENINGS])
    page = Visitor(app).open(f"/webinars/{webinar.slug}/").text
    slot = slot_at(webinar, EVENING).slot_id
    assert f'href="/signup/?webinar={webinar.slug}&amp;slot={slot}"' in page
    assert "Сегодня, 19:00" in page
    fragment = Visitor(app).open(f"/webinars/{webinar.slug}/times/?zone=Asia/Omsk").text
    assert "Сегодня, 22:00" in fragment


def test_landing_page_without_a_choice_shows_none(app: Flask, make):
    webinar = make.webinar()
    visitor = Visitor(app)
    assert "Когда посмотреть" not in visitor.open(f"/webinars/{webinar.slug}/").text
    assert visitor.open(f"/webinars/{webinar.slug}/times/").status_code == 404


def test_schedule_says_the_nearest_of_each(app: Flask, make):
    scheduled(make.webinar(), recurring=[EVENINGS])
    make.webinar()
    page = Visitor(app).open("/webinars/").text
    assert "Сегодня, 19:00" in page
    assert "Сразу после записи на вебинар" in page


def test_nothing_left_is_said_in_words(app: Flask, make):
    webinar = scheduled(make.webinar(), fixed=[{"at": "2026-11-20T19:00", "zone": "Europe/Moscow"}])
    visitor = Visitor(app)
    assert "Сейчас сеансов нет" in visitor.open(f"/signup/?webinar={webinar.slug}").text
    assert visitor.sign_up(ADDRESS, webinar.slug).status_code == 422
    assert nobody_signed_up()


def test_account_says_the_start_of_ones_own_session(app: Flask, make, sign_in):
    webinar = scheduled(make.webinar())
    slot = slot_at(webinar, TOMORROW)
    place = make.registration(
        webinar, slot_id=slot.slot_id, starts_at=slot.starts_at, zone="Asia/Omsk"
    )
    visitor = Visitor(app)
    sign_in(visitor.client, core.users.get(place.user_id))
    assert "24 ноября, 22:00 (Омск)" in visitor.open("/account/").text


def test_demo_is_offered_in_three_ways(app: Flask):
    webinar = seed.seed()
    page = Visitor(app).open(f"/webinars/{webinar.slug}/").text
    for words in ("Сейчас", "В 15:15 — через 15 минут", "Сегодня, 19:00"):
        assert words in page
