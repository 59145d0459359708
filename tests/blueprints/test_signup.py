"""The only registration: what it makes, where it leads, what it says when something is wrong."""

from datetime import timedelta

import pytest
from flask import Flask

from app import clock, core
from app.core import tokens
from app.web import consent, links
from tests.fixtures.visitor import PERSON, Visitor, room_token

HTMX = {"HX-Request": "true"}
PASSWORD = "a password of mine"
ADDRESS = "guest@example.org"


def the_lead(make):
    (lead,) = core.leads.page(make.user("admin"), search="guest")
    return lead


def told(lead_id):
    return [e.name for e in reversed(core.timeline.of_lead(lead_id))]


def broadcast(make, **ahead):
    webinar = make.webinar("live")
    starts_at = clock.now() + timedelta(**(ahead or {"days": 1}))
    return core.webinar_states.schedule(webinar.webinar_id, starts_at, actor_id=None)


@pytest.mark.both_databases
def test_signup_makes_lead_account_and_place(app: Flask, make):
    webinar = make.webinar()
    response = Visitor(app).sign_up(ADDRESS, webinar.slug, phone="8 999 123-45-67")
    lead = the_lead(make)
    assert told(lead.lead_id) == [
        "core_ingest_event",
        "core_lead_created",
        "core_user_registered",
        "client_webinar_registered",
    ]
    registration = core.registrations.by_token(room_token(response))
    assert registration is not None
    assert (registration.lead_id, registration.webinar_id) == (lead.lead_id, webinar.webinar_id)
    assert (registration.proven, registration.name) == (True, "Мария Иванова")
    assert (lead.name, lead.email, lead.phone) == ("Мария Иванова", ADDRESS, "+79991234567")
    assert lead.meta["lead_source"] == "signup"
    assert lead.meta["consent_version"] == consent.CURRENT


def test_signup_tells_the_tracker_what_it_knows(app: Flask, make):
    webinar = make.webinar()
    token = room_token(Visitor(app).sign_up(ADDRESS, webinar.slug))
    registration = core.registrations.by_token(token)
    fact = core.timeline.of_lead(registration.lead_id)[0]
    assert fact.name == "client_webinar_registered"
    assert fact.payload == {
        "lead_id": registration.lead_id,
        "webinar_id": webinar.webinar_id,
        "webinar_type": "auto",
        "registered_at": clock.unix(registration.created_at),
        "source": "signup",
    }


def test_signup_of_a_known_person_tells_the_tracker_too(app: Flask, make):
    webinar = make.webinar()
    for _ in range(2):
        Visitor(app).sign_up(ADDRESS, webinar.slug)
    assert told(the_lead(make).lead_id).count("client_webinar_registered") == 2
    assert told(the_lead(make).lead_id).count("core_lead_created") == 1


def test_signup_leads_into_the_room_of_a_recording(app: Flask, make):
    webinar = make.webinar()
    visitor = Visitor(app)
    response = visitor.sign_up(ADDRESS, webinar.slug)
    assert response.status_code == 303
    entry = visitor.open(response.headers["Location"])
    assert (entry.status_code, entry.headers["Location"]) == (303, f"/autowebinar/{webinar.slug}/")
    (cookie,) = entry.headers.getlist("Set-Cookie")
    assert cookie.startswith("room=") and f"Path=/autowebinar/{webinar.slug}/" in cookie
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_signup_by_htmx_moves_the_whole_page(app: Flask, make):
    webinar = make.webinar()
    visitor = Visitor(app)
    fields = visitor.form(f"/signup/?webinar={webinar.slug}", "/signup/") | PERSON
    response = visitor.send("/signup/", fields | {"email": ADDRESS}, headers=HTMX)
    assert response.status_code == 200 and response.headers["HX-Redirect"].startswith("/r/")
    assert "Location" not in response.headers


def test_signup_signs_nobody_in(app: Flask, make):
    visitor = Visitor(app)
    visitor.sign_up(ADDRESS, make.webinar().slug, password=PASSWORD)
    assert not visitor.is_signed_in()


def test_signup_keeps_the_password_of_a_new_person(app: Flask):
    visitor = Visitor(app)
    visitor.sign_up(ADDRESS, password=PASSWORD)
    assert visitor.log_in(ADDRESS, PASSWORD).status_code == 303
    assert visitor.is_signed_in()


def test_signup_without_a_webinar_ends_on_the_thanks(app: Flask):
    visitor = Visitor(app)
    response = visitor.sign_up(ADDRESS)
    assert (response.status_code, response.headers["Location"]) == (303, "/signup/done/")
    page = visitor.open("/signup/done/")
    assert "данные приняты" in page.text and "data-room-link" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_signup_without_a_webinar_goes_where_the_person_was_going(app: Flask, make):
    wanted = f"/webinars/{make.webinar().slug}/"
    response = Visitor(app).submit(
        f"/signup/?next={wanted}", action="/signup/", **PERSON, email=ADDRESS
    )
    assert response.headers["Location"] == wanted


