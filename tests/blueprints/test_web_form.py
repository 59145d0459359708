"""integration-web-form: a minimal form, one event and nothing more, also in a foreign frame."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, inspect, select

from app import clock, core
from app.extensions import db
from app.web import consent
from tests.fixtures.visitor import PERSON, Visitor

HTMX = {"HX-Request": "true"}
PERSON_AT = PERSON | {"email": "guest@example.org"}


def leads(make):
    return core.leads.page(make.user("admin"))


def events_of(lead_id):
    return [e.name for e in reversed(core.timeline.of_lead(lead_id))]


def rows_by_table():
    tables = db.metadata.sorted_tables
    existing = set(inspect(db.engine).get_table_names())
    counts = {
        t.name: db.session.scalar(select(func.count()).select_from(t))
        for t in tables
        if t.name in existing
    }
    db.session.rollback()
    return counts


def embedded(visitor, path="/form/?embed=1", **fields):
    filled = visitor.form(path, "/form/") | PERSON_AT | fields
    return visitor.client.post(
        path, data={k: v for k, v in filled.items() if v is not None}, environ_base=visitor.environ
    )


def test_form_raises_the_event_and_nothing_more(app: Flask, make):
    before = rows_by_table()
    response = Visitor(app).submit("/form/", **PERSON_AT)
    after = rows_by_table()
    grown = {name for name in after if after[name] != before[name]}
    assert response.status_code == 303
    assert grown == {"lead", "contact", "lead_meta", "event", "event_personal", "event_outbox"}
    (lead,) = leads(make)
    assert events_of(lead.lead_id) == ["core_ingest_event", "core_lead_created"]


def test_form_payload_is_whole(app: Flask, make):
    webinar = make.webinar()
    now = clock.unix(clock.now())
    visitor = Visitor(app)
    fields = visitor.form(f"/form/{webinar.slug}/", "/form/") | PERSON_AT
    address = f"/form/{webinar.slug}/?ref=NOBODY&utm_source=vk"
    visitor.send(address, fields, headers={"User-Agent": "Browser/1"})
    (lead,) = leads(make)
    payload = core.timeline.of_lead(lead.lead_id)[-1].payload
    assert abs(payload.pop("entry_timestamp") - now) <= 2
    assert payload == {
        "source": "web_form",
        "name": "Мария Иванова",
        "email": "guest@example.org",
        "ref": "NOBODY",
        "webinar_id": webinar.webinar_id,
        "user_agent": "Browser/1",
        "ip": "127.0.0.1",
        "consent": consent.CURRENT,
        "utm_source": "vk",
    }
    assert lead.meta["lead_source"] == "web_form"
    assert lead.meta["consent_version"] == consent.CURRENT


def test_form_imports_nothing_that_writes():
    """Of Core's door only what asks: the request, its event, its refusals and its records."""
    allowed = {"request", "events", "errors", "WebinarRecord"}
    used = set()
    for path in Path("app/blueprints/integration_web_form").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "core":
                used.add(node.attr)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app."):
                room = ".".join((node.module or "").split(".")[:3])
                assert room.startswith(("app.web", "app.extensions", "app.core.errors")) or (
                    room == "app.blueprints.integration_web_form"
                    or node.module == "app.blueprints.integration_web_form"
                ), node.module
    assert used <= allowed


def test_form_thanks_in_place_for_htmx(app: Flask, make):
    visitor = Visitor(app)
    response = visitor.send("/form/", visitor.form("/form/") | PERSON_AT, headers=HTMX)
    assert response.status_code == 200 and response.headers["Vary"].count("HX-Request") == 1
    assert response.text.lstrip().startswith('<div id="web-form"') and "Спасибо" in response.text
    assert len(leads(make)) == 1


def test_form_thanks_at_an_address_that_can_be_reloaded(app: Flask, make):
    webinar = make.webinar()
    visitor = Visitor(app)
    response = visitor.submit(f"/form/{webinar.slug}/", **PERSON_AT)
    assert response.status_code == 303
    assert response.headers["Location"] == f"/form/{webinar.slug}/?done=1"
    assert "Спасибо" in visitor.open(response.headers["Location"]).text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_form_names_each_error(app: Flask, make, headers):
    visitor = Visitor(app)
    fields = visitor.form("/form/") | {"name": " ", "email": "a@b"}
    response = visitor.send("/form/", fields, headers=headers)
    assert response.status_code == 422
    assert response.text.count('role="alert"') == 3
    for field in ("name", "email", "consent"):
        assert f'id="{field}-error"' in response.text
    assert ("<html" in response.text) is not bool(headers)
    assert leads(make) == []


@pytest.mark.parametrize("value", ["", "0", "false", "off", "no"])
def test_form_takes_no_for_no(app: Flask, make, value):
    response = Visitor(app).submit("/form/", **(PERSON_AT | {"consent": value}))
    assert response.status_code == 422 and leads(make) == []


def test_form_of_an_unknown_webinar_is_not_found(app: Flask, make):
    draft = make.webinar(published=False)
    assert Visitor(app).open("/form/no-such/").status_code == 404
    assert Visitor(app).open(f"/form/{draft.slug}/").status_code == 404


def test_form_without_csrf_token_is_refused(app: Flask, make):
    visitor = Visitor(app)
    fields = visitor.form("/form/") | PERSON_AT
    del fields["csrf_token"]
    assert visitor.send("/form/", fields).status_code == 400
    assert leads(make) == []


def test_form_from_a_foreign_origin_is_refused(app: Flask, make):
    visitor = Visitor(app)
    fields = visitor.form("/form/") | PERSON_AT
    assert (
        visitor.send("/form/", fields, headers={"Origin": "https://evil.example"}).status_code
        == 400
    )
    assert leads(make) == []
    assert visitor.send("/form/", fields, headers={"Origin": "http://localhost"}).status_code == 303


