"""An author's browser at a webinar's panels, signed in, on a screen of some size."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Locator, Page, expect

from app import core
from app.core import UserRecord, WebinarRecord
from app.extensions import db
from tests.fixtures.stack import DESK, PHONE

SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]


def enter(context: BrowserContext, app: Flask, site: str, user: UserRecord) -> None:
    """As a finished log-in leaves the browser."""
    client: FlaskClient = app.test_client()
    record = core.users.get(user.user_id)
    assert record is not None
    with client.session_transaction() as session:
        session["_user_id"] = f"{record.user_id}.{record.epoch}"
        session["_fresh"] = True
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    context.add_cookies([{"name": name, "value": cookie.value, "url": site}])
    db.session.remove()


@dataclass
class Studio:
    page: Page
    site: str
    user: UserRecord
    slug: str = ""
    touched: bool = False

    def open(self, panel: str = "") -> None:
        """A panel, none of which is wider than the screen."""
        self.page.goto(f"{self.site}/studio/{self.slug}/{panel}")
        self.fits()

    def fits(self) -> None:
        """Nobody has to scroll sideways, once what was pressed has led where it leads."""
        root = "document.documentElement"
        self.page.wait_for_function(f"() => {root}.scrollWidth <= {root}.clientWidth")

    def press(self, name: str) -> None:
        self.touch(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        self.touch(self.page.get_by_role("link", name=name, exact=True))

    def touch(self, what: Locator) -> None:
        """By a finger where the screen is touched."""
        if self.touched:
            what.tap()
        else:
            what.click()

    def told(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def alert(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def webinar(self) -> WebinarRecord:
        db.session.remove()
        found = core.webinars.by_slug(self.slug)
        assert found is not None
        return found


Opens = Callable[..., Studio]
