"""Efir: the application and the named steps by which it is put together."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.settings import Settings, SettingsError, load

LARGEST_BODY = 1_048_576
A_MONTH = 2_592_000


def create_app(settings: Settings | None = None, *, lock_seconds: float = 5) -> Flask:
    """The WSGI application. SettingsError, with one line, where it cannot be configured.

    `lock_seconds`: how long this process waits for another writer of SQLite.
    """
    settings = settings or load()
    app = Flask(__name__, static_folder="static", template_folder="templates")
    _configure(app, settings)
    _trust_proxies(app, settings)
    _open_stores(app, settings, lock_seconds)
    _connect_web(app)
    _connect_rooms()
    _register_blueprints(app)
    _register_commands(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    from app import telemetry

    production = settings.in_production
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SESSION_COOKIE_NAME="__Host-session" if production else "session",
        SESSION_COOKIE_SECURE=production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=A_MONTH,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=True,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_STREAMS=False,
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "application/javascript",
            "image/svg+xml",
            "text/vtt",
        ],
    )
    telemetry.configure(settings)


def _trust_proxies(app: Flask, settings: Settings) -> None:
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_port=hops, x_prefix=0
        )


def _open_stores(app: Flask, settings: Settings, lock_seconds: float) -> None:
    from app import database
    from app.extensions import db, migrate

    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_address
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options(
        settings.database_address, lock_seconds=lock_seconds
    )
    if settings.database_address.startswith("sqlite"):
        settings.efir_data_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    migrate.init_app(app, db, directory=f"{app.root_path}/migrations", render_as_batch=True)
    with app.app_context():
        database.prepare_engine(db.engine)


def _connect_web(app: Flask) -> None:
    from app.extensions import compress, csrf, htmx
    from app.web import (
        accounts,
        assets,
        bodies,
        desk,
        errors,
        limits,
        localisation,
        referral,
        security,
    )

    csrf.init_app(app)
    htmx.init_app(app)
    compress.init_app(app)
    limits.connect(app)
    for part in (security, assets, localisation, accounts, referral, desk, errors, bodies):
        part.connect(app)


def _connect_rooms() -> None:
    """Each room subscribes to the facts it hears. Connecting again changes nothing."""
    from app import attendance, chat, live, messages, scenario_engine
    from app.autowebinar import answers, versions

    for room in (scenario_engine, attendance, messages, chat, answers, versions, live):
        room.connect()


def _register_blueprints(app: Flask) -> None:
    from app.blueprints import every_blueprint

    for blueprint in every_blueprint():
        app.register_blueprint(blueprint)


def _register_commands(app: Flask) -> None:
    from app import cli

    cli.register(app)


__all__ = ["Settings", "SettingsError", "create_app", "load"]
