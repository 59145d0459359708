"""Attacks on the public doors: what a stranger gains by typing somebody's address is nothing,
what it disturbs is nothing, and what is not a submission changes nothing."""

import io
import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import autowebinar, core, messages
from app.core import tokens
from tests.fixtures.visitor import PERSON, Visitor, likeness, room_token

VICTIM = "victim@example.org"
OWN = "a password of mine"
STRANGERS = "a stranger's password"
CHAT, STRANGERS_CHAT = 7001, 7002
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>"
CONTENT = {
    "speaker": {"name": "Андрей Соколов", "role": "Руководитель"},
    "video": "demo/webinar.mp4",
    "poster": "demo/poster.webp",
    "captions": "demo/captions.ru.vtt",
    "duration_sec": 160,
    "lines": [{"at": 3, "author": "Ирина", "text": "Добрый день"}],
    "cues": [],
}


@pytest.fixture
def room(make):
    """A webinar whose room can be entered."""
    webinar = make.webinar()
    version = autowebinar.create_version(webinar.webinar_id, CONTENT)
    autowebinar.publish(webinar.webinar_id, version.version_id)
    return webinar


def account(address=VICTIM):
    found = core.users.by_email(address)
    assert found is not None
    return found


def prove_by_mail(app, address=VICTIM):
    """The owner of the address comes by a link that was mailed to it."""
    user = account(address)
    mail = next(c for c in core.contacts.of_lead([user.lead_id]) if c.kind == "email")
    token = tokens.issue(tokens.LOGIN, user_id=user.user_id, contact_id=mail.contact_id)
    owner = Visitor(app)
    owner.send(f"/login/{token}/", owner.form(f"/login/{token}/", ""))
    assert owner.is_signed_in()
    return owner


def all_leads(make):
    return core.leads.page(make.user("admin", email="the-admin@example.org"))


def told(lead_id):
    return [event.name for event in reversed(core.timeline.of_lead(lead_id))]


def session_of(page):
    return page.text.partition('data-session="')[2].partition('"')[0]


# Somebody else's address.


def test_stranger_is_not_signed_in(app: Flask, room):
    Visitor(app).sign_up(VICTIM, room.slug, password=OWN)
    stranger = Visitor(app)
    stranger.open(stranger.sign_up(VICTIM, room.slug, password=STRANGERS).headers["Location"])
    assert not stranger.is_signed_in()
    assert stranger.open("/account/data.json").status_code == 303


def test_strangers_password_is_ignored(app: Flask, room):
    Visitor(app).sign_up(VICTIM, room.slug, password=OWN)
    Visitor(app).sign_up(VICTIM, room.slug, password=STRANGERS)
    assert Visitor(app).log_in(VICTIM, STRANGERS).status_code == 422
    assert Visitor(app).log_in(VICTIM, OWN).status_code == 303


def test_strangers_password_is_ignored_for_a_lead_without_an_account(app: Flask, make, room):
    make.lead(VICTIM)
    Visitor(app).sign_up(VICTIM, room.slug, password=STRANGERS)
    assert Visitor(app).log_in(VICTIM, STRANGERS).status_code == 422


def test_strangers_words_overwrite_nothing(app: Flask, make, room):
    Visitor(app).sign_up(VICTIM, room.slug, phone="+79991112233")
    Visitor(app).sign_up(VICTIM, room.slug, name="Чужое Имя", phone="+79990000000")
    (lead,) = all_leads(make)
    assert (lead.name, lead.phone) == ("Мария Иванова", "+79991112233")


def test_new_and_known_address_are_answered_alike(app: Flask, make, room):
    Visitor(app).sign_up(VICTIM, room.slug, password=OWN)
    make.user("admin", email="staff@example.org")
    make.lead("lead@example.org")
    for webinar in (room.slug, ""):
        answers = []
        for address in ("new@example.org", VICTIM, "staff@example.org", "lead@example.org"):
            visitor = Visitor(app)
            answers.append(likeness(visitor.sign_up(address, webinar, password=STRANGERS)))
        assert all(answer == answers[0] for answer in answers)


