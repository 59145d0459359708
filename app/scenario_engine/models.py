"""Rules and the runs that they started."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime


class ScenarioRule(Base):
    """`event` with every condition true starts `scenario`.

    `conditions`: `[{"field": "payload.source", "is": "web_form"}, …]`; a list under `is` means
    any of; `"given": true` instead of it, whatever there is. `once_per`: `event`, or `lead` — then a lead has this scenario once, by whatever rule.
    """

    __tablename__ = "scenario_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    event: Mapped[str] = mapped_column(String(64), index=True)
    conditions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    scenario: Mapped[str] = mapped_column(String(64))
    once_per: Mapped[str] = mapped_column(String(8), default="event")
    enabled: Mapped[bool] = mapped_column(default=True)


class ScenarioRun(Base):
    """One start: unique by rule and event, and by `once_key` where the rule says so."""

    __tablename__ = "scenario_run"
    __table_args__ = (
        UniqueConstraint("rule_id", "event_id"),
        Index("ix_scenario_run_lead", "lead_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("scenario_rule.id"))
    event_id: Mapped[str] = mapped_column(String(32))
    scenario: Mapped[str] = mapped_column(String(64))
    lead_id: Mapped[int]
    once_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
