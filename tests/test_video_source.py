"""Addresses of videos: which are understood, in which form they are kept, which are refused."""

import pytest

from app.autowebinar.content import checked, checked_in_part
from app.autowebinar.errors import VersionInvalid
from app.video_source import VideoRefused, source_of
from tests.autowebinar.recording import CONTENT

YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
VK = "https://vkvideo.ru/video-22822305_456241864"
RUTUBE = "https://rutube.ru/video/9e4cd81a6b2566e9d949881dbb53905e/"


@pytest.mark.parametrize(
    ("text", "kind", "address"),
    [
        ("demo/webinar.mp4", "file", "demo/webinar.mp4"),
        ("/media/abc123", "file", "/media/abc123"),
        ("/media/abc123/index.m3u8", "hls", "/media/abc123/index.m3u8"),
        ("https://cdn.example/a.MP4?sign=1", "file", "https://cdn.example/a.MP4?sign=1"),
        (" https://cdn.example/a.webm ", "file", "https://cdn.example/a.webm"),
        ("https://cdn.example/x/master.m3u8", "hls", "https://cdn.example/x/master.m3u8"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10s", "youtube", YOUTUBE),
        ("https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ", "youtube", YOUTUBE),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc", "youtube", YOUTUBE),
        ("https://www.youtube.com/live/dQw4w9WgXcQ", "youtube", YOUTUBE),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0", "youtube", YOUTUBE),
        ("https://vkvideo.ru/video-22822305_456241864", "vk", VK),
        ("https://vk.com/video-22822305_456241864?list=x", "vk", VK),
        ("https://vk.com/videos-1?z=video-22822305_456241864%2Fpl", "vk", VK),
        ("https://vkvideo.ru/playlist/-2_3/video-22822305_456241864", "vk", VK),
        (
            "https://vk.com/video_ext.php?oid=-22822305&id=456241864&hash=1a2b&hd=2",
            "vk",
            f"{VK}?hash=1a2b",
        ),
        ("https://rutube.ru/video/9e4cd81a6b2566e9d949881dbb53905e/?r=wd", "rutube", RUTUBE),
        ("https://rutube.ru/play/embed/9e4cd81a6b2566e9d949881dbb53905e", "rutube", RUTUBE),
        (
            "https://rutube.ru/video/private/9e4cd81a6b2566e9d949881dbb53905e/?p=K-ey_1",
            "rutube",
            f"{RUTUBE}?p=K-ey_1",
        ),
        (
            '<iframe width="720" src="https://vkvideo.ru/video_ext.php?oid=-22822305'
            '&amp;id=456241864&amp;hash=1a2b" allow="autoplay"></iframe>',
            "vk",
            f"{VK}?hash=1a2b",
        ),
        (
            '<iframe src="//rutube.ru/play/embed/9e4cd81a6b2566e9d949881dbb53905e">',
            "rutube",
            RUTUBE,
        ),
    ],
)
def test_address_is_understood(text: str, kind: str, address: str) -> None:
    source = source_of(text)
    assert (source.kind, source.address) == (kind, address)
    assert source_of(source.address) == source


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://cdn.example/a.mp4", "insecure"),
        ("https://cdn.example/watch", "unknown"),
        ("https://vimeo.com/12345", "unknown"),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", "unknown"),
        ("https://www.youtube.com/@channel", "no_video"),
        ("https://www.youtube.com/watch?v=short", "no_video"),
        ("https://www.youtube.com/playlist?list=PL1", "no_video"),
        ("https://youtu.be/", "no_video"),
        ("https://vk.com/id1", "no_video"),
        ("https://vk.com/video_ext.php?oid=x&id=2", "no_video"),
        ("https://rutube.ru/channel/1/", "no_video"),
        ('https://rutube.ru/video/9e4cd81a6b2566e9d949881dbb53905e/?p=a"b', "no_video"),
        ("javascript:alert(1)", "unknown"),
        ("data:video/mp4;base64,AA", "unknown"),
        ("//evil.example/a", "unknown"),
        ("just words", "unknown"),
        ("https://[", "unknown"),
    ],
)
def test_other_address_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(VideoRefused) as refused:
        source_of(text)
    assert refused.value.reason == reason


def test_content_keeps_the_one_form_and_refuses_what_cannot_be_shown() -> None:
    assert checked(CONTENT | {"video": "https://youtu.be/dQw4w9WgXcQ"}).video == YOUTUBE
    assert checked_in_part({"video": "https://vk.com/video1_2"}) == {
        "video": "https://vkvideo.ru/video1_2"
    }
    for address in ("https://vimeo.com/1", "http://cdn.example/a.mp4"):
        with pytest.raises(VersionInvalid, match=r"^video: "):
            checked(CONTENT | {"video": address})
        with pytest.raises(VersionInvalid, match=r"^video: "):
            checked_in_part({"video": address})
