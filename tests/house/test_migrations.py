"""The migrations make exactly what the models say, and can be walked down and up again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text

from app import Settings, create_app
from app.extensions import db


@pytest.mark.both_databases
def test_migrations_match_the_models(app: Flask) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that holds nothing, and is used up."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE efir_walk"))
        yield f"{server}/efir_walk"
        connection.execute(text("DROP DATABASE efir_walk WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def before_sources(empty: str, tmp_path: Path) -> Iterator[None]:
    """An installation that has not heard of the sources of lines."""
    app = create_app(Settings(_env_file=None, database_url=empty, efir_data_dir=tmp_path))
    with app.app_context():
        upgrade(revision="0029")
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("before_sources")
def test_lines_that_were_there_claim_no_more_than_is_known() -> None:
    moment = "'2026-11-25 12:00:00'"
    for statement in (
        "INSERT INTO autowebinar (webinar_id, start_mode) VALUES ('w', 'at_once')",
        "INSERT INTO autowebinar_version (id, webinar_id, number, video, poster, captions,"
        " duration_sec, speaker_name, speaker_role, created_at, digest)"
        f" VALUES ('v', 'w', 1, 'a.mp4', '', '', 60, '', '', {moment}, 'd')",
        "INSERT INTO autowebinar_draft (webinar_id, content, revision, updated_at)"
        f" VALUES ('w', '{{}}', 1, {moment})",
        *_line_rows((1, "Набрано", None), (2, "Файлом", "ab12"), (3, "Ответ", "faq:7")),
    ):
        db.session.execute(text(statement))
    db.session.commit()
    upgrade()
    for table in ("autowebinar_line", "autowebinar_draft_line"):
        found = db.session.execute(text(f"SELECT source FROM {table} ORDER BY at_sec"))
        assert list(found.scalars()) == ["typed", "imported", "typed"]


def _line_rows(*lines: tuple[int, str, str | None]) -> Iterator[str]:
    for at, words, key in lines:
        line = f"{at}, 'Анна', 'guest', '{words}'"
        kept = f"'{key}'" if key else "NULL"
        yield (
            "INSERT INTO autowebinar_line (version_id, position, at_sec, author, role, text)"
            f" VALUES ('v', {at}, {line})"
        )
        yield (
            "INSERT INTO autowebinar_draft_line (webinar_id, at_sec, author, role, text, import_key)"
            f" VALUES ('w', {line}, {kept})"
        )


def test_migrations_go_up_down_and_up_again(empty: str, tmp_path: Path) -> None:
    app = create_app(Settings(_env_file=None, database_url=empty, efir_data_dir=tmp_path))
    with app.app_context():
        upgrade()
        first = set(inspect(db.engine).get_table_names())
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade()
        assert set(inspect(db.engine).get_table_names()) == first
        assert set(db.metadata.tables) == first - {"alembic_version"}
        db.session.remove()
        db.engine.dispose()
