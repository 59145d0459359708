"""The account, its roles, and small values that systems keep about it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base, UtcDateTime


class User(Base):
    """An account, one per lead at most. `epoch` grows to end every session of the account.

    `ref_code` is held by those who may refer. `password_proven`: the password was set, or
    confirmed, by somebody who had proven the e-mail.
    """

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int | None] = mapped_column(
        ForeignKey("lead.id", use_alter=True, name="fk_user_lead_id"), unique=True
    )
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_proven: Mapped[bool] = mapped_column(default=False)
    email_proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    ref_code: Mapped[str | None] = mapped_column(String(32), unique=True)
    epoch: Mapped[int] = mapped_column(default=0)
    country: Mapped[str | None] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    roles: Mapped[list["UserRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class UserRole(Base):
    """One role of an account; what it may do is in `access.py`."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True, index=True)


class UserMeta(Base):
    """A small scalar by (user, scope, key). `kind`: `str`, `int`, `bool` or `datetime`."""

    __tablename__ = "user_meta"
    __table_args__ = (Index("ix_user_meta_key_updated", "key", "updated_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
