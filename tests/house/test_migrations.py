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
