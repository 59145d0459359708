"""The form in another site's frame, in a real browser that keeps third parties' cookies away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from app import core
from tests.fixtures import servers

pytestmark = pytest.mark.browser
FOREIGN_PORT = servers.free_port()
OURS = f"http://127.0.0.1:{servers.free_port()}"


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"embed_origins": (f"http://localhost:{FOREIGN_PORT}",)}


@contextmanager
def serving(port: int, application: Any) -> Iterator[None]:
    server = make_server("127.0.0.1", port, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def framed(app: Flask, chromium: Browser, make, request) -> Iterator[Page]:
    """A foreign page with our form in its frame, open in a browser."""
    partner = make.user("partner")
    frame = f'<iframe id="f" width="360" height="640" src="{OURS}/form/?embed=1&ref={partner.ref_code}">'
    foreign = Response(f"<!doctype html><title>Shop</title>{frame}</iframe>", mimetype="text/html")
    context = chromium.new_context(java_script_enabled=request.param)
    page = context.new_page()
    with serving(int(OURS.rpartition(":")[2]), app), serving(FOREIGN_PORT, foreign):
        page.goto(f"http://localhost:{FOREIGN_PORT}/")
        yield page
        context.close()


@pytest.mark.parametrize("framed", [True, False], indirect=True, ids=["htmx", "without-js"])
def test_form_works_in_a_third_party_frame(framed: Page, make) -> None:
    form = framed.frame_locator("#f")
    form.get_by_role("button", name="Отправить").click()
    expect(form.get_by_role("alert")).to_have_count(3)
    form.get_by_label("Имя").fill("Мария Иванова")
    form.get_by_label("E-mail").fill("guest@example.org")
    form.locator("input[name=consent]").check()
    form.get_by_role("button", name="Отправить").click()
    expect(form.get_by_text("Спасибо, заявка принята.")).to_be_visible()
    (lead,) = core.leads.page(make.user("admin"))
    assert (lead.email, lead.inviter_name) == ("guest@example.org", "Пользователь 1")
    assert framed.url == f"http://localhost:{FOREIGN_PORT}/"


@pytest.mark.parametrize("framed", [True], indirect=True, ids=["htmx"])
class TestElsewhere:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"embed_origins": ("https://another.example",)}

    def test_form_is_not_shown_to_a_site_that_may_not_frame_it(self, framed: Page) -> None:
        expect(framed.frame_locator("#f").get_by_role("button")).to_have_count(0)
