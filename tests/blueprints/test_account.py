"""The account: ways in and out, and what is a person's own."""

import hashlib
import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app import clock, core, messages
from app.core import access, tokens
from tests.fixtures.application import PASSWORD
from tests.fixtures.visitor import PERSON, Visitor, likeness

HTMX = {"HX-Request": "true"}
ADDRESS = "guest@example.org"
OWN = "a password of mine"
CHAT = 5001


def member(app, address=ADDRESS, **fields):
    """A person who signed up with a password, and is signed in."""
    visitor = Visitor(app)
    visitor.sign_up(address, **({"password": OWN} | fields))
    visitor.log_in(address, OWN)
    assert visitor.is_signed_in()
    return visitor


def account(address=ADDRESS):
    found = core.users.by_email(address)
    assert found is not None
    return found


def with_chat(make, *, proven=True):
    """A person whose Telegram chat is linked."""
    make.registration(make.webinar(), ADDRESS)
    user = account()
    core.contacts.link_telegram(user.lead_id, CHAT, "@guest", registration_id=None, proven=proven)
    return user


def planned(kind="login_link"):
    return [message for message in messages.page() if message.kind == kind]


# In by password.


def test_login_opens_the_account_and_is_recorded(app: Flask, make):
    make.registration(make.webinar(), ADDRESS)
    core.users.create(ADDRESS, password=OWN)
    visitor = Visitor(app)
    response = visitor.log_in(ADDRESS, OWN)
    assert (response.status_code, response.headers["Location"]) == (303, "/account/")
    assert visitor.is_signed_in()
    assert core.timeline.of_lead(account().lead_id)[0].name == "core_user_login"


def test_login_finds_the_address_however_it_is_typed(app: Flask, make):
    user = make.user(email="Анна@Пример.рф")
    assert Visitor(app).log_in(" анна@ПРИМЕР.рф ", PASSWORD).status_code == 303
    assert user.email != "Анна@Пример.рф"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_login_answers_alike_for_unknown_and_wrong(app: Flask, make, headers):
    make.user(email=ADDRESS)
    make.registration(make.webinar(), "nopassword@example.org")
    answers = []
    for typed in (ADDRESS, "nobody@example.org", "nopassword@example.org", "no address", ""):
        visitor = Visitor(app)
        fields = visitor.form("/login/") | {"email": typed, "password": "wrong"}
        response = visitor.send("/login/", fields, headers=headers)
        answers.append(likeness(response))
    assert answers[0][0] == 422 and "Неверный адрес или пароль." in answers[0][-1]
    assert all(answer == answers[0] for answer in answers)


def test_login_begins_a_session_of_its_own(app: Flask, make):
    user = make.user(email=ADDRESS)
    visitor = Visitor(app)
    visitor.open("/?utm_source=vk")
    before = visitor.form("/login/")["csrf_token"]
    visitor.log_in(ADDRESS, PASSWORD)
    with visitor.client.session_transaction() as session:
        assert "utm" not in session and session["_user_id"] == f"{user.user_id}.0"
    assert visitor.send("/logout/", {"csrf_token": before}).status_code == 400


def test_login_goes_where_the_person_was_going(app: Flask, make):
    make.user(email=ADDRESS)
    visitor = Visitor(app)
    led = visitor.open("/account/contacts/?a=1&b=2").headers["Location"]
    assert led == "/login/?next=/account/contacts/%3Fa%3D1%26b%3D2"
    response = visitor.submit(led, action="/login/", email=ADDRESS, password=PASSWORD)
    assert response.headers["Location"] == "/account/contacts/?a=1&b=2"
    assert visitor.open(led).headers["Location"] == "/account/contacts/?a=1&b=2"


