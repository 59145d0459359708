"""Every setting of the product: typed, documented here, checked once at start.

Values come from the environment or from `.env` beside the checkout. A malformed or, in
production, weak value stops the start with one line that names the setting.
"""

from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-secret-key-of-efir"  # noqa: S105 - refused in production
SHORTEST_SECRET = 32


class SettingsError(Exception):
    """The configuration cannot be used; the message is one line for the operator."""


def _two_hours(value: str) -> tuple[time, time]:
    """«22:00-09:00»."""
    begins, _, ends = value.partition("-")
    try:
        return time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())
    except ValueError:
        raise ValueError(f"{value!r} is not two times such as 22:00-09:00, or off") from None


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    efir_env: Literal["development", "production"] = "development"
    efir_data_dir: Path = Path("instance")
    database_url: str = Field(default="", description="empty: SQLite in EFIR_DATA_DIR")
    redis_url: str = Field(default="", description="empty: no Redis, everything by the ticker")
    secret_key: str = ""
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = Field(default="", description="as visitors see the site; empty: by request")
    trusted_proxies: int = Field(default=0, ge=0, le=10, description="hops of X-Forwarded-*")
    embed_origins: Annotated[tuple[str, ...], NoDecode] = ()

    default_locale: Literal["ru", "en"] = "ru"
    default_timezone: str = "Europe/Moscow"

    telegram_bot_token: str = ""
    telegram_bot_username: str = ""
    telegram_chat_id: int | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_webhook_secret: str = ""
    telegram_messages_per_second: float = Field(default=30, gt=0)
    telegram_chat_messages_per_second: float = Field(default=1, gt=0)
    telegram_group_messages_per_minute: float = Field(default=20, gt=0)
    efir_demo_telegram: bool = False
    efir_demo_telegram_url: str = Field(default="", description="where the sandbox's phone is")
    followup_delay_seconds: int = Field(default=600, ge=0)
    quiet_hours: str = Field(
        default="22:00-09:00", description="no reminders, by the lead's clock; off: none"
    )
    send_lease_seconds: float = Field(default=60, gt=0, description="a claim's, then it is healed")
    telegram_answer_seconds: float = Field(default=20, gt=0, description="to wait for one answer")
    poll_lease_seconds: float = Field(default=40, gt=0, description="of the one who polls")
    delivery_lease_seconds: float = Field(default=30, gt=0, description="of a fact's delivery")

    media_max_video_mb: int = Field(default=4000, gt=0, description="in pieces, with JavaScript")
    media_max_form_mb: int = Field(default=200, gt=0, description="a video by a plain form")
    media_max_image_mb: int = Field(default=10, gt=0)
    media_max_captions_mb: int = Field(default=2, gt=0)
    media_max_document_mb: int = Field(default=50, gt=0, description="a hand-out")
    media_keep_free_mb: int = Field(default=500, ge=0, description="left free on the disk")
    media_upload_hours: int = Field(default=48, gt=0, description="then an unfinished one goes")
    media_accel_prefix: str = Field(default="", description="nginx's internal location")
    media_server_url: str = Field(
        default="",
        description="where viewers get our media server's HLS; empty: PUBLIC_URL's host, port 8080",
    )
    media_server_control_url: str = Field(
        default="", description="of our media server's control; empty: it cuts nobody off"
    )
    media_recordings_dir: Path = Field(
        default=Path("/var/lib/efir/stream/recordings"),
        description="where the media server leaves recordings",
    )
    stream_check_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        default=(), description="inside networks whose streams may be checked too; else none is"
    )

    ratelimit_enabled: bool = True
    metrics_token: str = ""
    smtp_url: str = Field(default="", description="kept for e-mail, which no release sends yet")
    sentry_dsn: str = Field(default="", description="whom errors are told to; empty: nobody")

    @field_validator("embed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("embed_origins")
    @classmethod
    def _origins_are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            scheme, separator, host = origin.partition("://")
            if not separator or scheme not in ("http", "https") or not host or "/" in host:
                raise ValueError(f"{origin!r} is not an origin such as https://example.org")
        return value

    @field_validator("stream_check_networks", mode="before")
    @classmethod
    def _networks_are_networks(cls, value: Any) -> Any:
        given = value.replace(",", " ").split() if isinstance(value, str) else value
        return tuple(ip_network(each) for each in given)

    @field_validator("default_timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone {value!r}") from error
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _hours_are_hours(cls, value: str) -> str:
        if value != "off":
            begins, ends = _two_hours(value)
            if begins == ends:
                raise ValueError("quiet hours begin and end at different times; or say off")
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def _dsn_is_one(cls, value: str) -> str:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and parts.username and parts.hostname
        if value and not (known and parts.path.rpartition("/")[2].isdigit()):
            raise ValueError("must be https://KEY@host/NUMBER, as the project's page shows it")
        return value

    @field_validator(
        "public_url", "telegram_api_url", "media_server_url", "media_server_control_url"
    )
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith(("postgres://", "postgresql://")):
            return "postgresql+psycopg://" + value.partition("://")[2]
        if value and not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must be postgresql://… or sqlite:///…")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must be redis://…, rediss://… or unix://…")
        return value

    @model_validator(mode="after")
    def _secret_is_strong(self) -> "Settings":
        if not self.secret_key and not self.in_production:
            self.secret_key = DEVELOPMENT_SECRET
        weak = len(self.secret_key) < SHORTEST_SECRET or self.secret_key == DEVELOPMENT_SECRET
        if self.in_production and (weak or len(set(self.secret_key)) < 8):
            raise ValueError(
                f"SECRET_KEY: production needs at least {SHORTEST_SECRET} random characters"
            )
        if self.in_production and self.efir_demo_telegram:
            raise ValueError("EFIR_DEMO_TELEGRAM: the sandbox is not for production")
        return self

    @model_validator(mode="after")
    def _leases_outlast_the_wait(self) -> "Settings":
        if self.send_lease_seconds <= self.telegram_ceiling_seconds:
            raise ValueError(
                "SEND_LEASE_SECONDS: must be more than a quarter over TELEGRAM_ANSWER_SECONDS"
            )
        return self

    @property
    def telegram_ceiling_seconds(self) -> float:
        """All of one call: connecting, sending, and the answer."""
        return 1.25 * self.telegram_answer_seconds

    @property
    def quiet_hours_bounds(self) -> tuple[time, time] | None:
        return None if self.quiet_hours == "off" else _two_hours(self.quiet_hours)

    @property
    def in_production(self) -> bool:
        return self.efir_env == "production"

    @property
    def site_address(self) -> str:
        """Where people reach the site, for links that are written outside a request."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def stream_address(self) -> str:
        """Where the media server is: its HLS for viewers, its host for publishers."""
        host = urlsplit(self.site_address).hostname
        return self.media_server_url or f"http://{host}:8080"

    @property
    def database_address(self) -> str:
        """SQLAlchemy's URL: the one given, else an SQLite file in the data directory."""
        return self.database_url or f"sqlite:///{self.efir_data_dir.resolve() / 'efir.db'}"


def load(**overrides: Any) -> Settings:
    """The settings of this process, or SettingsError with one line for the operator."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError("; ".join(_lines(error))) from None


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors():
        name = "_".join(str(part) for part in problem["loc"]).upper()
        reason = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {reason}" if name else reason)
    return lines