def test_pages_after_a_new_and_a_known_address_are_alike(app: Flask, room):
    Visitor(app).sign_up(VICTIM, room.slug, password=OWN, name="Мария Иванова")
    pages = []
    for address in ("new@example.org", VICTIM):
        visitor = Visitor(app)
        entry = visitor.open(visitor.sign_up(address, room.slug).headers["Location"])
        pages.append((likeness(entry), visitor.open(f"/autowebinar/{room.slug}/").status_code))
        visitor.sign_up(address)
        pages[-1] += likeness(visitor.open("/signup/done/"))
    assert pages[0] == pages[1]


def test_password_is_hashed_for_new_and_known_alike(app: Flask, room, monkeypatch):
    hashes = []
    real = core.passwords.hashed
    monkeypatch.setattr(core.passwords, "hashed", lambda typed: hashes.append(1) or real(typed))
    for _ in range(2):
        Visitor(app).sign_up(VICTIM, room.slug, password=OWN)
    assert len(hashes) == 2


def test_victims_link_and_session_are_untouched(app: Flask, room):
    victim, stranger = Visitor(app), Visitor(app)
    token = room_token(victim.sign_up(VICTIM, room.slug))
    victim.open(f"/r/{token}/")
    before = victim.open(f"/autowebinar/{room.slug}/")
    other = room_token(stranger.sign_up(VICTIM, room.slug))
    stranger.open(f"/r/{other}/")
    foreign = stranger.open(f"/autowebinar/{room.slug}/")
    assert other != token and session_of(foreign) != session_of(before)
    after = victim.open(f"/autowebinar/{room.slug}/")
    assert session_of(after) == session_of(before) != ""
    assert Visitor(app).open(f"/r/{token}/").headers["Location"] == f"/autowebinar/{room.slug}/"


def test_victims_viewing_state_is_untouched(app: Flask, room):
    token = room_token(Visitor(app).sign_up(VICTIM, room.slug))
    registration = core.registrations.by_token(token)
    scope = str(registration.registration_id)
    core.user_meta.writer("autowebinar").write(
        registration.user_id, scope, {"autowebinar_last_position_sec": 77}
    )
    stranger = Visitor(app)
    stranger.open(f"/r/{room_token(stranger.sign_up(VICTIM, room.slug))}/")
    stranger.open(f"/autowebinar/{room.slug}/")
    kept = core.user_meta.read(registration.user_id, scope)
    assert kept == {"autowebinar_last_position_sec": 77}


def test_victims_chat_lines_are_not_shown(app: Flask, room):
    victim, stranger = Visitor(app), Visitor(app)
    victim.open(f"/r/{room_token(victim.sign_up(VICTIM, room.slug))}/")
    path = f"/autowebinar/{room.slug}/"
    fields = victim.form(path, f"{path}chat/")
    victim.send(f"{path}chat/", fields | {"message": "Вопрос наедине"})
    assert "Вопрос наедине" in victim.open(path).text
    stranger.open(f"/r/{room_token(stranger.sign_up(VICTIM, room.slug))}/")
    shown = stranger.open(path)
    assert session_of(shown) and "Вопрос наедине" not in shown.text


def test_signed_in_victim_is_not_moved_to_the_strangers_session(app: Flask, room):
    Visitor(app).sign_up(VICTIM, password=OWN)
    owner = prove_by_mail(app)
    owner.sign_up(VICTIM, room.slug)
    path = f"/autowebinar/{room.slug}/"
    before = session_of(owner.open(path))
    Visitor(app).sign_up(VICTIM, room.slug)
    assert session_of(owner.open(path)) == before != ""


def test_victims_account_shows_no_foreign_place_until_proven(app: Flask, make, room):
    victim = Visitor(app)
    mine = room_token(victim.sign_up(VICTIM, room.slug, password=OWN))
    foreign = room_token(Visitor(app).sign_up(VICTIM, make.webinar(title="Чужое").slug))
    victim.log_in(VICTIM, OWN)
    page = victim.open("/account/").text
    assert f"/r/{mine}/" in page and f"/r/{foreign}/" not in page and "Чужое" not in page
    assert f"/r/{foreign}/" in prove_by_mail(app).open("/account/").text


