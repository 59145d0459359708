"""Players of other sites, in whose place stand pages that speak their protocols."""

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Frame, Page, Route

STUBS = Path(__file__).parent / "stubs"
VIDEOS = {
    "youtube": ("https://www.youtube-nocookie.com", "https://youtu.be/dQw4w9WgXcQ"),
    "vk": ("https://vkvideo.ru", "https://vkvideo.ru/video-1_2?hash=ab12"),
    "rutube": ("https://rutube.ru", "https://rutube.ru/video/9e4cd81a6b2566e9d949881dbb53905e/"),
}


class StandIn:
    """What a browser finds at that site. `wishes`: a script that has it behave in a certain way."""

    def __init__(self, kind: str, context: BrowserContext, wishes: str = "") -> None:
        self.kind, self.wishes = kind, wishes
        self.host, self.video = VIDEOS[kind]
        context.route(f"{self.host}/**", self._answer)

    def _answer(self, route: Route) -> None:
        scripts = [(STUBS / f"{name}.js").read_text("utf-8") for name in ("clock", self.kind)]
        body = f"<!doctype html><script>{self.wishes}\n" + "\n".join(scripts) + "</script>"
        route.fulfill(body=body, content_type="text/html")

    def frame(self, page: Page) -> Frame:
        return next(each for each in page.frames if each.url.startswith(self.host))

    def told(self, page: Page) -> list[list[Any]]:
        """The commands that it was given."""
        found: list[list[Any]] = self.frame(page).evaluate("told")
        return found
