"""The documented nginx, for real: what it serves itself, what it keeps, and what it never keeps."""

import http.client
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from html import unescape
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from tests.fixtures import nginx as fixture
from tests.fixtures import servers, stack
from tests.fixtures.application import TOKEN
from tests.fixtures.nginx import Nginx
from tests.fixtures.recordings import recording
from tests.fixtures.stack import Stack
from tests.requirements import need

POLL = re.compile(r'hx-get="([^"]*/poll/[^"]*)"')
VIDEO = "/static/demo/webinar.mp4"
RECORDING = "partner-channel"


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: http.client.HTTPMessage


class Browser:
    """A visitor: cookies of their own, a connection each time."""

    def __init__(self, front: Nginx) -> None:
        self._front = front
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        with closing(self._connection()) as connection:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            for header in answer.headers.get_all("Set-Cookie", []):
                name, _, value = header.partition(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(answer.status, answer.read(), answer.headers)

    def _connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            "localhost", self._front.port, context=self._front.trust, timeout=20
        )

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, **headers)

    def text(self, path: str) -> str:
        return self.get(path).body.decode()

    def sign_in(self, email: str) -> str:
        """The token for what is sent from now on."""
        token = TOKEN.search(self.text("/login/"))
        assert token
        fields = {"csrf_token": token[1], "email": email, "password": "efir-demo-2026"}
        body, address = urlencode(fields).encode(), self._front.url + "/login/"
        kind = "application/x-www-form-urlencoded"
        answer = self.ask("POST", "/login/", body, Content_Type=kind, Referer=address)
        assert answer.status == 303, answer.body.decode()
        token = TOKEN.search(self.text(f"/studio/{RECORDING}/"))
        assert token
        return token[1]

    def come_in(self) -> str:
        """Sign up for the demo's recording and enter; the room's page."""
        page = self.text(f"/signup/?webinar={RECORDING}")
        fields = dict(
            re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*type="hidden"[^>]*value="([^"]*)"', page)
        )
        token = TOKEN.search(page)
        assert token
        number = len(self.cookies) + id(self) % 10**9
        fields |= {
            "csrf_token": token[1],
            "webinar": RECORDING,
            "name": f"Зритель {number}",
            "email": f"viewer{number}@example.org",
            "consent": "y",
        }
        answer = self.ask(
            "POST",
            "/signup/",
            urlencode(fields).encode(),
            Content_Type="application/x-www-form-urlencoded",
            Referer=self._front.url + "/signup/",
        )
        assert answer.status == 303, answer.body.decode()
        path = answer.headers["Location"]
        while True:
            status, body, headers = self.get(path.removeprefix(self._front.url))
            if status != 303:
                return body.decode()
            path = headers["Location"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nginx, Stack]]:
    need(fixture.binary() is not None, "nginx")
    need(servers.redis_binary() is not None, "redis-server")
    folder, data = tmp_path_factory.mktemp("nginx"), tmp_path_factory.mktemp("behind")
    with (
        servers.redis_server() as redis_url,
        stack.running(
            data,
            redis_url,
            TRUSTED_PROXIES="1",
            PUBLIC_URL="",
            MEDIA_ACCEL_PREFIX="/protected-media/",
        ) as product,
        fixture.nginx(int(product.environment["PORT"]), folder, media=data / "media") as front,
    ):
        yield front, product


@pytest.fixture
def front(site: tuple[Nginx, Stack]) -> Nginx:
    return site[0]


@pytest.fixture
def browser(front: Nginx) -> Browser:
    return Browser(front)


def test_plain_http_leads_to_tls(front: Nginx) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", front.plain_port)) as connection:
        connection.request("GET", "/webinars/?ref=ANNA", headers={"Host": "localhost"})
        answer = connection.getresponse()
        assert answer.status == 301
        assert answer.headers["Location"] == "https://localhost/webinars/?ref=ANNA"


def test_static_file_with_its_hash_is_kept_for_a_year(browser: Browser) -> None:
    found = re.search(r'"(/static/css/efir\.css\?v=[0-9a-f]+)"', browser.text("/"))
    assert found
    status, body, headers = browser.get(found[1], Accept_Encoding="gzip")
    assert (status, headers["Content-Type"], headers["Content-Encoding"]) == (
        200,
        "text/css",
        "gzip",
    )
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert len(body) > 1000


def test_video_is_served_in_ranges(browser: Browser) -> None:
    status, whole, _ = browser.get(VIDEO)
    assert status == 200
    status, part, headers = browser.get(VIDEO, Range="bytes=1000-1999")
    assert (status, len(part), part) == (206, 1000, whole[1000:2000])
    assert headers["Content-Range"] == f"bytes 1000-1999/{len(whole)}"
    assert headers["Content-Type"] == "video/mp4"
    status, _, headers = browser.get(VIDEO, Range=f"bytes={len(whole)}-")
    assert status == 416


def test_nothing_outside_the_static_folder_is_served(browser: Browser) -> None:
    for path in ("/static/../__init__.py", "/static/%2e%2e/__init__.py", "/static/..%2fcli.py"):
        assert browser.get(path).status in (400, 404)


def test_poll_that_viewers_share_is_asked_of_the_site_once_a_second(
    front: Nginx, browser: Browser
) -> None:
    found = POLL.search(browser.come_in())
    assert found
    address = unescape(found[1])
    strangers = [Browser(front) for _ in range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda each: each.get(address), strangers))
    assert {status for status, _, _ in answers} <= {200, 204}
    assert len({body for _, body, _ in answers}) <= 3
    assert all(headers["Set-Cookie"] is None for _, _, headers in answers)
    assert all(headers["X-Accel-Expires"] is None for _, _, headers in answers)
    # A line is written once its answer is out.
    servers.wait_until(lambda: front.logged().count("/poll/") >= 40)
    polls = [line.split()[-1] for line in front.logged().splitlines() if "/poll/" in line]
    assert len(polls) == 40
    assert polls.count("HIT") + polls.count("UPDATING") + polls.count("STALE") >= 30