def test_thanks_are_shown_to_nobody_else(app: Flask):
    response = Visitor(app).open("/signup/done/")
    assert (response.status_code, response.headers["Location"]) == (303, "/signup/")


class TestWithBot:
    @pytest.fixture
    def settings_overrides(self):
        return {"telegram_bot_username": "efir_bot", "public_url": "https://efir.example"}

    def test_signup_for_a_later_broadcast_gives_both_links(self, app: Flask, make):
        visitor = Visitor(app)
        response = visitor.sign_up(ADDRESS, broadcast(make).slug)
        assert response.headers["Location"] == "/signup/done/"
        (registration,) = core.registrations.of_lead(the_lead(make).lead_id)
        deep = tokens.unspent_for_registration(registration.registration_id)
        page = visitor.open("/signup/done/").text
        room = f'href="https://efir.example/r/{registration.token}/" data-room-link'
        chat = f'href="https://t.me/efir_bot?start={deep}"'
        assert room in page and chat in page and "data-telegram-link" in page

    def test_telegram_link_is_gone_once_used(self, app: Flask, make):
        registration = make.registration(make.webinar())
        address = links.telegram_link(registration)
        assert address is not None
        tokens.spend(tokens.TELEGRAM_REGISTRATION, address.partition("start=")[2])
        assert links.telegram_link(registration) is None


class TestWithDemoTelegram:
    @pytest.fixture
    def settings_overrides(self):
        return {
            "telegram_bot_username": "@efir_bot",
            "efir_demo_telegram": True,
            "efir_demo_telegram_url": "http://127.0.0.1:8081/",
        }

    def test_telegram_link_opens_the_demo_telephone(self, app: Flask):
        wanted = "http://127.0.0.1:8081/start?bot=efir_bot&start=abc"
        assert links.telegram_address("abc") == wanted


def test_telegram_link_needs_a_bot(app: Flask, make):
    visitor = Visitor(app)
    visitor.sign_up(ADDRESS, broadcast(make).slug)
    page = visitor.open("/signup/done/").text
    assert "data-room-link" in page and "data-telegram-link" not in page


def test_signup_keeps_the_hour_of_a_broadcast(app: Flask, make):
    webinar = broadcast(make)
    Visitor(app).sign_up(ADDRESS, webinar.slug)
    (registration,) = core.registrations.of_lead(the_lead(make).lead_id)
    assert registration.starts_at == webinar.scheduled_at


def test_signup_for_what_is_not_open(app: Flask, make):
    visitor = Visitor(app)
    draft = make.webinar(published=False)
    for slug in (draft.slug, "no-such", "%00", "../account"):
        assert visitor.open(f"/signup/?webinar={slug}").status_code == 404
        fields = visitor.form("/signup/") | PERSON | {"email": ADDRESS, "webinar": slug}
        assert visitor.send("/signup/", fields).status_code == 404
    assert core.leads.page(make.user("admin")) == []


def test_signup_for_a_finished_broadcast_leads_to_its_page(app: Flask, make):
    webinar = broadcast(make, hours=-2)
    context = {"actor_id": None, "timestamp": 1, "source": "rule"}
    visitor = Visitor(app)
    fields = visitor.form(f"/signup/?webinar={webinar.slug}", "/signup/") | PERSON
    for status in ("start", "stop"):
        payload = {"webinar_id": webinar.webinar_id, "status": status, "context": context}
        core.request(core.events.core_webinar_set_status, payload, raiser="rules")
    for response in (
        visitor.open(f"/signup/?webinar={webinar.slug}"),
        visitor.send("/signup/", fields | {"email": ADDRESS}),
    ):
        assert response.headers["Location"] == f"/webinars/{webinar.slug}/"
    assert core.leads.page(make.user("admin")) == []


def test_signup_for_an_unknown_slot_is_refused(app: Flask, make):
    response = Visitor(app).sign_up(ADDRESS, make.webinar().slug, slot="2030-01-01T10:00")
    assert response.status_code == 422 and 'role="alert"' in response.text
    assert core.leads.page(make.user("admin")) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "\u202e\u200f"),
        ("name", "я" * 101),
        ("name", "…—…"),
        ("email", ""),
        ("email", "нет"),
        ("email", "a@b"),
        ("email", "a b@example.org"),
        ("email", "a@example..org"),
        ("email", "a@example.org\nBcc: b@example.org"),
        ("email", "\0@example.org"),
        ("email", "a" * 250 + "@example.org"),
        ("phone", "12"),
        ("phone", "звоните"),
        ("phone", "8999123456789012345678901234567890"),
        ("password", "короткий"[:7]),
        ("password", "x" * 201),
        ("consent", ""),
        ("consent", None),
    ],
)
def test_signup_names_the_field_that_will_not_do(app: Flask, make, field, value):
    webinar = make.webinar()
    response = Visitor(app).sign_up(ADDRESS, webinar.slug, **{field: value})
    assert response.status_code == 422
    assert response.text.count('role="alert"') == 1
    assert f'id="{field}-error"' in response.text
    assert core.leads.page(make.user("admin")) == []