class TestLimited:
    @pytest.fixture
    def settings_overrides(self):
        return {"ratelimit_enabled": True}

    def test_login_to_one_account_is_limited_whoever_tries(self, app: Flask, make):
        make.user(email=ADDRESS)
        statuses = [
            Visitor(app, address=f"10.0.0.{n}").log_in(ADDRESS, "wrong").status_code
            for n in range(1, 12)
        ]
        assert statuses == [422] * 10 + [429]
        refused = Visitor(app, address="10.0.1.1").log_in(f" {ADDRESS.upper()}", PASSWORD)
        assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0

    def test_login_that_succeeds_uses_nothing_up(self, app: Flask, make):
        make.user(email=ADDRESS)
        statuses = {Visitor(app).log_in(ADDRESS, PASSWORD).status_code for _ in range(12)}
        assert statuses == {303}

    def test_login_from_one_address_is_limited(self, app: Flask):
        visitor = Visitor(app)
        fields = visitor.form("/login/")
        statuses = [
            visitor.send("/login/", fields | {"email": f"a{n}@example.org"}).status_code
            for n in range(21)
        ]
        assert statuses == [422] * 20 + [429]

    def test_links_to_one_account_are_limited_alike_for_known_and_unknown(self, app: Flask, make):
        with_chat(make)
        for typed in (ADDRESS, "nobody@example.org"):
            statuses = [
                Visitor(app, address=f"10.0.0.{n}").submit("/login/link/", email=typed).status_code
                for n in range(6)
            ]
            assert statuses == [303] * 5 + [429]
        assert len(planned()) == 5


# Out.


def test_logout_asks_first_and_leaves_by_post(app: Flask, make):
    make.user(email=ADDRESS)
    visitor = Visitor(app)
    visitor.log_in(ADDRESS, PASSWORD)
    assert visitor.open("/logout/").status_code == 200
    assert visitor.is_signed_in()
    assert visitor.send("/logout/", {}).status_code == 400
    assert visitor.submit("/logout/").headers["Location"] == "/"
    assert not visitor.is_signed_in()


# In by a one-time link.


def test_login_link_goes_to_the_proven_chat(app: Flask, make):
    user = with_chat(make)
    response = Visitor(app).submit("/login/link/", email=ADDRESS)
    assert response.headers["Location"] == "/login/link/sent/"
    (message,) = planned()
    assert (message.lead_id, message.recipient) == (user.lead_id, "lead")
    assert message.text.count("/login/") == 1


def test_login_link_is_not_built_from_the_host_that_was_asked(app: Flask, make):
    with_chat(make)
    visitor = Visitor(app)
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    fields = visitor.form("/login/link/") | {"email": ADDRESS}
    visitor.client.post("/login/link/", data=fields, headers=evil | {"Cookie": cookie(visitor)})
    assert all("evil" not in message.text for message in planned())


def cookie(visitor):
    found = visitor.client.get_cookie("session")
    return f"session={found.value}"


@pytest.mark.parametrize("chat", ["none", "unproven", "blocked"])
def test_login_link_goes_to_nobody_else(app: Flask, make, chat):
    registration = make.registration(make.webinar(), ADDRESS)
    if chat == "unproven":
        core.contacts.link_telegram(
            registration.lead_id,
            CHAT,
            "@x",
            registration_id=registration.registration_id,
            proven=False,
        )
    if chat == "blocked":
        core.contacts.link_telegram(
            registration.lead_id, CHAT, "@x", registration_id=None, proven=True
        )
        core.contacts.mark_blocked("telegram", str(CHAT))
    response = Visitor(app).submit("/login/link/", email=ADDRESS)
    assert response.headers["Location"] == "/login/link/sent/"
    assert planned() == []


def test_login_link_answers_alike_for_known_and_unknown(app: Flask, make):
    with_chat(make)
    answers = []
    for typed in (ADDRESS, "nobody@example.org"):
        visitor = Visitor(app)
        fields = visitor.form("/login/link/") | {"email": typed}
        response = visitor.send("/login/link/", fields, headers=HTMX)
        answers.append(likeness(response))
    assert answers[0] == answers[1]
    assert "Если такой адрес есть и у него подтверждён способ связи" in answers[0][-1]


def test_login_link_needs_an_address(app: Flask):
    response = Visitor(app).submit("/login/link/", email="нет")
    assert response.status_code == 422 and 'id="email-error"' in response.text


def test_login_link_is_spent_by_the_button_alone(app: Flask, make):
    user = with_chat(make)
    token = tokens.issue(tokens.LOGIN, lead_id=user.lead_id, user_id=user.user_id)
    preview = Visitor(app)
    for _ in range(3):
        page = preview.open(f"/login/{token}/")
        assert page.status_code == 200 and page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
    visitor = Visitor(app)
    fields = visitor.form(f"/login/{token}/", "")
    assert visitor.send(f"/login/{token}/", fields).headers["Location"] == "/account/"
    assert visitor.is_signed_in() and not preview.is_signed_in()


