"""The public pages: schedule, landing pages, what one consents to."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import clock, core, messages
from app.blueprints.catalogue import policies
from app.extensions import db
from app.web import consent
from tests.fixtures.visitor import Visitor


def at_hour(webinar, **ahead):
    return core.webinar_states.schedule(
        webinar.webinar_id, clock.now() + timedelta(**ahead), actor_id=None
    )


def start(webinar):
    context = {"actor_id": None, "timestamp": 1, "source": "rule"}
    payload = {"webinar_id": webinar.webinar_id, "status": "start", "context": context}
    return core.request(core.events.core_webinar_set_status, payload, raiser="rules")


def statements(call):
    """How many statements a call sends to the database."""
    sent = []
    listener = lambda *args: sent.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    call()
    event.remove(db.engine, "before_cursor_execute", listener)
    return len(sent)


@pytest.mark.parametrize("address", ["/", "/webinars/"])
def test_schedule_tells_live_and_recorded_apart(client: FlaskClient, make, address):
    make.webinar("auto", title="Разбор записи")
    at_hour(make.webinar("live", title="Час вопросов"), days=2)
    page = client.get(address)
    assert page.status_code == 200
    live, _, recorded = page.text.partition('id="recordings"')
    assert "Час вопросов" in live and "badge--soon" in live and "badge--recorded" not in live
    assert "Разбор записи" in recorded and "badge--recorded" in recorded


def test_hour_is_told_with_whose_clock_it_is(client: FlaskClient, make):
    at_hour(make.webinar("live", title="Час вопросов", slug="hour"), days=2)
    for zone, city in (("Europe/Moscow", "Москва"), ("America/New_York", "Нью-Йорк")):
        client.set_cookie("zone", zone)
        for address in ("/webinars/", "/webinars/hour/"):
            assert f"({city})" in client.get(address).text


def test_broadcast_whose_hour_has_passed_is_said_to_be_late_and_then_no_longer_to_come(
    client: FlaskClient, make
):
    at_hour(make.webinar("live", title="Час вопросов", slug="hour"), minutes=-5)
    for address in ("/webinars/", "/webinars/hour/"):
        page = client.get(address).text
        assert "Час вопросов" in page
        assert "начало задерживается" in page
    at_hour(make.webinar("live", title="Забытый", slug="forgotten"), hours=-13)
    assert "Забытый" not in client.get("/webinars/").text
    assert "начало задерживается" in client.get("/webinars/forgotten/").text


def test_schedule_hides_drafts(client: FlaskClient, make):
    make.webinar("auto", published=False, title="Черновик")
    make.webinar("live", title="Черновик эфира")
    assert "Черновик" not in client.get("/").text


def test_schedule_puts_what_is_on_air_first(client: FlaskClient, make):
    at_hour(make.webinar("live", title="Завтрашний"), hours=-3)
    start(at_hour(make.webinar("live", title="Идущий"), hours=-1))
    page = client.get("/").text
    assert page.index("Идущий") < page.index("Завтрашний")
    assert "badge--live" in page and "Сейчас в эфире" in page


def test_on_air_to_come_and_recorded_stand_apart(client: FlaskClient, make):
    """Each under its own heading, with its own badge; only what is on leads straight in."""
    start(at_hour(make.webinar("live", title="Идущий", slug="on"), hours=-1))
    at_hour(make.webinar("live", title="Завтрашний", slug="later"), hours=24)
    make.webinar(title="Записанный", slug="taped")
    page = client.get("/webinars/").text
    now, later, taped = re.split(r'<h2[^>]*id="(?:lives|recordings)">', page)
    assert [title in part for title, part in (("Идущий", now), ("Завтрашний", later))] == [True] * 2
    assert "Записанный" in taped
    assert [each.count("badge--live") for each in (now, later, taped)] == [1, 0, 0]
    assert [each.count("badge--soon") for each in (now, later, taped)] == [0, 1, 0]
    assert [each.count("badge--recorded") for each in (now, later, taped)] == [0, 0, 1]
    assert page.count("Войти в эфир") == 1
    assert 'href="/signup/?webinar=on"' in now


def test_schedule_shows_the_hour_in_the_site_zone(client: FlaskClient, make):
    webinar = make.webinar("live")
    starts_at = clock.from_unix(4_000_000_000)
    core.webinar_states.schedule(webinar.webinar_id, starts_at, actor_id=None)
    assert f'datetime="{starts_at.isoformat(timespec="seconds")}"' in client.get("/").text
    assert "(Москва)" in client.get(f"/webinars/{webinar.slug}/").text


def test_schedule_without_webinars_says_so(client: FlaskClient):
    assert "Пока ничего не назначено" in client.get("/").text


def test_schedule_costs_the_same_with_many(client: FlaskClient, make):
    speaker = make.user("speaker")
    make.webinar(speaker_id=speaker.user_id)
    one = statements(lambda: client.get("/"))
    for _ in range(10):
        make.webinar(speaker_id=speaker.user_id)
    assert statements(lambda: client.get("/")) == one


def test_landing_of_a_recording_offers_a_place(client: FlaskClient, make):
    webinar = make.webinar("auto")
    page = client.get(f"/webinars/{webinar.slug}/")
    wanted = f'<a class="button button--cta" href="/signup/?webinar={webinar.slug}">'
    assert f"{wanted}Забронировать место</a>" in page.text
    assert page.text.count("button--cta") == 1


def test_landing_of_a_recording_says_that_it_is_one(client: FlaskClient, make):
    page = client.get(f"/webinars/{make.webinar('auto').slug}/").text
    assert "badge--recorded" in page and ">Запись</span>" in page
    assert "Это запись" in page and "badge--live" not in page


def test_landing_of_a_broadcast_offers_a_place(client: FlaskClient, make):
    webinar = at_hour(make.webinar("live"), days=1)
    page = client.get(f"/webinars/{webinar.slug}/").text
    assert "Забронировать место на вебинар</a>" in page
    assert "Прямой эфир" in page and "badge--recorded" not in page


def test_landing_shows_the_authors_words_on_the_button(client: FlaskClient, make):
    webinar = make.webinar("auto", guest_cta_text="Смотреть разбор")
    assert ">Смотреть разбор</a>" in client.get(f"/webinars/{webinar.slug}/").text


def test_landing_takes_the_description_apart(client: FlaskClient, make):
    webinar = make.webinar(description="Коротко.\n\n- Первое\n- Второе\n\n## Зачем\nПоэтому.")
    page = client.get(f"/webinars/{webinar.slug}/").text
    assert '<p class="lead">Коротко.</p>' in page
    assert "<ul><li>Первое</li><li>Второе</li></ul>" in page
    assert "<h3>Зачем</h3>" in page and "<p>Поэтому.</p>" in page


def test_landing_escapes_what_the_author_typed(client: FlaskClient, make):
    evil = "<script>alert(1)</script>"
    webinar = make.webinar(title=evil, description=f"{evil}\n\n- {evil}", guest_cta_text=evil)
    page = client.get(f"/webinars/{webinar.slug}/").text
    assert evil not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_landing_never_shows_a_speakers_address(client: FlaskClient, make):
    speaker = core.users.create("speaker@example.org", roles=("speaker",))
    webinar = make.webinar(speaker_id=speaker.user_id)
    assert "speaker@example.org" not in client.get(f"/webinars/{webinar.slug}/").text
    assert "speaker@example.org" not in client.get("/").text


def test_landing_of_an_unpublished_webinar_is_not_found(client: FlaskClient, make):
    draft = make.webinar("auto", published=False)
    archived = make.webinar("auto")
    core.webinar_states.archive(archived.webinar_id, actor_id=None)
    for webinar in (draft, archived):
        assert client.get(f"/webinars/{webinar.slug}/").status_code == 404
    assert client.get("/webinars/no-such/").status_code == 404
    assert client.get("/webinars/%00%F0%9F%98%80/").status_code == 404


def test_landing_of_a_cancelled_broadcast_says_so_to_who_has_its_link(client: FlaskClient, make):
    cancelled = at_hour(make.webinar("live", title="Час вопросов"), days=1)
    core.webinar_states.cancel(cancelled.webinar_id, actor_id=None)
    page = client.get(f"/webinars/{cancelled.slug}/")
    assert page.status_code == 200
    assert "Этот вебинар отменён" in page.text
    assert "/signup/?webinar=" not in page.text
    assert "Час вопросов" not in client.get("/webinars/").text
    assert (
        client.get(f"/signup/?webinar={cancelled.slug}").location == f"/webinars/{cancelled.slug}/"
    )
    assert client.get(f"/form/{cancelled.slug}/").status_code == 404


def test_landing_of_a_finished_broadcast_offers_no_place(client: FlaskClient, make):
    webinar = at_hour(make.webinar("live"), hours=-2)
    start(webinar)
    context = {"actor_id": None, "timestamp": 1, "source": "rule"}
    stop = {"webinar_id": webinar.webinar_id, "status": "stop", "context": context}
    core.request(core.events.core_webinar_set_status, stop, raiser="rules")
    page = client.get(f"/webinars/{webinar.slug}/")
    assert page.status_code == 200
    assert "уже прошёл" in page.text and "/signup/" not in page.text


def test_partner_link_leaves_a_touch_and_a_cookie(app: Flask, make):
    partner = make.user("partner")
    visitor = Visitor(app)
    response = visitor.open(f"/webinars/{make.webinar().slug}/?ref={partner.ref_code}")
    assert any(c.startswith("wh_ref=") for c in response.headers.getlist("Set-Cookie"))
    visitor.sign_up("guest@example.org")
    lead = core.leads.page(make.user("admin"), search="guest@example.org")[0]
    assert lead.invited_by == partner.user_id


def test_campaign_tags_of_the_landing_reach_the_lead(app: Flask, make):
    visitor = Visitor(app)
    visitor.open(f"/webinars/{make.webinar().slug}/?utm_source=vk&utm_campaign=%00nov%0A")
    visitor.open("/?utm_source=later")
    visitor.sign_up("guest@example.org")
    meta = core.leads.page(make.user("admin"))[0].meta
    assert (meta["utm_source"], meta["utm_campaign"]) == ("vk", "nov")


@pytest.mark.parametrize("document", ["/policy/", "/policy/consent/"])
def test_policy_has_a_version_and_its_own_address(client: FlaskClient, document):
    page = client.get(document)
    assert page.status_code == 200 and consent.CURRENT in page.text
    same = client.get(f"{document}{consent.CURRENT}/")
    assert same.status_code == 200
    assert client.get(f"{document}1999-01-01/").status_code == 404
    assert client.get(f"{document}..%2F..%2F/").status_code == 404


def test_policy_current_version_is_the_newest():
    assert policies.versions()[0] == consent.CURRENT


@pytest.mark.parametrize("version", policies.versions())
def test_policy_version_is_whole_in_both_languages(version):
    names = sorted(path.name for path in (Path(policies.TEXTS) / version).iterdir())
    wanted = ["consent.en.txt", "consent.ru.txt", "policy.en.txt", "policy.ru.txt"]
    assert names == wanted


def test_policy_speaks_the_chosen_language(client: FlaskClient):
    assert "Which data" in client.get("/policy/consent/?lang=en").text


def test_withdrawal_tells_a_guest_how(app: Flask):
    visitor = Visitor(app)
    page = visitor.open("/policy/withdraw/")
    assert page.status_code == 200 and "/login/?next=/policy/withdraw/" in page.text
    assert visitor.send("/policy/withdraw/", {}).status_code == 400


def test_withdrawal_ends_messages_and_is_recorded_once(app: Flask, make):
    visitor = Visitor(app)
    visitor.sign_up("guest@example.org", password="a password of mine")
    visitor.log_in("guest@example.org", "a password of mine")
    assert visitor.submit("/policy/withdraw/").status_code == 303
    token = visitor.form("/logout/")["csrf_token"]
    visitor.send("/policy/withdraw/", {"csrf_token": token})
    lead = core.leads.page(make.user("admin"))[0]
    changes = [e for e in core.timeline.of_lead(lead.lead_id) if e.name == "core_lead_updated"]
    assert "consent_withdrawn_at" in lead.meta and len(changes) == 1
    assert all(c.unsubscribed for c in core.contacts.of_lead([lead.lead_id]))
    assert "Согласие отозвано" in visitor.open("/policy/withdraw/").text


class TestWithBot:
    @pytest.fixture
    def settings_overrides(self):
        return {"telegram_bot_token": "1000:test"}

    def test_withdrawal_ends_messages_about_a_webinar_too(self, app: Flask, make):
        visitor = Visitor(app)
        visitor.sign_up("guest@example.org", make.webinar().slug, password="a password of mine")
        visitor.log_in("guest@example.org", "a password of mine")
        (registration,) = core.registrations.of_lead(core.leads.page(make.user("admin"))[0].lead_id)
        lead_id, number = registration.lead_id, registration.registration_id
        core.contacts.link_telegram(lead_id, 5001, "@x", registration_id=number, proven=False)
        wanted = messages.Plan(
            kind="welcome",
            recipient=messages.LEAD,
            dedupe="one",
            lead_id=lead_id,
            registration_id=number,
            about_webinar=True,
        )
        planned = messages.plan(wanted)
        visitor.submit("/policy/withdraw/")
        assert messages.claim_due(10) == []
        message = messages.get(planned)
        assert (message.state, message.reason) == ("cancelled", "consent_withdrawn")