def test_form_sent_twice_makes_one_lead(app: Flask, make):
    visitor = Visitor(app)
    fields = visitor.form("/form/") | PERSON_AT
    assert {visitor.send("/form/", fields).status_code for _ in range(3)} == {303}
    (lead,) = leads(make)
    assert events_of(lead.lead_id) == ["core_ingest_event", "core_lead_created"]


def test_form_key_used_for_another_address_is_another_person(app: Flask, make):
    """The page was kept by the browser and filled in again by a colleague."""
    visitor = Visitor(app)
    fields = visitor.form("/form/") | PERSON_AT
    visitor.send("/form/", fields)
    visitor.send("/form/", fields | {"email": "colleague@example.org"})
    found = leads(make)
    assert [lead.email for lead in found] == ["colleague@example.org", "guest@example.org"]
    assert all(events_of(lead.lead_id)[-1] == "core_lead_created" for lead in found)


# In another site's frame.


def test_embed_needs_no_cookie_and_sets_none(app: Flask, make):
    visitor = Visitor(app)
    visitor.client = app.test_client(use_cookies=False)
    shown = visitor.open("/form/?embed=1")
    assert shown.headers.getlist("Set-Cookie") == [] and "csrf_token" not in shown.text
    response = embedded(visitor)
    assert response.status_code == 303 and response.headers.getlist("Set-Cookie") == []
    assert response.headers["Location"] == "/form/?embed=1&done=1"
    assert [lead.email for lead in leads(make)] == ["guest@example.org"]


def test_embed_keeps_the_partner_of_its_address(app: Flask, make):
    partner = make.user("partner")
    visitor = Visitor(app)
    visitor.client = app.test_client(use_cookies=False)
    embedded(visitor, f"/form/?embed=1&ref={partner.ref_code}")
    (lead,) = leads(make)
    assert lead.invited_by == partner.user_id


def test_embed_keeps_the_partner_in_the_form_itself(app: Flask, make):
    partner = make.user("partner")
    visitor = Visitor(app)
    visitor.client = app.test_client(use_cookies=False)
    fields = visitor.form(f"/form/?embed=1&ref={partner.ref_code}", "/form/") | PERSON_AT
    assert fields["ref"] == partner.ref_code
    assert visitor.send("/form/?embed=1", fields).status_code == 303
    assert leads(make)[0].invited_by == partner.user_id


def test_embed_without_origins_may_be_framed_by_nobody(app: Flask):
    response = Visitor(app).open("/form/?embed=1")
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"


class TestWithOrigins:
    @pytest.fixture
    def settings_overrides(self):
        return {"embed_origins": ("https://shop.example", "https://blog.example")}

    def test_embed_may_be_framed_by_those_origins(self, app: Flask):
        visitor = Visitor(app)
        policy = visitor.open("/form/?embed=1").headers["Content-Security-Policy"]
        assert "frame-ancestors https://shop.example https://blog.example" in policy
        assert "X-Frame-Options" not in visitor.open("/form/?embed=1").headers
        assert "frame-ancestors 'none'" in visitor.open("/form/").headers["Content-Security-Policy"]

    def test_embed_errors_and_thanks_may_be_framed_too(self, app: Flask):
        visitor = Visitor(app)
        for response in (embedded(visitor, name=""), visitor.open("/form/?embed=1&done=1")):
            assert "frame-ancestors https://shop" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example"])
def test_embed_from_a_foreign_origin_is_refused(app: Flask, make, origin):
    visitor = Visitor(app)
    fields = visitor.form("/form/?embed=1", "/form/") | PERSON_AT
    response = visitor.send("/form/?embed=1", fields, headers={"Origin": origin})
    assert response.status_code == 400 and leads(make) == []


@pytest.mark.parametrize("origin", ["null", "http://localhost", None])
def test_embed_from_its_own_frame_is_taken(app: Flask, make, origin):
    visitor = Visitor(app)
    fields = visitor.form("/form/?embed=1", "/form/") | PERSON_AT
    headers = {"Origin": origin} if origin else {}
    assert visitor.send("/form/?embed=1", fields, headers=headers).status_code == 303
    assert len(leads(make)) == 1


def test_embed_token_is_bound_to_its_form(app: Flask, make):
    webinar = make.webinar()
    visitor = Visitor(app)
    token = visitor.form("/form/?embed=1", "/form/")["token"]
    for wrong in (token, "", "forged", token[:-1] + ("A" if token[-1] != "A" else "B")):
        assert embedded(visitor, f"/form/{webinar.slug}/?embed=1", token=wrong).status_code == 400
    assert embedded(visitor, token=None).status_code == 400
    assert leads(make) == []


def test_embed_token_lasts_half_a_day(app: Flask, make):
    visitor = Visitor(app)
    fields = visitor.form("/form/?embed=1", "/form/") | PERSON_AT
    with time_machine.travel(clock.now() + timedelta(hours=12, minutes=1)):
        assert visitor.send("/form/?embed=1", fields).status_code == 400
    with time_machine.travel(clock.now() + timedelta(hours=11)):
        assert visitor.send("/form/?embed=1", fields).status_code == 303


def test_embed_asks_only_for_embedded_posts(app: Flask, make):
    """The signed token is no way around CSRF on our own page."""
    visitor = Visitor(app)
    fields = visitor.form("/form/?embed=1", "/form/") | PERSON_AT
    assert visitor.send("/form/", fields).status_code == 400
    assert leads(make) == []
