"""Flask's extensions: made here without an application, bound in `create_app`."""

from flask import request
from flask_babel import Babel
from flask_compress import Compress
from flask_htmx import HTMX
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from app.database import Base

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
htmx = HTMX()
compress = Compress()


def client_address() -> str:
    """The visitor's network address, already resolved through the trusted proxies."""
    return request.remote_addr or "unknown"


limiter = Limiter(key_func=client_address, default_limits=[])
