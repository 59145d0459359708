"""The desk: what each viewer sees, what an admin may do, and in which words."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import attendance, clock, core, messages, scenario_engine
from app import client_webinar_tracker as tracker
from app.core import LeadRecord, UserRecord
from app.extensions import db

ROW = re.compile(r"<tr role=\"row\".*?</tr>", re.DOTALL)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def admin(make: Any) -> UserRecord:
    found: UserRecord = make.user("admin", name="Мария Админ")
    return found


@pytest.fixture
def partner(make: Any) -> UserRecord:
    found: UserRecord = make.user("partner", name="Павел Партнёр")
    return found


@pytest.fixture
def desk(client: FlaskClient, sign_in: Any, admin: UserRecord) -> FlaskClient:
    """A browser in which the admin is signed in."""
    sign_in(client, admin)
    return client


@pytest.fixture
def post(csrf: Any) -> Callable[..., Any]:
    """Post a form as a page of the desk does."""

    def send(
        client: FlaskClient, path: str, headers: dict[str, str] | None = None, **data: Any
    ) -> Any:
        token = csrf(client, "/dashboard/")
        return client.post(path, data={"csrf_token": token, **data}, headers=headers)

    return send


def rows(html: str) -> list[str]:
    """The body rows of the page's table."""
    return [row for row in ROW.findall(html) if "<td" in row]