def test_login_link_opens_once_and_not_for_long(app: Flask, make):
    user = with_chat(make)
    late = tokens.issue(tokens.LOGIN, user_id=user.user_id)
    once = tokens.issue(tokens.LOGIN, user_id=user.user_id)
    visitor = Visitor(app)
    visitor.send(f"/login/{once}/", visitor.form(f"/login/{once}/", ""))
    again = Visitor(app)
    refused = again.send(f"/login/{once}/", again.form(f"/login/{once}/", ""))
    assert refused.status_code == 410 and not again.is_signed_in()
    fields = again.form(f"/login/{late}/", "")
    with time_machine.travel(clock.now() + timedelta(minutes=21)):
        assert again.send(f"/login/{late}/", fields).status_code == 410
    assert not again.is_signed_in()


def test_login_link_of_another_purpose_opens_nothing(app: Flask, make):
    user = with_chat(make)
    token = tokens.issue(tokens.TELEGRAM_ACCOUNT, lead_id=user.lead_id, user_id=user.user_id)
    visitor = Visitor(app)
    assert visitor.send(f"/login/{token}/", visitor.form("/login/x/", "")).status_code == 410
    assert not visitor.is_signed_in()


def test_login_link_that_was_mailed_proves_the_address(app: Flask, make):
    visitor = member(app)
    user = account()
    mail = next(c for c in core.contacts.of_lead([user.lead_id]) if c.kind == "email")
    token = tokens.issue(tokens.LOGIN, user_id=user.user_id, contact_id=mail.contact_id)
    owner = Visitor(app)
    owner.send(f"/login/{token}/", owner.form(f"/login/{token}/", ""))
    assert owner.is_signed_in() and not visitor.is_signed_in()
    assert account().email_proven and not account().has_password


def test_login_link_to_a_chat_proves_no_address(app: Flask, make):
    user = with_chat(make)
    proven_before = account().email_proven
    chat = core.contacts.telegram_for(user.lead_id, None)
    token = tokens.issue(tokens.LOGIN, user_id=user.user_id, contact_id=chat.contact_id)
    visitor = Visitor(app)
    visitor.send(f"/login/{token}/", visitor.form(f"/login/{token}/", ""))
    assert visitor.is_signed_in()
    assert (proven_before, account().email_proven) == (False, False)


def test_login_link_key_does_not_hold_the_token(app: Flask, make):
    with_chat(make)
    Visitor(app).submit("/login/link/", email=ADDRESS)
    (message,) = planned()
    token = message.text.partition("/login/")[2].partition("/")[0]
    assert len(token) == 32
    assert tokens.spend(tokens.LOGIN, token).key == hashlib.sha256(token.encode()).hexdigest()


# The cabinet.


def test_cabinet_needs_a_signed_in_person(app: Flask):
    visitor = Visitor(app)
    for path in ("/account/", "/account/contacts/", "/account/data.json", "/account/erase/"):
        response = visitor.open(path)
        assert (response.status_code, response.headers["Location"]) == (303, f"/login/?next={path}")
        fragment = visitor.open(path, headers=HTMX)
        assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, "/login/")


def test_cabinet_is_kept_by_no_cache(app: Flask):
    visitor = member(app)
    for path in ("/account/", "/account/contacts/", "/account/data.json"):
        assert visitor.open(path).headers["Cache-Control"] == "no-store"


def test_cabinet_shows_my_webinars_with_their_links(app: Flask, make):
    webinar = make.webinar(title="Мой разбор")
    visitor = Visitor(app)
    visitor.sign_up(ADDRESS, webinar.slug, password=OWN)
    visitor.log_in(ADDRESS, OWN)
    (registration,) = core.registrations.of_user(account().user_id)
    page = visitor.open("/account/").text
    assert "Мой разбор" in page and f'href="/r/{registration.token}/"' in page


def test_cabinet_offers_no_room_that_is_gone(app: Flask, make):
    webinar = make.webinar()
    visitor = member(app, webinar=webinar.slug)
    core.webinar_states.archive(webinar.webinar_id, actor_id=None)
    page = visitor.open("/account/").text
    assert "комната закрыта" in page and 'href="/r/' not in page


def test_name_is_changed(app: Flask):
    visitor = member(app)
    token = visitor.form("/logout/")["csrf_token"]
    fields = {"csrf_token": token, "name": "Анна\u202e Ёлкина"}
    assert visitor.send("/account/name/", fields).status_code == 303
    assert account().name == "Анна Ёлкина"
    refused = visitor.send("/account/name/", fields | {"name": " "}, headers=HTMX)
    assert refused.status_code == 422 and refused.text.lstrip().startswith('<form id="name-form"')
    assert account().name == "Анна Ёлкина"


