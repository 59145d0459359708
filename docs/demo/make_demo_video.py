"""Makes the demo webinar's film, poster and captions from its script and its slides.

    apt-get install ffmpeg chromium festival festvox-ru praat fonts-manrope fonts-jetbrains-mono
    python docs/demo/make_demo_video.py

Writes app/static/demo/ and sets `duration_sec` in app/demo/autowebinar.json.
"""

import json
import subprocess
import tempfile
import tomllib
import wave
from dataclasses import dataclass
from pathlib import Path

import voice

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STATIC = ROOT / "app/static/demo"
AUTOWEBINAR = ROOT / "app/demo/autowebinar.json"

WIDTH, HEIGHT, FPS = 1280, 720, 25
WAVE_FPS = 10
KEYFRAME_SECONDS = 2
SPEAKER = "Андрей Соколов"
ACCENT, MUTED, NIGHT = "0x1FA08F", "0x84929A", "0x10222D"

BEFORE_FIRST = 1.0
BETWEEN_SENTENCES = 0.5
BETWEEN_SLIDES = 1.0
AFTER_LAST = 5.0
SLIDE_LEADS = 0.5  # a new slide is there so long before its first words
FADE = 0.4

CAPTION_LINE = 44
CAPTION_LINGERS = 0.4

LOUDNESS = "loudnorm=I=-18:TP=-2:LRA=7"
VOICE_TONE = (
    "highpass=f=70,equalizer=f=220:t=q:w=1:g=1.5,equalizer=f=3200:t=q:w=1:g=2,"
    "acompressor=threshold=-24dB:ratio=2.5:attack=8:release=160"
)


@dataclass(frozen=True)
class Line:
    """A sentence of the script: what is shown, what is said, and on which build of a slide."""

    slide: str
    step: int
    text: str
    say: str
    opens_slide: bool


@dataclass(frozen=True)
class Timed:
    """A line with the seconds at which its speech starts and ends."""

    line: Line
    start: float
    end: float


@dataclass(frozen=True)
class Picture:
    """A still that is on screen from `start` until the next one."""

    slide: str
    step: int
    start: float


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, text=True
    )


def ffmpeg(*arguments: str | Path) -> str:
    """Runs ffmpeg and returns what it reported."""
    return run("ffmpeg", "-hide_banner", "-y", *arguments).stderr


def read_script(path: Path) -> list[Line]:
    """The script's sentences in order."""
    lines = []
    for slide in tomllib.loads(path.read_text())["slide"]:
        step = 1
        for number, sentence in enumerate(slide["sentence"]):
            step = sentence.get("step", step)
            text = sentence["text"]
            lines.append(Line(slide["id"], step, text, sentence.get("say", text), number == 0))
    return lines


def lay_out(lines: list[Line], seconds: list[float]) -> list[Timed]:
    """Each line at its second: speech of the given lengths with the usual silences between."""
    timed: list[Timed] = []
    now = BEFORE_FIRST
    for line, length in zip(lines, seconds, strict=True):
        if timed:
            now += BETWEEN_SLIDES if line.opens_slide else BETWEEN_SENTENCES
        timed.append(Timed(line, now, now + length))
        now += length
    return timed


def pictures(timed: list[Timed]) -> list[Picture]:
    """The stills in order of time; the first is there from second 0."""
    shown = [Picture(timed[0].line.slide, timed[0].line.step, 0.0)]
    for item in timed[1:]:
        if (item.line.slide, item.line.step) != (shown[-1].slide, shown[-1].step):
            lead = SLIDE_LEADS if item.line.opens_slide else FADE / 2
            shown.append(Picture(item.line.slide, item.line.step, item.start - lead))
    return shown


def write_speech(path: Path, spoken: list[voice.Spoken], timed: list[Timed], total: float) -> None:
    """One WAV of `total` seconds with every sentence at its second."""
    rate = spoken[0].rate
    track = bytearray(int(total * rate) * 2)
    for sentence, item in zip(spoken, timed, strict=True):
        place = int(item.start * rate) * 2
        track[place : place + len(sentence.samples)] = sentence.samples
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(bytes(track))