def test_signup_empty_names_all_that_is_missing(app: Flask):
    visitor = Visitor(app)
    token = visitor.form("/signup/")["csrf_token"]
    response = visitor.send("/signup/", {"csrf_token": token})
    assert response.status_code == 422 and response.text.count('role="alert"') == 3


def test_signup_refusal_keeps_what_was_typed_but_the_password(app: Flask, make):
    webinar = make.webinar()
    visitor = Visitor(app)
    fields = visitor.form(f"/signup/?webinar={webinar.slug}", "/signup/") | PERSON
    fields |= {"email": "нет", "password": PASSWORD}
    response = visitor.send("/signup/", fields, headers=HTMX)
    assert response.status_code == 422 and response.text.lstrip().startswith('<form id="signup"')
    assert 'value="Мария Иванова"' in response.text and 'value="нет"' in response.text
    assert PASSWORD not in response.text
    assert f'value="{webinar.slug}"' in response.text and fields["form_key"] in response.text


def test_signup_takes_the_webinar_of_its_address(app: Flask, make):
    webinar = make.webinar()
    visitor = Visitor(app)
    fields = visitor.form("/signup/") | PERSON | {"email": ADDRESS, "webinar": ""}
    response = visitor.send(f"/signup/?webinar={webinar.slug}", fields)
    assert response.headers["Location"].startswith("/r/")


def test_signup_without_csrf_token_is_refused(app: Flask, make):
    response = Visitor(app).send("/signup/", PERSON | {"email": ADDRESS})
    assert response.status_code == 400 and core.leads.page(make.user("admin")) == []


def test_signup_remembers_the_language(app: Flask, make):
    visitor = Visitor(app)
    visitor.open("/?lang=en")
    visitor.sign_up(ADDRESS)
    assert the_lead(make).locale == "en"


def test_signup_of_a_signed_in_person_is_their_own(app: Flask, make):
    webinar = make.webinar()
    visitor = Visitor(app)
    visitor.sign_up(ADDRESS, password=PASSWORD)
    visitor.log_in(ADDRESS, PASSWORD)
    fields = visitor.form(f"/signup/?webinar={webinar.slug}", "/signup/")
    assert (fields["name"], fields["email"]) == ("Мария Иванова", ADDRESS)
    token = room_token(visitor.send("/signup/", fields | {"consent": "y"}))
    registration = core.registrations.by_token(token)
    assert registration is not None and registration.proven is True
    assert visitor.is_signed_in()


def test_signup_of_a_signed_in_person_for_somebody_else_is_not_their_own(app: Flask, make):
    webinar = make.webinar()
    Visitor(app).sign_up("other@example.org")
    visitor = Visitor(app)
    visitor.sign_up(ADDRESS, password=PASSWORD)
    visitor.log_in(ADDRESS, PASSWORD)
    token = room_token(visitor.sign_up("other@example.org", webinar.slug))
    registration = core.registrations.by_token(token)
    assert registration is not None and registration.proven is False


def test_signup_changes_nothing_when_a_part_fails(app: Flask, make, monkeypatch):
    """One transaction: no lead without its place."""
    from app.blueprints.signup import joining

    def broken(*_args, **_kwargs):
        raise RuntimeError("the last part failed")

    monkeypatch.setattr(joining, "client_webinar_register", broken)
    assert Visitor(app).sign_up(ADDRESS, make.webinar().slug).status_code == 500
    assert core.leads.page(make.user("admin")) == []


def test_personal_link_is_secret_and_never_cached(app: Flask, make):
    registration = make.registration(make.webinar())
    for token, status in ((registration.token, 303), ("x" * 32, 404), ("short", 404)):
        response = Visitor(app).open(f"/r/{token}/")
        assert response.status_code == status
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_personal_link_that_is_lost_says_how_to_come_back(app: Flask):
    page = Visitor(app).open("/r/unknown/").text
    assert 'href="/login/"' in page and 'href="/webinars/"' in page


def test_personal_link_of_a_broadcast_leads_to_its_room(app: Flask, make):
    webinar = broadcast(make)
    registration = make.registration(webinar)
    response = Visitor(app).open(f"/r/{registration.token}/")
    assert response.headers["Location"] == f"/live/{webinar.slug}/"


def test_personal_link_opens_its_own_room_and_no_other(app: Flask, make):
    first, second = make.webinar(), make.webinar()
    visitor = Visitor(app)
    visitor.open(f"/r/{make.registration(first).token}/")
    foreign = visitor.open(f"/autowebinar/{second.slug}/")
    assert foreign.headers["Location"].startswith("/signup/")