def test_stranger_signing_up_as_staff_leaves_no_place_of_theirs(app: Flask, make, room):
    """An account made by hand has no lead: the first who types its address makes one."""
    staff = make.user("admin", email="staff@example.org")
    token = room_token(Visitor(app).sign_up(staff.email, room.slug, password=STRANGERS))
    registration = core.registrations.by_token(token)
    assert (registration.user_id, registration.proven) == (staff.user_id, False)
    assert Visitor(app).log_in(staff.email, STRANGERS).status_code == 422


def test_strangers_chat_never_gets_a_log_in_link(app: Flask, room):
    Visitor(app).sign_up(VICTIM, room.slug)
    token = room_token(Visitor(app).sign_up(VICTIM, room.slug))
    registration = core.registrations.by_token(token)
    deep = tokens.unspent_for_registration(registration.registration_id)
    spent = tokens.spend(tokens.TELEGRAM_REGISTRATION, deep)
    core.contacts.link_telegram(
        spent.lead_id, STRANGERS_CHAT, "@x", registration_id=spent.registration_id, proven=False
    )
    Visitor(app).submit("/login/link/", email=VICTIM)
    assert [message.kind for message in messages.page() if message.kind == "login_link"] == []


def test_strangers_chat_does_not_replace_the_victims(app: Flask, room):
    token = room_token(Visitor(app).sign_up(VICTIM, room.slug))
    mine = core.registrations.by_token(token)
    core.contacts.link_telegram(mine.lead_id, CHAT, "@me", registration_id=None, proven=True)
    stranger = core.registrations.by_token(room_token(Visitor(app).sign_up(VICTIM, room.slug)))
    core.contacts.link_telegram(
        mine.lead_id,
        STRANGERS_CHAT,
        "@x",
        registration_id=stranger.registration_id,
        proven=False,
    )
    assert core.contacts.telegram_for(mine.lead_id, None).value == str(CHAT)
    assert core.contacts.telegram_for(mine.lead_id, mine.registration_id).value == str(CHAT)


# An address that a stranger registered first.


def test_pre_registration_ends_when_the_owner_proves_the_address(app: Flask):
    stranger = Visitor(app)
    stranger.sign_up(VICTIM, password=STRANGERS)
    stranger.log_in(VICTIM, STRANGERS)
    user = account()
    core.contacts.link_telegram(
        user.lead_id, STRANGERS_CHAT, "@x", registration_id=None, proven=True
    )
    owner = prove_by_mail(app)
    assert not stranger.is_signed_in() and owner.is_signed_in()
    assert Visitor(app).log_in(VICTIM, STRANGERS).status_code == 422
    assert core.contacts.telegram_for(user.lead_id, None) is None


def test_pre_registration_learns_nothing_of_the_owner(app: Flask, room):
    stranger = Visitor(app)
    stranger.sign_up(VICTIM, password=STRANGERS)
    stranger.log_in(VICTIM, STRANGERS)
    owner = Visitor(app, address="203.0.113.7")
    owner.sign_up(VICTIM, room.slug, name="Настоящее Имя", phone="+79995554433")
    data = stranger.open("/account/data.json").text
    for secret in ("Настоящее Имя", "+79995554433", "203.0.113.7", room.webinar_id):
        assert secret not in data
    assert "Настоящее Имя" not in stranger.open("/account/").text


def test_pre_registration_cannot_erase_the_owner(app: Flask, room):
    stranger, owner = Visitor(app), Visitor(app)
    stranger.sign_up(VICTIM, password=STRANGERS)
    stranger.log_in(VICTIM, STRANGERS)
    token = room_token(owner.sign_up(VICTIM, room.slug))
    stranger.submit("/account/erase/", confirm="y")
    assert owner.open(f"/r/{token}/").headers["Location"] == f"/autowebinar/{room.slug}/"
    lead = core.leads.get(core.registrations.by_token(token).lead_id)
    assert (lead.erased, lead.email) == (False, VICTIM)
    assert not stranger.is_signed_in()
    assert Visitor(app).log_in(VICTIM, STRANGERS).status_code == 422


def test_pre_registration_cannot_silence_the_owner(app: Flask, room):
    stranger = Visitor(app)
    stranger.sign_up(VICTIM, password=STRANGERS)
    stranger.log_in(VICTIM, STRANGERS)
    Visitor(app).sign_up(VICTIM, room.slug)
    token = stranger.form("/logout/")["csrf_token"]
    assert stranger.send("/policy/withdraw/", {"csrf_token": token}).status_code == 403
    lead_id = account().lead_id
    assert "consent_withdrawn_at" not in core.leads.get(lead_id).meta
    assert not any(c.unsubscribed for c in core.contacts.of_lead([lead_id]))