def master(raw: Path, out: Path) -> None:
    """Gives the voice its tone and brings it to -18 LUFS: measured first, then set by one gain."""
    report = ffmpeg(
        "-i", raw, "-af", f"{VOICE_TONE},{LOUDNESS}:print_format=json", "-f", "null", "-"
    )
    found = json.loads(report[report.rindex("{") : report.rindex("}") + 1])
    measured = (
        f"measured_I={found['input_i']}:measured_TP={found['input_tp']}"
        f":measured_LRA={found['input_lra']}:measured_thresh={found['input_thresh']}"
        f":offset={found['target_offset']}:linear=true"
    )
    ffmpeg("-i", raw, "-af", f"{VOICE_TONE},{LOUDNESS}:{measured}", "-ar", "48000", out)


def draw(picture: Picture, folder: Path) -> Path:
    """One slide's build as a PNG of the film's size.

    The window is taller than the slide, since Chromium keeps a part of its height for itself.
    """
    out = folder / f"{picture.slide}-{picture.step}.png"
    page = folder / f"step-{picture.step}.html"
    markup = (HERE / "slides.html").read_text()
    page.write_text(markup.replace("<body>", f'<body class="step-{picture.step}">'))
    (folder / "slides.css").write_text((HERE / "slides.css").read_text())
    tall = out.with_suffix(".tall.png")
    run(
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--hide-scrollbars", "--force-device-scale-factor=1",
        f"--user-data-dir={folder / 'browser'}", f"--window-size={WIDTH},{HEIGHT + 180}",
        f"--screenshot={tall}", f"{page.as_uri()}#{picture.slide}",
    )  # fmt: skip
    ffmpeg("-i", tall, "-vf", f"crop={WIDTH}:{HEIGHT}:0:0", out)
    return out


def dissolves(shown: list[Picture]) -> str:
    """The filter graph that fades from each still (inputs 0, 1, …) to the next, as [slides]."""
    steps, before = (
        [f"[{number}:v]settb=1/{FPS},format=gbrp[p{number}]" for number in range(len(shown))],
        "p0",
    )
    for number, picture in enumerate(shown[1:], start=1):
        steps.append(
            f"[{before}][p{number}]xfade=transition=fade:duration={FADE}"
            f":offset={picture.start:.2f}[s{number}]"
        )
        before = f"s{number}"
    return ";\n".join([*steps, f"[{before}]null[slides]"])


def furniture(audio: int, total: float) -> str:
    """What lies over every slide: the voice's wave, the name, the running time, the progress.

    All is drawn in RGB; the one conversion at the end then keeps the slides' colours.
    """
    clock = r"%{eif\:floor(t/60)\:d\:2}\:%{eif\:mod(floor(t)\,60)\:d\:2}"
    return f"""
[{audio}:a]showwaves=s=88x44:mode=cline:rate={WAVE_FPS}:colors={ACCENT}:scale=sqrt[wave];
color=c={ACCENT}:s={WIDTH}x6:r={FPS}:d={total:.2f},format=gbrp[bar];
[slides][wave]overlay=x=88:y=36:format=gbrp:eof_action=pass[waved];
[waved][bar]overlay=x='-W+W*t/{total:.2f}':y={HEIGHT - 6}:format=gbrp:eof_action=pass[barred];
[barred]drawtext=fontfile='{font_file("Manrope:style=SemiBold")}':text='{SPEAKER}':fontsize=26
:fontcolor={MUTED}:x=192:y=45,
drawtext=fontfile='{font_file("JetBrains Mono:style=Medium")}':text='{clock}':fontsize=30
:fontcolor=white:box=1:boxcolor={NIGHT}:boxborderw=12:x=w-tw-100:y=44,
scale=out_color_matrix=bt709:out_range=tv,format=yuv420p[film]"""


def font_file(pattern: str) -> str:
    return run("fc-match", "-f", "%{file}", pattern).stdout