def test_country_is_chosen_named_in_the_pages_language_and_taken_back(app: Flask):
    visitor = member(app)
    page = visitor.open("/account/").text
    assert '<option value="KZ">Казахстан</option>' in page and "Европейский союз" not in page
    token = visitor.form("/logout/")["csrf_token"]
    chosen = visitor.send("/account/country/", {"csrf_token": token, "country": "KZ"})
    assert chosen.status_code == 303
    assert account().country == "KZ"
    assert '<option selected value="KZ">Казахстан</option>' in visitor.open("/account/").text
    assert visitor.open("/account/data.json").json["account"]["country"] == "KZ"
    for wrong in ("XX", "EU", "Казахстан", "<b>"):
        refused = visitor.send("/account/country/", {"csrf_token": token, "country": wrong})
        assert refused.status_code == 422 and 'role="alert"' in refused.text
    assert account().country == "KZ"
    visitor.send("/account/country/", {"csrf_token": token, "country": ""})
    assert account().country is None


def test_password_is_changed_and_other_sessions_end(app: Flask):
    visitor, elsewhere = member(app), Visitor(app)
    elsewhere.log_in(ADDRESS, OWN)
    fields = {"csrf_token": visitor.form("/logout/")["csrf_token"], "password": "another password"}
    response = visitor.send("/account/password/", fields | {"current": OWN})
    assert response.status_code == 303
    assert visitor.is_signed_in() and not elsewhere.is_signed_in()
    assert Visitor(app).log_in(ADDRESS, OWN).status_code == 422
    assert Visitor(app).log_in(ADDRESS, "another password").status_code == 303


@pytest.mark.parametrize(
    ("current", "password", "wrong"),
    [
        ("", "another password", "current"),
        ("no", "another password", "current"),
        (OWN, "short", "password"),
    ],
)
def test_password_stays_where_something_is_wrong(app: Flask, current, password, wrong):
    visitor = member(app)
    token = visitor.form("/logout/")["csrf_token"]
    fields = {"csrf_token": token, "current": current, "password": password}
    response = visitor.send("/account/password/", fields)
    assert response.status_code == 422 and f'id="{wrong}-error"' in response.text
    assert Visitor(app).log_in(ADDRESS, OWN).status_code == 303


def test_password_is_set_where_there_was_none(app: Flask, make):
    user = with_chat(make)
    token = tokens.issue(tokens.LOGIN, user_id=user.user_id)
    visitor = Visitor(app)
    visitor.send(f"/login/{token}/", visitor.form(f"/login/{token}/", ""))
    assert 'name="current"' not in visitor.open("/account/").text
    token = visitor.form("/logout/")["csrf_token"]
    visitor.send("/account/password/", {"csrf_token": token, "password": OWN})
    assert Visitor(app).log_in(ADDRESS, OWN).status_code == 303


class TestWithBot:
    @pytest.fixture
    def settings_overrides(self):
        return {"telegram_bot_username": "efir_bot"}

    @pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
    def test_telegram_link_makes_the_chat_a_proven_contact(self, app: Flask, headers):
        visitor = member(app)
        token = visitor.form("/logout/")["csrf_token"]
        response = visitor.send("/account/telegram/", {"csrf_token": token}, headers=headers)
        deep = response.text.partition("https://t.me/efir_bot?start=")[2].partition('"')[0]
        spent = tokens.spend(tokens.TELEGRAM_ACCOUNT, deep)
        assert (spent.user_id, spent.lead_id) == (account().user_id, account().lead_id)
        assert "data-telegram-link" in response.text

    def test_telegram_shows_whether_it_is_linked(self, app: Flask):
        visitor = member(app)
        assert "Подключить Telegram" in visitor.open("/account/").text
        core.contacts.link_telegram(
            account().lead_id, CHAT, "@мария", registration_id=None, proven=True
        )
        assert "Подключён: @мария" in visitor.open("/account/").text


def test_contacts_show_the_inviter_and_nothing_of_others(app: Flask, make):
    leader = make.user("leader", email="leader@example.org", name="Игорь Ветров")
    partner = make.user("partner", email="partner@example.org", name="Анна Лебедева")
    make.lead("other@example.org", ref=partner.ref_code, name="Чужой Гость")
    visitor = Visitor(app)
    visitor.open(f"/?ref={partner.ref_code}")
    visitor.sign_up(ADDRESS, password=OWN)
    visitor.log_in(ADDRESS, OWN)
    page = visitor.open("/account/contacts/").text
    assert "Анна Лебедева" in page and "Партнёр" in page
    for hidden in ("partner@example.org", "Чужой Гость", leader.name, str(partner.ref_code)):
        assert hidden not in page


