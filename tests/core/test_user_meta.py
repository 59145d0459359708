"""User meta: small scalars by (user, scope, key), each key written by the system it is named for."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app import core
from app.core import user_meta
from app.core.errors import UserMetaForbidden
from tests.fixtures.application import Make
from tests.fixtures.parallel import at_once

pytestmark = pytest.mark.both_databases

SCOPE = "registration:1"


@pytest.mark.parametrize(
    "value",
    ["text", "", "Ё" * 500, 0, -5, 2**40, True, False, datetime(2026, 11, 23, 9, 30, tzinfo=UTC)],
)
def test_scalar_comes_back_as_it_was_written(make: Make, value: user_meta.Value) -> None:
    user = make.user()
    user_meta.writer("autowebinar").write(user.user_id, SCOPE, {"autowebinar_x": value})
    found = user_meta.read(user.user_id, SCOPE)
    assert found == {"autowebinar_x": value}
    assert type(found["autowebinar_x"]) is type(value)


@pytest.mark.parametrize("value", [1.5, [1], {"a": 1}, (1,), b"x", "я" * 501])
def test_what_is_no_small_scalar_is_refused(make: Make, value: Any) -> None:
    user = make.user()
    values = {"autowebinar_good": 1, "autowebinar_bad": value}
    with pytest.raises(UserMetaForbidden) as refusal:
        user_meta.writer("autowebinar").write(user.user_id, SCOPE, values)
    assert refusal.value.name == "user_meta_forbidden"
    assert user_meta.read(user.user_id, SCOPE) == {}


@pytest.mark.parametrize("key", ["core_note", "autowebinar", "xautowebinar_a", "progress", ""])
def test_writer_is_refused_keys_that_are_not_its_own(make: Make, key: str) -> None:
    user = make.user()
    with pytest.raises(UserMetaForbidden):
        user_meta.writer("autowebinar").write(user.user_id, SCOPE, {"autowebinar_a": 1, key: 1})
    assert user_meta.read(user.user_id, SCOPE) == {}


@pytest.mark.parametrize("system", ["live", "attendance", "messages", "", "autowebinar_x"])
def test_system_without_a_namespace_gets_no_writer(app: Flask, system: str) -> None:
    with pytest.raises(UserMetaForbidden):
        user_meta.writer(system)


def test_none_leaves_a_value_as_it_is(make: Make) -> None:
    user, writer = make.user(), user_meta.writer("autowebinar")
    writer.write(user.user_id, SCOPE, {"autowebinar_a": 1, "autowebinar_b": 2})
    writer.write(user.user_id, SCOPE, {"autowebinar_a": None, "autowebinar_b": 3})
    assert user_meta.read(user.user_id, SCOPE) == {"autowebinar_a": 1, "autowebinar_b": 3}


def test_value_may_change_its_kind(make: Make) -> None:
    user, writer = make.user(), user_meta.writer("autowebinar")
    writer.write(user.user_id, SCOPE, {"autowebinar_a": "1"})
    writer.write(user.user_id, SCOPE, {"autowebinar_a": True})
    assert user_meta.read(user.user_id, SCOPE) == {"autowebinar_a": True}


def test_scopes_and_users_are_apart(make: Make) -> None:
    one, two = make.user(), make.user()
    rows = [
        (one.user_id, "registration:1", {"autowebinar_a": 1}),
        (one.user_id, "registration:2", {"autowebinar_a": 2}),
        (two.user_id, "registration:1", {"autowebinar_a": 3}),
    ]
    user_meta.writer("autowebinar").write_many(rows)
    found = [user_meta.read(user_id, scope) for user_id, scope, _ in rows]
    assert found == [{"autowebinar_a": 1}, {"autowebinar_a": 2}, {"autowebinar_a": 3}]


def test_writes_at_once_leave_one_of_the_values(app: Flask, make: Make) -> None:
    user, writer = make.user(), user_meta.writer("autowebinar")

    def write(value: int) -> Any:
        return lambda: writer.write(user.user_id, SCOPE, {"autowebinar_a": value})

    at_once(app, [write(value) for value in range(4)])
    assert core.user_meta.read(user.user_id, SCOPE)["autowebinar_a"] in range(4)