def words(html: str) -> str:
    """What a person reads: no tags, single spaces, no-break ones too."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def card(lead: LeadRecord, rest: str = "") -> str:
    return f"/dashboard/leads/{lead.lead_id}/{rest}"


@contextmanager
def queries() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def cost(client: FlaskClient, path: str) -> int:
    """How many queries a page takes, from a session that remembers nothing."""
    db.session.remove()
    with queries() as asked:
        answer = client.get(path)
        assert answer.status_code == 200
    return len(asked)


# ---- the list of leads


def test_leads_list_tells_name_address_inviter_source_and_day(
    desk: FlaskClient, make: Any, partner: UserRecord
) -> None:
    with time_machine.travel("2026-03-02T09:30:00Z", tick=False):
        make.lead("anna@example.org", name="Анна Смирнова", ref=partner.ref_code)
    (row,) = rows(desk.get("/dashboard/leads/").text)
    said = words(row)
    assert said.startswith("Анна Смирнова anna@example.org Павел Партнёр форма на сайте 2 мар")
    assert "12:30" in said


def test_leads_list_without_leads_says_so(desk: FlaskClient) -> None:
    assert "Лидов пока нет" in desk.get("/dashboard/leads/").text


@pytest.mark.both_databases
@pytest.mark.parametrize("typed", ["анна", "СМИРН", "Anna@", "8 (999) 123", "+7 999 123-45-67"])
def test_lead_is_found_by_part_of_name_address_or_phone(
    desk: FlaskClient, make: Any, typed: str
) -> None:
    make.lead("anna@example.org", name="Анна Смирнова", phone="8 999 123-45-67")
    make.lead("boris@example.org", name="Борис")
    found = rows(desk.get("/dashboard/leads/", query_string={"q": typed}).text)
    assert [("Анна" in row) for row in found] == [True]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "нет такого"])
def test_search_takes_signs_of_patterns_as_they_are(
    desk: FlaskClient, make: Any, typed: str
) -> None:
    make.lead(name="Анна")
    answer = desk.get("/dashboard/leads/", query_string={"q": typed})
    assert rows(answer.text) == []
    assert "Никого не нашлось" in answer.text


def test_lead_is_found_by_the_address_of_one_that_was_merged_into_it(
    desk: FlaskClient, make: Any, admin: UserRecord
) -> None:
    primary, secondary = make.lead(name="Анна"), make.lead("other@example.org", name="А. Смирнова")
    core.leads.merge(primary.lead_id, secondary.lead_id, actor=admin)
    found = rows(desk.get("/dashboard/leads/?q=other@").text)
    assert [card(primary) in row for row in found] == [True]


def test_leads_come_fifty_a_page_newest_first(desk: FlaskClient, make: Any) -> None:
    made = [make.lead().lead_id for _ in range(52)]
    first = desk.get("/dashboard/leads/").text
    assert [int(found) for found in re.findall(r"leads/(\d+)/\"", first)] == made[:1:-1]
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following is not None
    second = desk.get(following[1].replace("&amp;", "&")).text
    assert [int(found) for found in re.findall(r"leads/(\d+)/\"", second)] == made[1::-1]
    assert 'rel="next"' not in second


@pytest.mark.parametrize("after", ["-1", "0", "x", "1e9", "9" * 40])
def test_cursor_that_is_none_shows_the_first_page(desk: FlaskClient, make: Any, after: str) -> None:
    make.lead()
    answer = desk.get("/dashboard/leads/", query_string={"after": after})
    assert (answer.status_code, len(rows(answer.text))) == (200, 1)


def test_search_as_you_type_gets_the_list_alone(desk: FlaskClient, make: Any) -> None:
    make.lead()
    answer = desk.get("/dashboard/leads/", headers=HTMX)
    assert answer.text.lstrip().startswith('<div id="leads"')
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_names_are_shown_as_text(desk: FlaskClient, make: Any) -> None:
    lead = make.lead(name="<script>alert(1)</script>")
    for path in ("/dashboard/leads/", card(lead), "/dashboard/"):
        page = desk.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


# ---- who sees whom


@pytest.mark.both_databases
def test_partner_sees_own_leads_leader_the_branch_admin_all(
    app: Flask, make: Any, sign_in: Any, admin: UserRecord
) -> None:
    leader = make.user("leader")
    below = make.lead("below@example.org", name="Ниже", ref=leader.ref_code)
    core.users.ensure_for_lead(below.lead_id, None, new_lead=True)
    account = core.users.by_email("below@example.org")
    assert account is not None
    partner = core.users.grant_role(account.user_id, "partner", actor=admin)
    own = make.lead(name="Партнёра", ref=partner.ref_code)
    stranger = make.lead(name="Чужой")
    expected = {
        partner.user_id: {own.lead_id},
        leader.user_id: {own.lead_id, below.lead_id},
        admin.user_id: {own.lead_id, below.lead_id, stranger.lead_id},
    }
    for viewer in (partner, leader, admin):
        browser = app.test_client()
        sign_in(browser, viewer)
        html = browser.get("/dashboard/leads/").text
        assert {int(each) for each in re.findall(r"leads/(\d+)/\"", html)} == expected[
            viewer.user_id
        ]
        for lead in (own, below, stranger):
            status = 200 if lead.lead_id in expected[viewer.user_id] else 404
            assert browser.get(card(lead)).status_code == status


def test_partner_reads_the_card_and_changes_nothing(
    client: FlaskClient, make: Any, sign_in: Any, post: Any, partner: UserRecord
) -> None:
    lead = make.lead(name="Анна", ref=partner.ref_code)
    sign_in(client, partner)
    page = client.get(card(lead)).text
    assert "Сохранить имя" not in page
    assert "/merge/" not in page
    assert "/dashboard/messages/" not in page
    for rest in ("name/", "merge/", "erase/"):
        assert post(client, card(lead, rest), name="Иная", sure="y").status_code == 403
    assert core.leads.get(lead.lead_id).name == "Анна"


def test_partner_does_not_see_what_the_browser_left_behind(
    app: Flask, make: Any, deliver: Any, sign_in: Any, admin: UserRecord, partner: UserRecord
) -> None:
    lead = make.lead(ref=partner.ref_code, ip="203.0.113.7", user_agent="Lynx/2.9")
    deliver()
    for viewer, seen in ((partner, False), (admin, True)):
        browser = app.test_client()
        sign_in(browser, viewer)
        page = browser.get(card(lead)).text
        assert [trace in page for trace in ("203.0.113.7", "Lynx/2.9")] == [seen, seen]


def test_lead_that_was_merged_answers_by_its_primary(
    desk: FlaskClient, make: Any, admin: UserRecord
) -> None:
    primary, secondary = make.lead(), make.lead()
    core.leads.merge(primary.lead_id, secondary.lead_id, actor=admin)
    answer = desk.get(card(secondary))
    assert (answer.status_code, answer.headers["Location"]) == (303, card(primary))


def test_lead_that_is_not_there_is_404(desk: FlaskClient) -> None:
    for lead_id in (999, 2**31, 10**30):
        assert desk.get(f"/dashboard/leads/{lead_id}/").status_code == 404


# ---- the card


def test_card_tells_facts_consent_contacts_and_places(
    desk: FlaskClient, make: Any, partner: UserRecord
) -> None:
    webinar = make.webinar(title="Партнёрский канал")
    lead = make.lead(
        "anna@example.org",
        name="Анна",
        ref=partner.ref_code,
        utm_source="telegram",
        phone="89991234567",
    )
    registration = make.registration(webinar, "anna@example.org", proven=False)
    core.contacts.link_telegram(
        lead.lead_id, 77, "@anna", registration_id=registration.registration_id, proven=False
    )
    core.contacts.mark_blocked("telegram", "77")
    core.contacts.unsubscribe("telegram", "77")
    said = words(desk.get(card(lead)).text)
    assert "Кто пригласил Павел Партнёр" in said
    assert "Метка: источник telegram" in said
    assert "Согласие, редакция test" in said
    assert "Согласие дано с адреса 127.0.0.1" in said
    assert "Электронная почта anna@example.org не подтверждён" in said
    assert "Telegram @anna не подтверждён заблокирован отписка" in said
    assert "Партнёрский канал адрес не подтверждён" in said


def test_card_tells_messages_with_state_and_reason(
    desk: FlaskClient, make: Any, deliver: Any
) -> None:
    lead = make.lead()
    deliver()
    said = words(desk.get(card(lead)).text)
    assert "Приветствие , лиду ждёт ждёт привязки Telegram" in said
    assert "Приветствие , команде запланировано" in said


def test_history_is_newest_first_and_in_words(desk: FlaskClient, make: Any, deliver: Any) -> None:
    webinar = make.webinar(title="Партнёрский канал")
    lead = make.lead(name="Анна")
    deliver()
    tracker.client_webinar_register(
        {"lead_id": lead.lead_id, "webinar_id": webinar.webinar_id, "source": "signup"}
    )
    tracker.client_webinar_form_submit(
        {
            "lead_id": lead.lead_id,
            "webinar_id": webinar.webinar_id,
            "form_id": "contact",
            "form_payload": {"question": "Когда <b>следующий</b>?"},
        }
    )
    page = desk.get(card(lead)).text
    told = [words(each) for each in re.findall(r'timeline__what">(.*?)</span>', page)]
    assert told[:2] == [
        "Лид отправил форму в комнате",
        "Лид занял место на вебинаре «Партнёрский канал»",
    ]
    assert told[-2:] == ["Лид появился в CRM", "Заявка: форма на сайте"]
    assert "Запущен сценарий «Приветствие»" in told
    assert "Когда &lt;b&gt;следующий&lt;/b&gt;?" in page


def test_history_comes_a_page_at_a_time(desk: FlaskClient, make: Any) -> None:
    webinar, lead = make.webinar(), make.lead()
    fact = {"lead_id": lead.lead_id, "webinar_id": webinar.webinar_id, "form_id": "f"}
    for _ in range(60):
        tracker.client_webinar_form_submit(fact)
    first = desk.get(card(lead)).text
    assert first.count("timeline__item ") + first.count('timeline__item"') == 50
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older is not None
    fragment = desk.get(older[1], headers=HTMX).text
    assert fragment.lstrip().startswith('<div id="history"')
    assert fragment.count("timeline__what") == 12
    assert "Лид появился в CRM" in fragment
    assert 'rel="next"' not in fragment
    assert desk.get(older[1]).text.count("timeline__what") == 12


# ---- what an admin does to a lead


def test_admin_corrects_a_name(desk: FlaskClient, make: Any, post: Any) -> None:
    lead = make.lead(name="Ана")
    answer = post(desk, card(lead, "name/"), name="Анна 🙂")
    assert (answer.status_code, answer.headers["Location"]) == (303, card(lead))
    assert core.leads.get(lead.lead_id).name == "Анна 🙂"


@pytest.mark.parametrize("name", ["", "   ", "я" * 101, "\u202e\u0000"])
def test_name_that_will_not_do_is_422_and_changes_nothing(
    desk: FlaskClient, make: Any, post: Any, name: str
) -> None:
    lead = make.lead(name="Анна")
    answer = post(desk, card(lead, "name/"), name=name)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert core.leads.get(lead.lead_id).name == "Анна"


def test_merge_is_shown_before_it_is_done(
    desk: FlaskClient, make: Any, partner: UserRecord
) -> None:
    stays = make.lead(name="Анна")
    goes = make.lead("other@example.org", name="А. Смирнова", ref=partner.ref_code)
    said = words(desk.get(card(stays, "merge/"), query_string={"other": "other@example.org"}).text)
    assert f"Остаётся: № {stays.lead_id}" in said
    assert f"Присоединится: № {goes.lead_id}" in said
    assert "Пригласившим станет Павел Партнёр." in said
    assert core.leads.get(goes.lead_id).lead_id == goes.lead_id


def test_merge_is_done_and_undone(desk: FlaskClient, make: Any, post: Any) -> None:
    stays, goes = make.lead(name="Анна"), make.lead("other@example.org")
    answer = post(desk, card(stays, "merge/"), other=f"№ {goes.lead_id}")
    assert (answer.status_code, answer.headers["Location"]) == (303, card(stays))
    assert core.leads.get(goes.lead_id).lead_id == stays.lead_id
    page = desk.get(card(stays)).text
    assert "other@example.org" in page
    undo = re.search(r'action="([^"]+/undo/)"', page)
    assert undo is not None
    assert post(desk, undo[1]).status_code == 303
    assert core.leads.get(goes.lead_id).lead_id == goes.lead_id
    assert post(desk, undo[1]).status_code == 404


@pytest.mark.parametrize("other", ["", "999", "nobody@example.org", "not an address", "9" * 5000])
def test_merge_with_nobody_is_422(desk: FlaskClient, make: Any, post: Any, other: str) -> None:
    lead = make.lead()
    answer = post(desk, card(lead, "merge/"), other=other)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_lead_is_not_merged_with_itself_or_with_an_erased_one(
    desk: FlaskClient, make: Any, post: Any
) -> None:
    lead, erased = make.lead(), make.lead()
    core.leads.erase(erased.lead_id)
    assert "Это тот же самый лид." in post(desk, card(lead, "merge/"), other=lead.lead_id).text
    answer = post(desk, card(lead, "merge/"), other=erased.lead_id)
    assert answer.status_code == 422
    assert core.leads.merges_of(lead.lead_id) == []


def test_merge_of_another_lead_is_not_undone_here(
    desk: FlaskClient, make: Any, post: Any, admin: UserRecord
) -> None:
    first, second, third = make.lead(), make.lead(), make.lead()
    merge_id = core.leads.merge(first.lead_id, second.lead_id, actor=admin)
    assert post(desk, card(third, f"merge/{merge_id}/undo/")).status_code == 404
    assert core.leads.get(second.lead_id).lead_id == first.lead_id


@pytest.mark.both_databases
def test_erasure_wants_a_confirmation_and_leaves_no_name(
    desk: FlaskClient, make: Any, post: Any, deliver: Any
) -> None:
    lead = make.lead("anna@example.org", name="Анна Смирнова")
    deliver()
    assert post(desk, card(lead, "erase/")).status_code == 422
    assert core.leads.get(lead.lead_id).erased is False
    assert post(desk, card(lead, "erase/"), sure="y").status_code == 303
    page = desk.get(card(lead)).text
    assert "Анна" not in page
    assert "anna@example.org" not in page
    assert "Личные данные лида удалены" in page
    assert "Лид появился в CRM" in page


# ---- messages


@pytest.fixture
def message(make: Any, deliver: Any) -> messages.MessageRecord:
    """A message to the team that nobody sent."""
    make.lead(name="Анна")
    deliver()
    (found,) = messages.page(kind="welcome", state="planned")
    return found


def put(message_id: int, state: str, reason: str | None = None) -> None:
    """What a sender would have left."""
    with core.transaction() as session:
        table = db.metadata.tables["message"]
        session.execute(
            table.update().where(table.c.id == message_id).values(state=state, reason=reason)
        )


def shown(desk: FlaskClient, **wanted: str) -> int:
    answer = desk.get("/dashboard/messages/", query_string=wanted)
    assert answer.status_code == 200
    return len(rows(answer.text))


def test_ledger_is_filtered_by_state_and_kind(
    desk: FlaskClient, message: messages.MessageRecord
) -> None:
    assert shown(desk) == 4
    assert [shown(desk, state=each) for each in ("planned", "waiting", "sent")] == [2, 2, 0]
    assert [shown(desk, kind=each) for each in ("welcome", "login_link")] == [2, 0]
    assert shown(desk, kind="welcome", state="planned") == 1


@pytest.mark.both_databases
def test_ledger_is_filtered_by_days_of_the_sites_zone(
    desk: FlaskClient, make: Any, deliver: Any
) -> None:
    with time_machine.travel("2026-03-02T21:30:00Z", tick=False):  # in Moscow the 3rd has begun
        make.lead()
        deliver()
    assert shown(desk, since="2026-03-03", until="2026-03-03") == 4
    assert shown(desk, until="2026-03-02") == 0
    assert shown(desk, since="2026-03-04") == 0
    assert shown(desk, since="0001-01-01", until="9999-12-31") == 4


@pytest.mark.parametrize("wanted", [{"state": "x"}, {"kind": "x"}, {"since": "32.13.2026"}])
def test_ledger_filter_that_is_none_is_422(desk: FlaskClient, wanted: dict[str, str]) -> None:
    assert desk.get("/dashboard/messages/", query_string=wanted).status_code == 422


def test_ledger_tells_the_reason_in_words(
    desk: FlaskClient, message: messages.MessageRecord
) -> None:
    put(message.message_id, "failed", "blocked")
    (row,) = rows(desk.get("/dashboard/messages/?state=failed").text)
    assert "не доставлено клиент заблокировал бота или чат удалён" in words(row)
    assert "Анна" in row


@pytest.mark.parametrize("state", ["skipped", "failed", "unknown"])
def test_message_is_sent_again_by_a_button(
    desk: FlaskClient, post: Any, message: messages.MessageRecord, state: str
) -> None:
    put(message.message_id, state, "no_bot")
    (row,) = rows(desk.get(f"/dashboard/messages/?state={state}").text)
    assert "Отправить ещё раз" in row
    answer = post(desk, f"/dashboard/messages/{message.message_id}/again/")
    assert answer.status_code == 303
    assert messages.get(message.message_id).state == "planned"


def test_unknown_message_is_counted_as_sent(
    desk: FlaskClient, post: Any, message: messages.MessageRecord
) -> None:
    put(message.message_id, "unknown", "no_answer")
    assert "Считать отправленным" in desk.get("/dashboard/messages/?state=unknown").text
    assert post(desk, f"/dashboard/messages/{message.message_id}/sent/").status_code == 303
    assert messages.get(message.message_id).state == "sent"


@pytest.mark.parametrize("action", ["again/", "sent/"])
def test_decision_that_came_too_late_changes_nothing_and_says_so(
    desk: FlaskClient, post: Any, message: messages.MessageRecord, action: str
) -> None:
    put(message.message_id, "sent")
    address = f"/dashboard/messages/{message.message_id}/"
    answer = post(desk, address + action)
    assert answer.status_code == 303
    assert "Так уже нельзя" in desk.get(address).text
    assert "Так уже нельзя" in post(desk, address + action, headers=HTMX).text
    assert messages.get(message.message_id).state == "sent"


def test_row_action_answers_with_the_row(
    desk: FlaskClient, post: Any, message: messages.MessageRecord
) -> None:
    put(message.message_id, "failed", "refused")
    answer = post(desk, f"/dashboard/messages/{message.message_id}/again/", headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.strip().startswith(f'<tr role="row" id="message-{message.message_id}"')
    assert "запланировано" in answer.text
    assert "Отправить ещё раз" not in answer.text


def test_message_page_hides_the_secrets_of_links(
    desk: FlaskClient, make: Any, admin: UserRecord
) -> None:
    token = "s3cret" * 6
    for kind, path in (("login_link", "login"), ("welcome", "r")):
        message_id = messages.plan(
            messages.Plan(
                kind=kind,
                recipient=messages.LEAD,
                dedupe=f"x:{kind}",
                lead_id=make.lead().lead_id,
                chat=77,
                values={
                    f"{'login' if path == 'login' else 'room'}_link": f"https://e.org/{path}/{token}/",
                    "name": "<i>Анна</i>",
                },
                buttons=[[{"text": "Войти", "url": f"https://e.org/{path}/{token}/"}]],
            )
        )
        page = desk.get(f"/dashboard/messages/{message_id}/").text
        assert token not in page
        assert f"https://e.org/{path}/•••/" in page
        assert "<i>Анна" not in page


def test_message_page_tells_its_attempts(
    app: Flask, desk: FlaskClient, message: messages.MessageRecord
) -> None:
    app.config["SETTINGS"].telegram_bot_token = "1000:demo"
    app.config["SETTINGS"].telegram_chat_id = -1000
    (claim, *_) = messages.claim_due(1)
    messages.settle(claim, messages.Answer("refused", cause="chat_not_found BadRequest: Chat"))
    page = words(desk.get(f"/dashboard/messages/{claim.message_id}/").text)
    assert "отказ такого чата нет Точный ответ BadRequest: Chat" in page
    assert "не доставлено Telegram отказал" in page


def test_message_that_is_not_there_is_404(desk: FlaskClient, post: Any) -> None:
    assert desk.get("/dashboard/messages/999/").status_code == 404
    assert post(desk, "/dashboard/messages/999/again/").status_code == 404


# ---- texts

WELCOME = "/dashboard/texts/welcome/lead/ru/"


def body_of(kind: str = "welcome", recipient: str = "lead", locale: str = "ru") -> str:
    (found,) = [
        each.body
        for each in messages.texts.all_texts()
        if (each.kind, each.recipient, each.locale) == (kind, recipient, locale)
    ]
    return found


def test_text_is_edited(desk: FlaskClient, post: Any) -> None:
    assert "Приветствие" in desk.get("/dashboard/texts/").text
    answer = post(desk, WELCOME, body="Здравствуйте, <b>{name}</b>.\r\nРады вам.")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dashboard/texts/")
    assert body_of() == "Здравствуйте, <b>{name}</b>.\nРады вам."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Здравствуйте, {nmae}", "{nmae}"),
        ("<b>Здравствуйте", "&lt;b&gt;"),
        ("<b>Здрав<i>ствуйте</b></i>", "&lt;/b&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("я" * 4097, "4096"),
        ("", "Заполните"),
        ("   ", ""),
    ],
)
def test_text_that_would_not_go_out_is_422_and_is_not_kept(
    desk: FlaskClient, post: Any, body: str, said: str
) -> None:
    before = body_of()
    answer = post(desk, WELCOME, body=body)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert said in answer.text
    assert "<script>alert" not in answer.text
    assert body_of() == before


def test_preview_shows_an_example_and_keeps_nothing(desk: FlaskClient, post: Any) -> None:
    before = body_of()
    answer = post(desk, WELCOME + "preview/", headers=HTMX, body="<b>{first_name}</b>, до встречи")
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="preview"')
    assert "<b>Анна</b>, до встречи" in answer.text
    assert body_of() == before


def test_editor_asks_for_the_preview_as_one_types(desk: FlaskClient) -> None:
    (area,) = re.findall(r"<textarea[^>]*>", desk.get(WELCOME).text)
    assert f'hx-post="{WELCOME}preview/"' in area
    assert 'hx-target="#preview"' in area


def test_preview_without_javascript_is_the_editor_with_what_was_typed(
    desk: FlaskClient, post: Any
) -> None:
    answer = post(desk, WELCOME + "preview/", body="Привет, {name}")
    assert answer.status_code == 200
    assert "Привет, {name}</textarea>" in answer.text
    assert "Привет, Анна Смирнова" in answer.text


def test_preview_of_what_would_not_go_out_says_why(desk: FlaskClient, post: Any) -> None:
    answer = post(desk, WELCOME + "preview/", headers=HTMX, body="{nmae}")
    assert answer.status_code == 422
    assert "Нет такой переменной: {nmae}" in answer.text


def test_preview_cannot_carry_a_link_or_a_handler(desk: FlaskClient, post: Any) -> None:
    body = '<a href="javascript:alert(1)" onclick="alert(2)">сюда</a>'
    page = post(desk, WELCOME + "preview/", headers=HTMX, body=body).text
    assert "сюда" in page
    assert "javascript:" not in page
    assert "onclick" not in page


def test_text_that_is_not_there_is_404(desk: FlaskClient, post: Any) -> None:
    for address in ("/dashboard/texts/welcome/lead/fr/", "/dashboard/texts/none/lead/ru/"):
        assert desk.get(address).status_code == 404
        assert post(desk, address, body="x").status_code == 404


# ---- scenarios


def test_rules_are_told_in_words(desk: FlaskClient) -> None:
    said = [words(row) for row in rows(desk.get("/dashboard/scenarios/").text)]
    assert said[0].startswith(
        "Новый лид из веб-формы лид появился в CRM Откуда: форма на сайте "
        "сценарий «Приветствие» один раз для лида включено"
    )
    assert "лид занял место на вебинаре без условий" in said[1]


def test_rule_is_switched_and_then_starts_nothing(
    desk: FlaskClient, post: Any, make: Any, deliver: Any
) -> None:
    rule = scenario_engine.all_rules()[0]
    address = f"/dashboard/scenarios/{rule.rule_id}/switch/"
    for _ in range(2):
        assert post(desk, address, enabled="0").status_code == 303
        assert scenario_engine.all_rules()[0].enabled is False
    lead = make.lead()
    deliver()
    assert "scenario_start" not in {each.name for each in core.timeline.of_lead(lead.lead_id)}
    answer = post(desk, address, headers=HTMX, enabled="1")
    assert answer.text.strip().startswith(f'<tr role="row" id="rule-{rule.rule_id}"')
    assert scenario_engine.all_rules()[0].enabled is True


def test_switch_of_no_rule_is_404(desk: FlaskClient, post: Any) -> None:
    assert post(desk, "/dashboard/scenarios/999/switch/", enabled="0").status_code == 404


# ---- partners


def test_candidate_is_found_and_made_a_partner(
    app: Flask, desk: FlaskClient, make: Any, post: Any, sign_in: Any
) -> None:
    candidate = make.user("candidate", email="vera@example.org", name="Вера")
    (row,) = rows(desk.get("/dashboard/partners/?q=VERA@").text)
    assert "Сделать партнёром" in row
    address = f"/dashboard/partners/{candidate.user_id}/"
    assert post(desk, address + "roles/", give="partner").status_code == 303
    made = core.users.get(candidate.user_id)
    assert made is not None
    assert made.ref_code
    page = desk.get(address).text
    assert f"/?ref={made.ref_code}" in page
    browser = app.test_client()
    sign_in(browser, made)
    assert f"/?ref={made.ref_code}" in browser.get("/dashboard/link/").text


def test_partners_are_listed_with_their_leads(
    desk: FlaskClient, make: Any, partner: UserRecord
) -> None:
    make.lead(ref=partner.ref_code)
    make.lead(ref=partner.ref_code)
    make.user("candidate")
    said = [words(row) for row in rows(desk.get("/dashboard/partners/").text)]
    assert said == [f"Павел Партнёр {partner.email} Партнёр {partner.ref_code} 2 Роли и ссылка"]


def test_role_given_in_the_list_answers_with_the_row(
    desk: FlaskClient, make: Any, post: Any
) -> None:
    candidate = make.user("candidate")
    address = f"/dashboard/partners/{candidate.user_id}/roles/"
    answer = post(desk, address, headers=HTMX, give="partner")
    assert answer.text.strip().startswith(f'<tr role="row" id="person-{candidate.user_id}"')
    assert "Партнёр" in answer.text


def test_role_is_taken_and_the_code_refers_nobody(
    desk: FlaskClient, post: Any, make: Any, partner: UserRecord
) -> None:
    address = f"/dashboard/partners/{partner.user_id}/"
    assert post(desk, address + "roles/", take="partner").status_code == 303
    page = desk.get(address).text
    assert f"/?ref={partner.ref_code}" not in page
    assert make.lead(ref=partner.ref_code).invited_by is None


def test_admin_does_not_take_the_last_key_from_himself(
    desk: FlaskClient, post: Any, admin: UserRecord
) -> None:
    address = f"/dashboard/partners/{admin.user_id}/"
    assert post(desk, address + "roles/", take="admin").status_code == 303
    assert "У себя эту роль забрать нельзя" in desk.get(address).text
    held = core.users.get(admin.user_id)
    assert held is not None
    assert "admin" in held.roles


@pytest.mark.parametrize(
    "sent", [{}, {"give": "owner"}, {"take": "candidate"}, {"give": "partner", "take": "partner"}]
)
def test_role_that_is_none_is_400(
    desk: FlaskClient, post: Any, partner: UserRecord, sent: dict[str, str]
) -> None:
    assert post(desk, f"/dashboard/partners/{partner.user_id}/roles/", **sent).status_code == 400


def test_account_that_is_not_there_is_404(desk: FlaskClient, post: Any) -> None:
    assert desk.get("/dashboard/partners/999/").status_code == 404
    assert post(desk, "/dashboard/partners/999/roles/", give="partner").status_code == 404


@pytest.mark.both_databases
def test_own_link_page_counts_touches_and_leads(
    client: FlaskClient, make: Any, sign_in: Any, partner: UserRecord
) -> None:
    webinar = make.webinar()
    for number in range(3):
        core.referrals.touch(f"visitor-{number}-{'x' * 12}", str(partner.ref_code))
    make.lead(ref=partner.ref_code)
    assert core.referrals.totals(partner.user_id) == core.referrals.Totals(touches=3, leads=1)
    sign_in(client, partner)
    page = client.get("/dashboard/link/").text
    assert "Переходов по ссылке 3 Лидов 1" in words(page)
    assert f"/webinars/{webinar.slug}/?ref={partner.ref_code}" in page


# ---- the overview and what is still under way


def test_overview_counts_the_viewers_own_leads(
    client: FlaskClient, make: Any, sign_in: Any, partner: UserRecord
) -> None:
    now = clock.now()
    for age in (timedelta(0), timedelta(days=3), timedelta(days=8)):
        with time_machine.travel(now - age, tick=False):
            make.lead(ref=partner.ref_code)
            make.lead()
    sign_in(client, partner)
    page = client.get("/dashboard/").text
    labels = re.findall(r'stat__label">(.*?)</dt>\s*<dd class="stat__value">(\d+)', page)
    assert dict(labels) == {
        "Лидов сегодня": "1",
        "Лидов за 7 дней": "2",
        "Переходов по вашей ссылке": "0",
        "Лидов по вашей ссылке": "3",
    }


def test_overview_of_an_admin_counts_open_messages(
    desk: FlaskClient, message: messages.MessageRecord
) -> None:
    put(message.message_id, "failed", "refused")
    page = desk.get("/dashboard/").text
    labels = dict(re.findall(r'stat__label">(.*?)</dt>\s*<dd class="stat__value">(\d+)', page))
    assert {
        name: labels[name] for name in ("В очереди", "Ждут привязки чата", "Не доставлено")
    } == {
        "В очереди": "1",
        "Ждут привязки чата": "2",
        "Не доставлено": "1",
    }


def test_what_waits_for_a_worker_is_counted_until_it_is_done(
    desk: FlaskClient, make: Any, deliver: Any
) -> None:
    make.lead()
    page = desk.get("/dashboard/").text
    assert "Обрабатывается: 1" in words(page)
    assert 'hx-get="/dashboard/backlog/"' in page
    deliver()
    headers = HTMX | {"HX-Current-URL": "http://localhost/dashboard/leads/?q=a"}
    done = desk.get("/dashboard/backlog/", headers=headers).text
    assert "Обрабатывается" not in done
    assert 'href="/dashboard/leads/?q=a"' in done
    assert "Обрабатывается" not in desk.get("/dashboard/").text


def test_line_of_what_waits_leads_nowhere_else(desk: FlaskClient) -> None:
    headers = HTMX | {"HX-Current-URL": "https://evil.example//evil.example/x"}
    assert "evil" not in desk.get("/dashboard/backlog/", headers=headers).text


# ---- every page


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/",
        "/dashboard/leads/",
        "/dashboard/leads/1/",
        "/dashboard/leads/1/merge/?other=2",
        "/dashboard/leads/1/erase/",
        "/dashboard/messages/",
        "/dashboard/messages/1/",
        "/dashboard/texts/",
        WELCOME,
        "/dashboard/scenarios/",
        "/dashboard/partners/",
        "/dashboard/partners/1/",
        "/dashboard/link/",
    ],
)
def test_page_has_one_heading_and_nothing_inline(
    desk: FlaskClient, make: Any, deliver: Any, path: str
) -> None:
    make.lead()
    make.lead()
    deliver()
    answer = desk.get(path)
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on|<script>", answer.text)
    assert "Эфир</title>" in answer.text


@pytest.mark.parametrize(
    "path", ["/dashboard/", "/dashboard/leads/", "/dashboard/messages/", "/dashboard/partners/"]
)
def test_list_takes_the_same_queries_for_one_and_for_fifty(
    desk: FlaskClient, make: Any, deliver: Any, path: str
) -> None:
    inviter = make.user("partner")

    def grow(number: int) -> None:
        for _ in range(number):
            make.lead(ref=inviter.ref_code)
        deliver()

    grow(1)
    few = cost(desk, path)
    for _ in range(49):
        make.user("partner")
    grow(49)
    assert cost(desk, path) == few


def test_card_takes_the_same_queries_for_few_and_for_many_events(
    desk: FlaskClient, make: Any, deliver: Any
) -> None:
    lead = make.lead()
    deliver()
    webinars = [make.webinar() for _ in range(10)]

    def happen(webinar_id: str) -> None:
        tracker.client_webinar_enter({"lead_id": lead.lead_id, "webinar_id": webinar_id})

    happen(webinars[0].webinar_id)
    few = cost(desk, card(lead))
    for webinar in webinars * 5:
        happen(webinar.webinar_id)
    assert cost(desk, card(lead)) <= few


def test_card_takes_the_same_queries_for_one_and_for_many_messages(
    desk: FlaskClient, make: Any, deliver: Any
) -> None:
    lead = make.lead()
    deliver()

    def plan(number: int) -> None:
        about = {"lead_id": lead.lead_id, "rule": "welcome_web_form"}
        wanted = messages.Plan(kind="welcome", recipient="team", dedupe=f"many:{number}", **about)
        messages.plan(wanted)

    plan(0)
    few = cost(desk, card(lead))
    for number in range(1, 20):
        plan(number)
    assert cost(desk, card(lead)) == few


def test_partner_reads_who_of_theirs_came(
    client: FlaskClient, sign_in: Any, make: Any, partner: UserRecord, deliver: Any
) -> None:
    """The notice counts them; the list that it leads to names them, and nobody else's."""
    webinar = make.webinar("live", title="Час вопросов")
    came, missed, other = (
        make.registration(webinar, make.lead(ref=ref, name=name).email)
        for ref, name in ((partner.ref_code, "Анна"), (partner.ref_code, "Борис"), (None, "Вера"))
    )
    make.lead(ref=partner.ref_code, name="Глеб")
    context = {"lead_id": came.lead_id, "webinar_id": webinar.webinar_id, "webinar_type": "live"}
    tracker.client_webinar_complete(context | {"session_id": came.session_id})
    deliver()
    address = f"/dashboard/leads/?webinar={webinar.webinar_id}"
    sign_in(client, partner)
    assert ["записан" in row for row in rows(client.get(address).text)] == [True, False]
    attendance.close(webinar.webinar_id)
    page = client.get(address).text
    assert "«Час вопросов»" in page
    listed = rows(page)
    assert [name for name in ("Анна", "Борис", "Вера", "Глеб") if name in page] == ["Анна", "Борис"]
    assert ["не пришёл" in row for row in listed] == [True, False]
    assert "пришёл" in listed[1]
    assert other.lead_id not in (came.lead_id, missed.lead_id)
    everything = client.get("/dashboard/leads/?webinar=wb_none").text
    assert "Глеб" in everything