# The referral chain.


@pytest.mark.parametrize("cookie", ["forged", "", "IjEi.x", "a" * 4000, "\u00ff"])
def test_forged_referral_cookie_is_ignored(app: Flask, make, room, cookie):
    make.user("partner")
    visitor = Visitor(app)
    visitor.client.set_cookie("wh_ref", cookie)
    assert visitor.sign_up(VICTIM, room.slug).status_code == 303
    assert all_leads(make)[0].invited_by is None


def test_foreign_referral_cookie_brings_no_twin(app: Flask, make, room):
    """A cookie copied from another browser attributes as a touch would, and joins nothing else."""
    partner = make.user("partner")
    first, thief = Visitor(app), Visitor(app)
    first.open(f"/?ref={partner.ref_code}")
    first.sign_up("first@example.org", room.slug)
    thief.client.set_cookie("wh_ref", first.client.get_cookie("wh_ref").value)
    thief.sign_up("second@example.org", room.slug)
    leads = {lead.email: lead for lead in all_leads(make)}
    assert set(leads) == {"first@example.org", "second@example.org"}
    assert {lead.invited_by for lead in leads.values()} == {partner.user_id}


@pytest.mark.parametrize("code", ["NOBODY", "", "x" * 500, "' OR 1=1 --", "\0", MARKUP])
def test_unknown_code_is_ignored(app: Flask, make, room, code):
    visitor = Visitor(app)
    shown = visitor.open("/", query_string={"ref": code})
    assert shown.status_code == 200
    assert not any(c.startswith("wh_ref=") for c in shown.headers.getlist("Set-Cookie"))
    assert visitor.sign_up(VICTIM, room.slug).status_code == 303
    assert all_leads(make)[0].invited_by is None


def test_nobody_invites_himself(app: Flask, make, room):
    Visitor(app).sign_up(VICTIM, room.slug)
    admin = make.user("admin")
    partner = core.users.grant_role(account().user_id, "partner", actor=admin)
    visitor = Visitor(app)
    visitor.open(f"/?ref={partner.ref_code}")
    assert visitor.sign_up(VICTIM, room.slug).status_code == 303
    lead = core.leads.get(account().lead_id)
    assert (lead.invited_by, account().invited_by) == (None, None)


def test_inviter_never_changes(app: Flask, make, room):
    first, second = make.user("partner"), make.user("partner")
    visitor = Visitor(app)
    visitor.open(f"/?ref={first.ref_code}")
    visitor.sign_up(VICTIM, room.slug)
    other = Visitor(app)
    other.open(f"/?ref={second.ref_code}")
    other.sign_up(VICTIM, room.slug)
    assert core.leads.get(account().lead_id).invited_by == first.user_id


# Ways out through `next`.

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "https:evil.example",
    "https://evil.example/",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "%2f%2fevil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "/webinars/\r\nSet-Cookie: a=b",
    "/webinars/\nLocation: //evil.example",
    "/@evil.example",
    "/.evil.example",
    "/logout/",
    "/static/css/efir.css",
    " //evil.example",
    "@evil.example",
    "evil.example",
    "//evil.example/webinars/",
    "/webinars//evil.example",
    "/no-such-page/",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_next_leads_nowhere_else(app: Flask, make, wanted):
    make.user(email=VICTIM)
    after_signup = Visitor(app).sign_up("new@example.org", next=wanted)
    assert after_signup.headers["Location"] == "/signup/done/"
    after_login = Visitor(app).log_in(VICTIM, "a long enough password", next=wanted)
    assert after_login.headers["Location"] == "/account/"
    visitor = Visitor(app)
    visitor.log_in(VICTIM, "a long enough password")
    already = visitor.open("/login/", query_string={"next": wanted})
    assert already.headers["Location"] == "/account/"


@pytest.mark.parametrize("wanted", ["/webinars/", "/policy/?lang=en", "/account/contacts/"])
def test_next_leads_to_our_pages(app: Flask, wanted):
    assert Visitor(app).sign_up("new@example.org", next=wanted).headers["Location"] == wanted


