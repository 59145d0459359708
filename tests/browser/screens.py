"""The two screens that a journey is walked on: a desk with a mouse, and a phone that is touched."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.fixtures.stack import DESK, PHONE

DESK_SCREEN: dict[str, Any] = {"viewport": DESK, "timezone_id": "Europe/Moscow"}
PHONE_SCREEN: dict[str, Any] = {
    "viewport": PHONE,
    "timezone_id": "Asia/Omsk",
    "has_touch": True,
    "is_mobile": True,
}
SCREENS = {"desk": DESK_SCREEN, "phone": PHONE_SCREEN}
WIDER = """
    () => [...document.querySelectorAll("body *")]
      .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .map((each) => each.outerHTML.slice(0, 120)).slice(0, 5)
"""


@dataclass
class Screen:
    """One person's browser: nothing is on it from before, and nobody else uses it."""

    name: str
    page: Page

    @property
    def width(self) -> int:
        width: int = SCREENS[self.name]["viewport"]["width"]
        return width

    def press(self, what: Locator) -> None:
        """By a finger, or by the mouse."""
        if self.name == "phone":
            what.tap()
        else:
            what.click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name)

    def shows(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def fits(self) -> None:
        """Nobody has to scroll sideways."""
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.width, (self.name, self.page.url, wide, self.page.evaluate(WIDER))


Opens = Callable[..., Screen]
