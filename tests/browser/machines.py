"""A person's own machine: a browser that hides, holds back and freezes tabs as browsers do, and that
stands still with everything in it when the machine sleeps.

Playwright's own browsers are told to do none of that, and each of their pages believes itself seen.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, BrowserType, Page

from tests.fixtures import servers
from tests.fixtures.stack import CHROMIUM, DESK

# Timers of a hidden and silent tab run once a minute, as they do after five minutes; here sooner.
SOON = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/2"
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--accept-lang=ru-RU,ru",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0",
    SOON,
]
SEEN = "document.visibilityState"


@dataclass
class Machine:
    browser: Browser
    process: subprocess.Popen[bytes]

    @property
    def context(self) -> BrowserContext:
        return self.browser.contexts[0]

    def tab(self) -> Page:
        """A new one, in front of the others."""
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        return page

    def put_behind(self, page: Page) -> Page:
        """Another tab comes in front of it, in the same window."""
        front = self.context.new_page()
        servers.wait_until(lambda: page.evaluate(SEEN) == "hidden", 10)
        return front

    def forget_all(self) -> None:
        """As a browser that has just been started: one empty tab, and nothing remembered."""
        empty = self.context.new_page()
        for page in self.context.pages:
            if page != empty:
                page.close()
        self.context.clear_cookies()

    @contextmanager
    def frozen(self, page: Page) -> Iterator[None]:
        """As a browser freezes a tab that it puts aside to save memory and power."""
        lifecycle = self.context.new_cdp_session(page)
        lifecycle.send("Page.setWebLifecycleState", {"state": "frozen"})
        yield
        lifecycle.send("Page.setWebLifecycleState", {"state": "active"})
        lifecycle.detach()

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """No process of the browser runs: a page cannot notice it while it lasts."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)


@contextmanager
def machine(kind: BrowserType, profile: Path) -> Iterator[Machine]:
    command = [CHROMIUM, *ARGUMENTS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        browser = kind.connect_over_cdp(_address(profile), no_defaults=True)
        yield Machine(browser, process)
        browser.close()
    finally:
        os.killpg(process.pid, signal.SIGCONT)
        process.terminate()
        process.wait(15)


def _address(profile: Path) -> str:
    """Where the browser says that it listens."""
    told = profile / "DevToolsActivePort"
    servers.wait_until(lambda: told.exists() and len(told.read_text().split()) > 1, 30)
    return f"http://127.0.0.1:{told.read_text().split()[0]}"