def test_page_of_a_person_is_never_kept(front: Nginx) -> None:
    """Two people at one address see each their own, and nothing of either lies in the cache."""
    one, other = Browser(front), Browser(front)
    rooms = [one.come_in(), other.come_in()]
    sessions = [re.findall(r'data-session="([0-9a-f]+)"', room) for room in rooms]
    assert sessions[0] != sessions[1]
    for each in (one, other):
        for path in ("/", "/signup/", "/signup/done/", "/form/", "/policy/"):
            each.get(path)
            each.get(path)
    kept = [path.read_bytes() for path in (front.folder / "cache").rglob("*") if path.is_file()]
    assert all(re.search(rb"KEY: [^\n]*/poll/", page) for page in kept), kept[:1]
    for secret in (*sessions[0], *sessions[1], "csrf_token", "viewer@"):
        assert not any(secret.encode() in page for page in kept)


def test_visitor_cannot_choose_an_address_of_their_own(site: tuple[Nginx, Stack]) -> None:
    """What a visitor writes into X-Forwarded-* is written anew: limits and logs see the real one."""
    front, _ = site
    forged = Browser(front)
    answer = forged.ask(
        "GET",
        "/webinars/",
        None,
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Host="evil.example",
        X_Forwarded_Proto="http",
    )
    assert answer.status == 200
    assert b"evil.example" not in answer.body
    metrics = forged.get("/metrics", X_Forwarded_For="127.0.0.1")
    assert metrics.status == 404


def test_personal_links_do_not_stand_in_the_log(front: Nginx, browser: Browser) -> None:
    room = browser.come_in()
    link = re.search(r'href="[^"]*(/r/[^"]+)"', room)
    assert link
    browser.get(link[1])
    browser.get("/login/not-a-token-that-anybody-has/")
    logged = front.logged()
    assert link[1] not in logged
    assert "/r/-/" in logged
    assert "not-a-token-that-anybody-has" not in logged


def test_body_that_is_too_large_is_refused_in_words(browser: Browser) -> None:
    answer = browser.ask(
        "POST", "/form/", b"x" * 3_000_000, Content_Type="application/x-www-form-urlencoded"
    )
    assert answer.status == 413
    assert "<html" in answer.body.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/studio/new/file/",
        "/studio/talk/video/video/",
        "/studio/talk/broadcast/recording/file/",
        "/studio/talk/timeline/new/handout/",
    ],
)
def test_what_authors_bring_by_a_plain_form_is_for_the_site_to_judge(
    browser: Browser, path: str
) -> None:
    """More than other addresses take; who is no author is refused by the site, in its words."""
    kind = "application/x-www-form-urlencoded"
    answer = browser.ask("POST", path, b"x" * 17_000_000, Content_Type=kind)
    assert answer.status == 413
    assert 'lang="ru"' in answer.body.decode()


def test_video_comes_in_pieces_through_the_front_and_goes_out_in_ranges(
    site: tuple[Nginx, Stack], browser: Browser
) -> None:
    """A piece that breaks off leaves what came before it; what is not published is its authors'
    alone, though nginx is who sends it; and nginx's own place has no address."""
    front, product = site
    video, place = recording(3), f"/studio/{RECORDING}/uploads/"
    tus = {"Tus_Resumable": "1.0.0", "X_CSRFToken": browser.sign_in("admin@efir.test")}
    tus["Referer"] = front.url + "/studio/"
    begun = browser.ask("POST", place, b"", Upload_Length=str(len(video)), **tus)
    assert begun.status == 201, begun.body.decode()
    upload = begun.headers["Location"].removeprefix(front.url)
    tus |= {"Content_Type": "application/offset+octet-stream"}
    half = len(video) // 2
    assert browser.ask("PATCH", upload, video[:half], Upload_Offset="0", **tus).status == 204
    with pytest.raises(OSError), closing(browser._connection()) as connection:
        connection.putrequest("PATCH", upload)
        headers = tus | {"Upload_Offset": str(half), "Content_Length": str(len(video) - half)}
        cookies = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
        for name, value in (headers | {"Cookie": cookies}).items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(video[half : half + 1000])
        raise ConnectionAbortedError
    kept = int(browser.ask("HEAD", upload, **tus).headers["Upload-Offset"])
    assert half <= kept < len(video)
    rest = browser.ask("PATCH", upload, video[kept:], Upload_Offset=str(kept), **tus)
    assert (rest.status, rest.headers["Upload-Offset"]) == (204, str(len(video)))
    servers.wait_until(lambda: _settled(product) != "", 60)
    address = _settled(product)
    whole = browser.get(address)
    assert (whole.status, whole.headers["Content-Type"]) == (200, "video/mp4")
    part = browser.get(address, Range="bytes=100-199")
    assert (part.status, part.body) == (206, whole.body[100:200])
    assert part.headers["X-Accel-Redirect"] is None
    assert "private" in part.headers["Cache-Control"]
    assert part.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Browser(front).get(address).status == 404
    sha256 = address.split("/")[2]
    assert browser.get(f"/protected-media/{sha256[:2]}/{sha256}").status == 404


def _settled(product: Stack) -> str:
    """The address of the video, once the workers have looked into it."""
    with closing(sqlite3.connect(product.folder / "efir.db", timeout=20)) as file:
        rows = file.execute("SELECT sha256 FROM media_asset WHERE kind='video' AND state='ready'")
        return next((f"/media/{sha256}/video.mp4" for (sha256,) in rows), "")
