"""SQL that writes a webinar's status is refused whoever says it: by text, by a table, by a cursor."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, literal_column, select, text, update

from app import core
from app.core import WebinarRecord
from app.core.errors import WebinarRefused
from app.core.models import Webinar
from app.core.status_writing import kind_of
from app.extensions import db
from tests.fixtures.application import Make
from tests.live.conftest import AT

TABLE = Webinar.__table__
UPDATES = (
    "UPDATE webinar SET status = 'live'",
    "update webinar set title = 'x', status='live' where webinar_id = :id",
    'UPDATE "webinar" SET "status" = \'live\'',
    "UPDATE/* aside */webinar -- set\nSET\n\tstatus\n= 'live'",
    "UPDATE webinar SET (title, status) = ('x', 'live')",
    "WITH chosen AS (SELECT 1) UPDATE webinar SET status = 'live'",
    "UPDATE webinar SET title = 'a -- b', status = 'live'",
)
OF_ONE = {
    "sqlite": (
        "UPDATE OR REPLACE main.webinar SET status = 'live'",
        "UPDATE [webinar] SET [status]=1",
    ),
    "postgresql": (
        "UPDATE ONLY public.webinar AS w SET status = 'live'",
        "WITH x AS (UPDATE webinar SET status = 'live' RETURNING 1) SELECT * FROM x",
        "UPDATE webinar SET title = $a$it's$a$, status = 'live'",
    ),
}
INSERTS = (
    "INSERT INTO webinar (webinar_id, status) VALUES ('wb_x', 'live')",
    "INSERT INTO webinar SELECT * FROM webinar",
    "INSERT INTO webinar (webinar_id) VALUES ('x') ON CONFLICT DO UPDATE SET status = 'live'",
    "REPLACE INTO webinar (webinar_id) VALUES ('x')",
)
OTHERS = (
    "SELECT status FROM webinar WHERE status = 'live'",
    "UPDATE webinar SET title = 'status = 1, status = 2' WHERE status = 'live'",
    "UPDATE webinar SET description = 'x' /* , status = 'live' */",
    "UPDATE webinar_change SET status = 'live'",
    "UPDATE message SET status = 'live' WHERE webinar_id IN (SELECT webinar_id FROM webinar)",
    "SELECT 1 FROM webinar FOR UPDATE OF webinar",
    "DELETE FROM webinar WHERE status = 'draft'",
)


@pytest.fixture
def webinar(make: Make) -> WebinarRecord:
    made = make.webinar("live", published=False)
    return core.webinar_states.schedule(made.webinar_id, AT, actor_id=None)


@pytest.mark.parametrize("statement", [*UPDATES, *OF_ONE["sqlite"], *OF_ONE["postgresql"]])
def test_writing_of_a_status_is_read_out_of_the_text(statement: str) -> None:
    assert kind_of(statement) == "update"


@pytest.mark.parametrize("statement", INSERTS)
def test_insert_is_read_out_of_the_text(statement: str) -> None:
    assert kind_of(statement)


@pytest.mark.parametrize("statement", OTHERS)
def test_what_writes_no_status_is_let_through(statement: str) -> None:
    assert kind_of(statement) == ""


@pytest.mark.both_databases
def test_text_is_refused_before_the_database_hears_it(app: Flask, webinar: WebinarRecord) -> None:
    for statement in (*UPDATES, *OF_ONE[db.engine.dialect.name], *INSERTS):
        given = {"id": webinar.webinar_id} if ":id" in statement else {}
        with pytest.raises(WebinarRefused) as refusal, core.transaction() as session:
            session.execute(text(statement), given)
        assert refusal.value.name == "webinar_status_mutation_forbidden", statement
        with pytest.raises(WebinarRefused), db.engine.begin() as connection:
            connection.exec_driver_sql(statement.replace(":id", "''"))
    assert core.webinars.get(webinar.webinar_id) == webinar


CONSTRUCTS: dict[str, Any] = {
    "an update": update(TABLE).values(status="live"),
    "a birth": insert(TABLE).values(webinar_id="wb_x", slug="x", type="live", status="live"),
    "two births": insert(TABLE).values(
        [{"webinar_id": "a", "status": "draft"}, {"webinar_id": "b", "status": "live"}]
    ),
    "a birth by words": insert(TABLE).values(webinar_id="x", status=literal_column("'live'")),
    "a copy": insert(TABLE).from_select(
        ["webinar_id", "status"], select(TABLE.c.webinar_id, TABLE.c.status)
    ),
}


@pytest.mark.both_databases
@pytest.mark.parametrize("name", CONSTRUCTS)
def test_constructs_past_the_model_are_refused(
    app: Flask, webinar: WebinarRecord, name: str
) -> None:
    with pytest.raises(WebinarRefused), db.engine.begin() as connection:
        connection.execute(CONSTRUCTS[name])
    with pytest.raises(WebinarRefused), db.engine.begin() as connection:
        connection.execute(update(TABLE), [{"status": "live"}, {"status": "paused"}])
    assert core.webinars.get(webinar.webinar_id) == webinar


@pytest.mark.both_databases
def test_permission_ends_with_the_change(app: Flask, webinar: WebinarRecord) -> None:
    """In the same transaction, and after a refusal, the door is shut again."""
    for action in ("pause", "cancel"):
        with pytest.raises(WebinarRefused) as refusal, core.transaction() as session:
            getattr(core.webinar_states, action)(webinar.webinar_id, actor_id=None)
            session.execute(text(UPDATES[0]))
        expected = "webinar_state_invalid_pause" if action == "pause" else None
        assert refusal.value.name == (expected or "webinar_status_mutation_forbidden")
    assert core.webinars.get(webinar.webinar_id) == webinar
