"""Where a picture comes from: an address as an author has it, read into its kind.

What each kind lets the room do is told by `app.web.video`; how it is spoken to, by the room's
script.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

Kind = Literal["file", "hls", "youtube", "vk", "rutube"]

FILES = (".mp4", ".m4v", ".webm")
PLAYLISTS = (".m3u8",)
PASTED = re.compile(r"<iframe\b[^>]*?\ssrc\s*=\s*[\"']([^\"']+)[\"']", re.I | re.S)
OF_THIS_SITE = re.compile(r"[\w][\w./-]*|/(?!/)[\w./%-]*", re.ASCII)
YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
YOUTUBE_PATH = re.compile(r"/(?:embed|live|shorts|v)/([\w-]{11})/?", re.ASCII)
VK_VIDEO = re.compile(r"(?:video|clip)(-?\d{1,12})_(\d{1,12})", re.ASCII)
VK_NUMBER = re.compile(r"-?\d{1,12}", re.ASCII)
RUTUBE_PATH = re.compile(
    r"/(?:video|video/private|shorts|play/embed)/([0-9a-f]{32}|\d{1,12})/?", re.ASCII
)
KEY = re.compile(r"[\w-]{1,64}", re.ASCII)


class VideoRefused(ValueError):
    """The address leads to no video that a room can show.

    `reason`: `unknown` (no file, playlist or host that is known), `insecure` (http://) or
    `no_video` (a known host, but no video of it).
    """

    name = "video_refused"

    def __init__(self, reason: str, address: str) -> None:
        super().__init__(f"{reason}: {address[:200]}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Source:
    """`address` is the one form under which it is kept, whichever the author had. An embed's
    video has an `ident` in its host's words, and a `key` where it opens by its link alone."""

    kind: Kind
    address: str
    ident: str = ""
    key: str = ""

    @property
    def is_embed(self) -> bool:
        return self.kind in ("youtube", "vk", "rutube")


def source_of(text: str) -> Source:
    """The source at an address, or in a code for insertion. VideoRefused says what is wrong."""
    pasted = PASTED.search(text)
    address = (pasted[1].replace("&amp;", "&") if pasted else text).strip()
    if OF_THIS_SITE.fullmatch(address):
        return _by_ending(address, address)
    parts = _split(f"https:{address}" if address.startswith("//") else address)
    read = HOSTS.get(_host(parts))
    if read is not None:
        return read(parts)
    if parts.scheme != "https" or not parts.hostname:
        raise VideoRefused("insecure" if parts.scheme == "http" else "unknown", address)
    return _by_ending(parts.geturl(), parts.path)


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        raise VideoRefused("unknown", address) from None


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    return re.sub(r"^(www|m|music)\.", "", host)


def _by_ending(address: str, path: str) -> Source:
    ending = path.lower()
    if ending.endswith(PLAYLISTS):
        return Source("hls", address)
    if ending.endswith(FILES) or address.startswith("/"):
        return Source("file", address)
    raise VideoRefused("unknown", address)


def _youtube(parts: SplitResult) -> Source:
    in_path = YOUTUBE_PATH.fullmatch(parts.path)
    ident = in_path[1] if in_path else _one(parts, "v")
    if parts.path.rstrip("/").count("/") == 1 and _host(parts) == "youtu.be":
        ident = parts.path.strip("/")
    if not YOUTUBE_ID.fullmatch(ident):
        raise VideoRefused("no_video", parts.geturl())
    return Source("youtube", f"https://www.youtube.com/watch?v={ident}", ident)


def _vk(parts: SplitResult) -> Source:
    """`ident` is `<owner>_<video>`."""
    owner, video = _one(parts, "oid"), _one(parts, "id")
    if not parts.path.startswith("/video_ext.php"):
        found = VK_VIDEO.search(_one(parts, "z")) or VK_VIDEO.search(parts.path)
        owner, video = (found[1], found[2]) if found else ("", "")
    if not VK_NUMBER.fullmatch(owner) or not VK_NUMBER.fullmatch(video):
        raise VideoRefused("no_video", parts.geturl())
    return _with_key("vk", f"https://vkvideo.ru/video{owner}_{video}", f"{owner}_{video}", parts)


def _rutube(parts: SplitResult) -> Source:
    found = RUTUBE_PATH.fullmatch(parts.path)
    if found is None:
        raise VideoRefused("no_video", parts.geturl())
    return _with_key("rutube", f"https://rutube.ru/video/{found[1]}/", found[1], parts)


def _with_key(
    kind: Literal["vk", "rutube"], address: str, ident: str, parts: SplitResult
) -> Source:
    name = {"vk": "hash", "rutube": "p"}[kind]
    key = _one(parts, name)
    if not key:
        return Source(kind, address, ident)
    if not KEY.fullmatch(key):
        raise VideoRefused("no_video", parts.geturl())
    return Source(kind, f"{address}?{urlencode({name: key})}", ident, key)


def _one(parts: SplitResult, name: str) -> str:
    return parse_qs(parts.query).get(name, [""])[0]


HOSTS: dict[str, Callable[[SplitResult], Source]] = {
    "youtube.com": _youtube,
    "youtube-nocookie.com": _youtube,
    "youtu.be": _youtube,
    "vk.com": _vk,
    "vk.ru": _vk,
    "vkvideo.ru": _vk,
    "rutube.ru": _rutube,
}