def encode(shown: list[Picture], stills: list[Path], audio: Path, total: float, out: Path) -> None:
    """The film: H.264 and AAC in an MP4 that starts playing before it is whole."""
    ends = [picture.start for picture in shown[1:]] + [total]
    inputs: list[str | Path] = []
    for picture, still, end in zip(shown, stills, ends, strict=True):
        length = end - picture.start + FADE
        inputs += ["-loop", "1", "-framerate", str(FPS), "-t", f"{length:.2f}", "-i", still]
    graph = audio.with_suffix(".filters")
    graph.write_text(f"{dissolves(shown)};{furniture(len(shown), total)}")
    ffmpeg(
        *inputs, "-i", audio, "-filter_complex_script", graph,
        "-map", "[film]", "-map", f"{len(shown)}:a", "-t", f"{total:.2f}", "-map_metadata", "-1",
        "-c:v", "libx264", "-preset", "slow", "-crf", "25", "-tune", "animation",
        "-profile:v", "high", "-level", "3.1", "-g", str(FPS * KEYFRAME_SECONDS),
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
        "-c:a", "aac", "-b:a", "72k", "-ac", "1",
        "-movflags", "+faststart", out,
    )  # fmt: skip


def stamp(second: float) -> str:
    minutes, milliseconds = divmod(round(second * 1000), 60_000)
    return f"00:{minutes:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"


def in_two_lines(text: str) -> str:
    """The text broken at its best place; refuses what two lines cannot hold."""
    if len(text) <= CAPTION_LINE:
        return text
    places = [place for place, letter in enumerate(text) if letter == " "]
    fits = [place for place in places if max(place, len(text) - place - 1) <= CAPTION_LINE]
    if not fits:
        raise SystemExit(f"script.toml: too long for a caption: {text}")
    best = min(fits, key=lambda place: badness(text, place))
    return f"{text[:best]}\n{text[best + 1 :]}"


def badness(text: str, place: int) -> int:
    """How ill a break at `place` reads: halves alike are good, a pause is better."""
    word = text[:place].rsplit(" ", 1)[-1]
    pause = -20 if word[-1] in ".,:" else 0
    hanging = 24 if len(word) <= 3 and word.isalpha() else 0
    return abs(len(text) - 2 * place) + pause + hanging


def captions(timed: list[Timed], total: float) -> str:
    """The speech as WebVTT, a cue a sentence."""
    nexts = [item.start for item in timed[1:]] + [total]
    cues = [
        f"{stamp(item.start)} --> {stamp(min(item.end + CAPTION_LINGERS, following))}\n"
        f"{in_two_lines(item.line.text)}\n"
        for item, following in zip(timed, nexts, strict=True)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def record_duration(film: Path) -> int:
    """Puts the film's whole seconds into the webinar's data and returns them."""
    asked = ("-show_entries", "format=duration", "-of", "csv=p=0")
    seconds = int(float(run("ffprobe", "-v", "error", *asked, film).stdout))
    data = json.loads(AUTOWEBINAR.read_text())
    data["duration_sec"] = seconds
    AUTOWEBINAR.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    return seconds


def make(folder: Path) -> None:
    lines = read_script(HERE / "script.toml")
    spoken = voice.speak([line.say for line in lines], folder)
    timed = lay_out(lines, [sentence.seconds for sentence in spoken])
    total = round(timed[-1].end + AFTER_LAST)
    raw, audio = folder / "raw.wav", folder / "speech.wav"
    write_speech(raw, spoken, timed, total)
    master(raw, audio)
    shown = pictures(timed)
    stills = [draw(picture, folder) for picture in shown]
    STATIC.mkdir(parents=True, exist_ok=True)
    film = STATIC / "webinar.mp4"
    encode(shown, stills, audio, total, film)
    ffmpeg("-i", stills[0], "-c:v", "libwebp", "-quality", "88", STATIC / "poster.webp")
    (STATIC / "captions.ru.vtt").write_text(captions(timed, total))
    print(f"{film.relative_to(ROOT)}: {record_duration(film)} s, {film.stat().st_size} bytes")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        make(Path(temporary))