# What is not a submission.


def test_body_of_ten_megabytes_is_refused(app: Flask, make, room):
    for path in ("/signup/", "/form/", "/form/?embed=1", "/login/"):
        visitor = Visitor(app)
        fields = visitor.form(path.partition("?")[0]) | PERSON | {"email": VICTIM}
        response = visitor.send(path, fields | {"name": "я" * 5_000_000})
        assert response.status_code == 413 and "Слишком много данных" in response.text
    assert all_leads(make) == []


@pytest.mark.parametrize("path", ["/form/", "/studio/talk/uploads/", "/studio/new/file/"])
def test_refused_body_is_heard_out_so_that_the_refusal_arrives(client: FlaskClient, path: str):
    """A connection that is closed while the other side still sends is reset, and the answer lost."""
    body = io.BytesIO(b"x" * 3_000_000)
    kind = "application/x-www-form-urlencoded"
    answer = client.post(path, input_stream=body, content_length=3_000_000, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert body.tell() == 3_000_000


def test_empty_body_is_refused(app: Flask, make):
    for path in ("/signup/", "/form/", "/form/?embed=1", "/login/", "/login/link/", "/logout/"):
        assert Visitor(app).send(path, {}).status_code == 400
    assert all_leads(make) == []


NAMES = ["Мария 🌷", "👩‍👩‍👧", "مريم العلي", "שרה כהן", "李小龍", "O'Brien-Šmídová", "Ян"]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_world_are_accepted_and_shown(app: Flask, make, room, name):
    visitor = Visitor(app)
    assert visitor.sign_up(VICTIM, room.slug, name=name, password=OWN).status_code == 303
    visitor.log_in(VICTIM, OWN)
    shown = visitor.open("/account/").text.replace("&#39;", "'")
    assert all_leads(make)[0].name == name and f'value="{name}"' in shown


def test_direction_overrides_are_taken_out_of_names(app: Flask, make, room):
    Visitor(app).sign_up(VICTIM, room.slug, name="Анна\u202eгро.\u2066евил\u200f")
    assert all_leads(make)[0].name == "Аннагро.евил"


@pytest.mark.parametrize("path", ["/signup/", "/form/", "/form/?embed=1"])
def test_markup_in_every_field_is_shown_escaped(app: Flask, room, path):
    """One field is wrong, so that the page shows the others again."""
    visitor = Visitor(app)
    hidden = ("form_key", "slot", "next", "phone", "ref")
    fields = visitor.form(path, path.partition("?")[0]) | {"name": MARKUP, "email": MARKUP}
    fields |= {name: MARKUP for name in hidden if name in fields}
    response = visitor.send(path, fields)
    assert response.status_code == 422
    assert "<script>alert" not in response.text and "<img src=x" not in response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text


def test_markup_as_a_name_is_shown_escaped_everywhere(app: Flask, make, room):
    visitor = Visitor(app)
    visitor.open(f"/r/{room_token(visitor.sign_up(VICTIM, room.slug, name=MARKUP, password=OWN))}/")
    path = f"/autowebinar/{room.slug}/"
    visitor.send(f"{path}chat/", visitor.form(path, f"{path}chat/") | {"message": MARKUP})
    visitor.log_in(VICTIM, OWN)
    for address in ("/account/", "/logout/", f"/signup/?webinar={room.slug}", path):
        shown = visitor.open(address).text
        assert "<script>alert" not in shown and "<img src=x" not in shown
        assert "&lt;script&gt;" in shown


@pytest.mark.parametrize(
    "address",
    ["plain", "@example.org", "a@", "a@b..c", "a b@c.org", "a@[1.2.3.4", "a@exa_mple.org"],
)
def test_malformed_addresses_are_refused(app: Flask, make, address):
    for path in ("/signup/", "/form/"):
        response = Visitor(app).submit(path, **PERSON, email=address)
        assert response.status_code == 422 and 'id="email-error"' in response.text
    assert all_leads(make) == []


# Twice, and many times.


@pytest.mark.both_databases
def test_doubled_submission_is_one(app: Flask, make, room):
    visitor = Visitor(app)
    fields = visitor.form(f"/signup/?webinar={room.slug}", "/signup/") | PERSON
    answers = [visitor.send("/signup/", fields | {"email": VICTIM}) for _ in range(3)]
    assert len({room_token(answer) for answer in answers}) == 1
    assert_one_of_each(make)


@pytest.mark.both_databases
def test_doubled_submission_in_parallel_is_one(app: Flask, make, room):
    visitor = Visitor(app)
    fields = visitor.form(f"/signup/?webinar={room.slug}", "/signup/") | PERSON
    answers = in_parallel(
        [lambda: again(app, visitor).send("/signup/", fields | {"email": VICTIM})] * 6
    )
    assert len({room_token(answer) for answer in answers}) == 1
    assert_one_of_each(make)


@pytest.mark.both_databases
def test_first_submissions_of_one_person_in_parallel_make_one_lead(app: Flask, make, room):
    """Six windows, six forms, one address."""
    forms = []
    for _ in range(6):
        visitor = Visitor(app)
        fields = visitor.form(f"/signup/?webinar={room.slug}", "/signup/") | PERSON
        forms.append((visitor, fields | {"email": VICTIM}))
    answers = in_parallel([lambda v=v, f=f: v.send("/signup/", f) for v, f in forms])
    assert len({room_token(answer) for answer in answers}) == 6
    (lead,) = all_leads(make)
    assert told(lead.lead_id).count("core_lead_created") == 1
    assert told(lead.lead_id).count("core_user_registered") == 1
    proven = [r for r in core.registrations.of_lead(lead.lead_id) if r.proven]
    assert len(proven) == 1


@pytest.mark.both_databases
def test_first_accounts_of_a_known_lead_in_parallel_are_one(app: Flask, make, room):
    lead_id = make.lead(VICTIM).lead_id
    forms = []
    for _ in range(6):
        visitor = Visitor(app)
        fields = visitor.form(f"/signup/?webinar={room.slug}", "/signup/") | PERSON
        forms.append((visitor, fields | {"email": VICTIM}))
    answers = in_parallel([lambda v=v, f=f: v.send("/signup/", f) for v, f in forms])
    assert [answer.status_code for answer in answers] == [303] * 6
    assert told(lead_id).count("core_user_registered") == 1


def assert_one_of_each(make):
    (lead,) = all_leads(make)
    assert len(core.registrations.of_lead(lead.lead_id)) == 1
    assert told(lead.lead_id) == [
        "core_ingest_event",
        "core_lead_created",
        "core_user_registered",
        "client_webinar_registered",
    ]


def again(app, visitor):
    """The same browser, as a second connection of it: a client serves one thread."""
    twin = Visitor(app)
    twin.client.set_cookie("session", visitor.client.get_cookie("session").value)
    return twin


def in_parallel(calls):
    """Call all at once, each in a thread of its own; their answers in order."""
    answers = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(number):
        barrier.wait()
        answers[number] = calls[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class TestFlood:
    @pytest.fixture
    def settings_overrides(self):
        return {"ratelimit_enabled": True}

    @pytest.mark.parametrize("path", ["/signup/", "/form/", "/form/?embed=1"])
    def test_flood_is_stopped_and_an_office_is_not(self, app: Flask, make, path):
        flood = Visitor(app, address="198.51.100.9")
        fields = flood.form(path, path.partition("?")[0]) | PERSON
        answers = [
            flood.send(path, fields | {"email": f"a{number}@example.org"}) for number in range(65)
        ]
        assert [answer.status_code for answer in answers[:50]] == [303] * 50
        refused = [answer for answer in answers if answer.status_code == 429]
        assert [answer.status_code for answer in answers[60:]] == [429] * len(refused) == [429] * 5
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
        assert "Слишком часто" in refused[0].text
        elsewhere = Visitor(app, address="198.51.100.10")
        fields = elsewhere.form(path, path.partition("?")[0]) | PERSON
        assert elsewhere.send(path, fields | {"email": VICTIM}).status_code == 303

    def test_forwarded_address_is_not_believed(self, app: Flask):
        statuses = []
        visitor = Visitor(app)
        fields = visitor.form("/form/")
        for number in range(61):
            spoofed = {"X-Forwarded-For": f"10.1.1.{number}"}
            statuses.append(visitor.send("/form/", fields, headers=spoofed).status_code)
        assert statuses == [422] * 60 + [429]