def test_contacts_of_an_inviter_without_a_name_show_no_address(app: Flask):
    partner = core.users.create("partner@example.org", roles=("partner",))
    visitor = Visitor(app)
    visitor.open(f"/?ref={partner.ref_code}")
    visitor.sign_up(ADDRESS, password=OWN)
    visitor.log_in(ADDRESS, OWN)
    assert "partner@example.org" not in visitor.open("/account/contacts/").text


def test_contacts_of_who_came_alone(app: Flask):
    assert "Вы пришли сами" in member(app).open("/account/contacts/").text


@pytest.mark.parametrize("role", ["partner", "leader"])
def test_partner_sees_code_and_link(app: Flask, make, sign_in, role):
    user = make.user(role)
    visitor = Visitor(app)
    sign_in(visitor.client, user)
    page = visitor.open("/account/").text
    assert user.can(access.REFER)
    assert f"http://localhost/?ref={user.ref_code}" in page and 'href="/dashboard/leads/"' in page


def test_candidate_sees_no_code(app: Flask, make, sign_in):
    visitor = Visitor(app)
    sign_in(visitor.client, make.user("candidate"))
    page = visitor.open("/account/").text
    assert "?ref=" not in page and "/dashboard/" not in page


# My data.


def own_data(visitor):
    response = visitor.open("/account/data.json")
    assert response.status_code == 200 and response.mimetype == "application/json"
    assert response.headers["Content-Disposition"].startswith("attachment")
    return json.loads(response.text)


def test_data_holds_everything_of_mine(app: Flask, make):
    webinar = make.webinar()
    visitor = Visitor(app)
    visitor.sign_up(ADDRESS, webinar.slug, password=OWN, phone="+79991234567")
    visitor.log_in(ADDRESS, OWN)
    found = own_data(visitor)
    assert (found["account"]["email"], found["lead"]["phone"]) == (ADDRESS, "+79991234567")
    assert [place["webinar_id"] for place in found["registrations"]] == [webinar.webinar_id]
    names = [event["name"] for event in reversed(found["events"])]
    assert names == [
        "core_ingest_event",
        "core_lead_created",
        "core_user_registered",
        "client_webinar_registered",
        "core_user_login",
    ]
    assert found["events"][-1]["payload"]["email"] == ADDRESS


def test_data_holds_no_password(app: Flask):
    assert "argon2" not in json.dumps(own_data(member(app)))


def test_erasure_needs_a_second_thought(app: Flask):
    visitor = member(app)
    response = visitor.submit("/account/erase/")
    assert response.status_code == 422 and 'id="confirm-error"' in response.text
    assert visitor.is_signed_in()


def test_erasure_forgets_the_person_and_ends_the_session(app: Flask, make):
    webinar = make.webinar()
    visitor = Visitor(app)
    token = visitor.sign_up(ADDRESS, webinar.slug, password=OWN).headers["Location"]
    visitor.log_in(ADDRESS, OWN)
    lead_id = account().lead_id
    assert visitor.submit("/account/erase/", confirm="y").headers["Location"] == "/"
    assert not visitor.is_signed_in()
    assert core.leads.get(lead_id).erased and core.users.by_email(ADDRESS) is None
    assert visitor.open(token).status_code == 404
    (registration,) = core.registrations.of_lead(lead_id)
    assert registration.name == ""
    assert tokens.unspent_for_registration(registration.registration_id) is None


def test_erasure_of_a_staff_account_is_the_admins(app: Flask, make, sign_in):
    visitor = Visitor(app)
    sign_in(visitor.client, make.user("speaker"))
    assert "закрывает администратор" in visitor.open("/account/erase/").text
    token = visitor.form("/logout/")["csrf_token"]
    response = visitor.send("/account/erase/", {"csrf_token": token, "confirm": "y"})
    assert response.status_code == 403 and visitor.is_signed_in()


def test_new_person_after_erasure_is_new(app: Flask, make):
    visitor = member(app)
    visitor.submit("/account/erase/", confirm="y")
    member(app)
    assert len(core.leads.page(make.user("admin"), search="guest")) == 1
    assert PERSON["name"] == account().name
