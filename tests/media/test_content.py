"""What a file is, is read from the file: its name and its sender's word count for nothing."""

import io
from pathlib import Path

import av
import pytest
from flask import Flask
from PIL import Image

from app import media
from app.media import Asset, MediaRefused, boxes
from tests.fixtures.recordings import image, recording

VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\n"
SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\nПривет\r\n".encode()


def take(data: bytes, kind: str = "video", name: str = "webinar.mp4") -> Asset:
    return media.take(data, kind=kind, name=name, owner_id=1, webinar_id="wb_1")


def kept(asset: Asset) -> Path:
    assert asset.sha256
    return media.folder.path_of(asset.sha256)


def refusal(data: bytes, kind: str = "video") -> str:
    """Why it was refused; nothing of it is left."""
    with pytest.raises(MediaRefused) as refused:
        take(data, kind)
    assert media.assets.of_webinar("wb_1") == []
    assert left() == []
    return refused.value.name


def left() -> list[str]:
    return [path.name for path in media.folder.root().rglob("*") if path.is_file()]


def test_length_size_and_picture_of_a_video_are_found(app: Flask) -> None:
    asset = take(recording(3))
    assert (asset.mime, asset.duration_sec, asset.width, asset.height) == ("video/mp4", 3, 320, 180)
    assert asset.address == f"/media/{asset.sha256}/video.mp4"
    poster = media.assets.by_address("wb_1", asset.poster)
    assert poster is not None
    with Image.open(kept(poster)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (320, 180))


def test_file_lies_under_its_digest_and_nothing_else_is_left(app: Flask) -> None:
    data = recording(1)
    asset = take(data)
    assert kept(asset).read_bytes() == data
    poster = media.assets.by_address("wb_1", asset.poster)
    assert poster is not None
    assert sorted(left()) == sorted([str(asset.sha256), str(poster.sha256)])


def test_picture_is_not_taken_from_the_dark(app: Flask) -> None:
    poster = media.assets.by_address("wb_1", take(recording(4, dark_until=1)).poster)
    assert poster is not None
    with Image.open(kept(poster)) as picture:
        assert picture.convert("L").getextrema()[0] > 20


def test_index_at_the_end_is_brought_to_the_front(app: Flask) -> None:
    data = recording(2, faststart=False)
    assert data.index(b"mdat") < data.index(b"moov")
    asset = take(data)
    made = kept(asset).read_bytes()
    assert made.index(b"moov") < made.index(b"mdat")
    assert packets(made) == packets(data)
    assert boxes.plays_at_once(kept(asset))


def packets(data: bytes) -> dict[str, list[bytes]]:
    """What is shown and heard, without what stands around it."""
    with av.open(io.BytesIO(data)) as container:
        found: dict[str, list[bytes]] = {}
        for packet in container.demux():
            if packet.size:
                found.setdefault(packet.stream.type, []).append(bytes(packet))
        return found


def test_good_file_is_kept_byte_for_byte(app: Flask) -> None:
    data = recording(1)
    assert kept(take(data)).read_bytes() == data


def test_quicktime_becomes_an_mp4(app: Flask) -> None:
    asset = take(recording(1, form="mov"), name="phone.mov")
    assert asset.mime == "video/mp4"
    assert kept(asset).read_bytes()[8:12] != b"qt  "


def test_webm_is_a_video_too(app: Flask) -> None:
    asset = take(recording(2, form="webm", codec="libvpx", sound="libopus"))
    assert (asset.mime, asset.duration_sec) == ("video/webm", 2)
    assert asset.address.endswith("/video.webm")


def test_name_makes_no_video(app: Flask) -> None:
    assert refusal(b"<html><script>alert(1)</script></html>" * 20) == "media_not_video"
    assert refusal(image("PNG")) == "media_not_video"


def test_codec_that_browsers_do_not_play_is_refused(app: Flask) -> None:
    assert refusal(recording(1, codec="mpeg4")) == "media_video_codec"
    assert refusal(recording(1, pixels="yuv444p")) == "media_video_codec"


def test_sound_without_a_picture_is_no_video(app: Flask) -> None:
    assert refusal(recording(1, codec=None)) == "media_no_picture"


def test_video_cut_short_is_refused(app: Flask) -> None:
    assert refusal(recording(2, faststart=False)[:4000]) == "media_not_video"


def test_image_is_written_anew(app: Flask) -> None:
    hidden = b"<script>alert(1)</script>"
    asset = take(image("JPEG") + hidden, "image", "photo.png")
    assert (asset.mime, asset.width, asset.height) == ("image/jpeg", 64, 36)
    assert hidden not in kept(asset).read_bytes()


def test_image_stands_upright_and_is_not_too_large(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    asset = take(image("JPEG", (4000, 2000), exif=exif), "image")
    assert (asset.width, asset.height) == (960, 1920)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_transparent_image_stands_on_white(app: Flask, form: str) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, form)
    with Image.open(kept(take(out.getvalue(), "image"))) as picture:
        assert picture.getpixel((5, 5)) == (255, 255, 255)


def test_image_that_is_none_is_refused(app: Flask) -> None:
    assert refusal(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image") == "media_not_image"
    assert refusal(image("PNG")[:60], "image") == "media_not_image"
    assert refusal(image("GIF"), "image") == "media_not_image"


def test_image_meant_to_fill_the_memory_is_refused(app: Flask) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    assert refusal(out.getvalue(), "image") == "media_too_many_pixels"


def test_captions_are_kept(app: Flask) -> None:
    asset = take(VTT, "captions", "subs.vtt")
    assert asset.mime == "text/vtt"
    assert "Привет" in kept(asset).read_text("utf-8")


def test_subrip_becomes_webvtt(app: Flask) -> None:
    text = kept(take(SRT, "captions", "subs.srt")).read_text("utf-8")
    assert text.startswith("WEBVTT")
    assert "00:00:01.000 --> 00:00:02.500" in text


@pytest.mark.parametrize(
    "data",
    [
        b"WEBVTT\n",
        b"WEBVTT\n\n00:00:05.000 --> 00:00:01.000\nno\n",
        b"WEBVTT\n\n00:0x:01.000 --> 00:00:02.000\nno\n",
        VTT + b"\xff\xfe",
        b"just words",
    ],
)
def test_captions_that_cannot_be_read_are_refused(app: Flask, data: bytes) -> None:
    assert refusal(data, "captions") in ("media_not_captions", "media_captions_line")


def test_same_file_again_is_the_one_that_is_there(app: Flask) -> None:
    first = take(image(), "image")
    assert take(image(), "image") == first
    assert len(media.assets.of_webinar("wb_1")) == 1


def test_same_file_of_two_webinars_lies_once(app: Flask) -> None:
    take(image(), "image")
    media.take(image(), kind="image", name="b", owner_id=2, webinar_id="wb_2")
    assert len(left()) == 1
    assert [len(media.assets.of_webinar(each)) for each in ("wb_1", "wb_2")] == [1, 1]
