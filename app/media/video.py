"""What is in a video: whether browsers play it, how long it is, a picture for its poster."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from PIL import Image, ImageStat

from app.media import boxes, picture
from app.media.errors import MediaRefused

A_DAY = 86_400
TIME_BASE = 1_000_000
WEBM = frozenset({"vp8", "vp9", "av1"})
MP4 = frozenset({"h264", "av1", "vp9"})
SOUND = frozenset({"aac", "mp3", "opus", "vorbis", "flac"})
PIXELS = frozenset({"yuv420p", "yuvj420p", "yuva420p", "nv12"})
DEEP = frozenset({"yuv420p10le"})
DARK = 12.0
PLACES = (0.1, 0.3, 0.5, 0.0)


@dataclass(frozen=True, slots=True)
class Recording:
    """What was found. `duration` in whole seconds, one at least."""

    mime: str
    duration: int
    width: int
    height: int


def look_into(path: Path) -> Recording:
    """MediaRefused says what browsers would not play."""
    try:
        with av.open(str(path)) as container:
            return _recording(container)
    except (FFmpegError, IndexError, UnicodeDecodeError) as error:
        raise MediaRefused("media_not_video", type(error).__name__) from None


def _recording(container: InputContainer) -> Recording:
    if not container.streams.video:
        raise MediaRefused("media_no_picture")
    stream = container.streams.video[0]
    mime = _mime(container.format.name)
    _require_playable(mime, stream.codec_context.name, stream.codec_context.pix_fmt)
    for sound in container.streams.audio:
        if _codec(sound.codec_context.name) not in SOUND:
            raise MediaRefused("media_audio_codec", sound.codec_context.name)
    seconds = _seconds(container)
    if seconds > A_DAY:
        raise MediaRefused("media_too_long")
    return Recording(mime, max(1, int(seconds)), stream.width, stream.height)


def _mime(formats: str) -> str:
    names = formats.split(",")
    if "mp4" in names or "flv" in names:
        return "video/mp4"
    if "webm" in names:
        return "video/webm"
    raise MediaRefused("media_not_video", formats[:80])


def _codec(name: str) -> str:
    """A codec by its own name: the decoder's may add whose it is (`libdav1d`, `mp3float`)."""
    return {"libdav1d": "av1", "mp3float": "mp3", "libopus": "opus", "libvorbis": "vorbis"}.get(
        name, name.removeprefix("lib")
    )


def _require_playable(mime: str, decoder: str, pixels: str | None) -> None:
    codec = _codec(decoder)
    if codec not in (WEBM if mime == "video/webm" else MP4):
        raise MediaRefused("media_video_codec", codec)
    good = PIXELS if codec == "h264" else PIXELS | DEEP
    if pixels not in good:
        raise MediaRefused("media_video_codec", f"{codec} {pixels}")


def _seconds(container: InputContainer) -> float:
    """As the file says; else (a browser's own recording does not) counted through its packets."""
    if container.duration:
        return container.duration / TIME_BASE
    end = 0.0
    for packet in container.demux(video=0):
        if packet.pts is not None and packet.time_base is not None:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return end


def needs_remux(path: Path, recording: Recording) -> bool:
    return recording.mime == "video/mp4" and not boxes.plays_at_once(path)


def remux(source: Path, target: Path, beat: Callable[[], None]) -> None:
    """The same pictures and sound in an MP4 that plays at once: nothing is encoded again.

    `beat` is called again and again while it lasts.
    """
    try:
        with (
            av.open(str(source)) as given,
            av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as made,
        ):
            found = [*given.streams.video[:1], *given.streams.audio[:1]]
            taken = {each.index: made.add_stream_from_template(each) for each in found}
            for packet in given.demux(*found):
                if packet.dts is not None:
                    packet.stream = taken[packet.stream.index]
                    made.mux(packet)
                    beat()
    except FFmpegError as error:
        raise MediaRefused("media_broken", type(error).__name__) from error


def poster(path: Path, duration: int) -> bytes | None:
    """A picture from the recording that is not all dark, as an image is kept; None where no
    picture can be made of it."""
    darkest: Image.Image | None = None
    for place in PLACES:
        found = _frame(path, min(duration * place, 60.0))
        if found is not None and ImageStat.Stat(found.convert("L")).mean[0] > DARK:
            return picture.encoded(found)
        darkest = darkest or found
    return picture.encoded(darkest) if darkest is not None else None


def _frame(path: Path, second: float) -> Image.Image | None:
    try:
        with av.open(str(path)) as container:
            container.seek(int(second * TIME_BASE))
            frame = next(container.decode(video=0))
            image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
            return image.rotate(frame.rotation or 0, expand=True)
    except (FFmpegError, StopIteration):
        return None
