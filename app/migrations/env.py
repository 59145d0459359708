"""How Alembic reaches our database: through the application's own engine."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import MetaData

from app.database import UtcDateTime
from app.extensions import db


def metadata() -> MetaData:
    return db.metadata


def plain_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration outlives our own types: it names the database's."""
    return (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False
    )


def run() -> None:
    options = {"compare_type": False} | current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata(),
            render_item=plain_types,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
