"""Speaks sentences with Festival's Russian voice, and knows when each sound of them is heard."""

import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import melody

PACE = 1.06
MELODY_SCRIPT = Path(__file__).with_name("set_melody.praat")

FESTIVAL_HEAD = """\
(voice_msu_ru_nsh_clunits)
(define (sounds utterance)
  (mapcar
    (lambda (s) (format t "%s %f %f\\n" (item.name s) (item.feat s "segment_start")
                                        (item.feat s "end")))
    (utt.relation.items utterance "Segment")))
"""
FESTIVAL_SENTENCE = """\
(set! u (Utterance Text "{text}"))
(utt.synth u)
(utt.save.wave u "{path}")
(format t "=\\n")
(sounds u)
"""


@dataclass(frozen=True)
class Spoken:
    """One sentence as sound: 16-bit mono samples without the silence around them."""

    samples: bytes
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / 2 / self.rate


def speak(sentences: list[str], folder: Path) -> list[Spoken]:
    """Each sentence spoken, with its melody set; working files go to `folder`."""
    paths = [folder / f"sentence-{number:02d}.wav" for number in range(len(sentences))]
    timings = synthesise(sentences, paths)
    spoken = []
    for sentence, path, sounds in zip(sentences, paths, timings, strict=True):
        spoken.append(with_melody(path, sounds, question=sentence.endswith("?")))
    return spoken


def synthesise(sentences: list[str], paths: list[Path]) -> list[list[melody.Sound]]:
    """Writes one WAV a sentence and returns its sounds; one Festival speaks them all."""
    asked = [
        FESTIVAL_SENTENCE.format(text=sentence, path=path)
        for sentence, path in zip(sentences, paths, strict=True)
    ]
    script = paths[0].with_name("sentences.scm")
    script.write_text(FESTIVAL_HEAD + "".join(asked))
    command = ["festival", "--batch", str(script)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [read_sounds(part) for part in said.split("=\n")[1:]]


def read_sounds(table: str) -> list[melody.Sound]:
    rows = (line.split() for line in table.splitlines() if line)
    return [melody.Sound(name, float(start), float(end)) for name, start, end in rows]


def with_melody(path: Path, sounds: list[melody.Sound], question: bool) -> Spoken:
    """The sentence at `path` with a drawn melody, slowed a little and trimmed to its speech."""
    tier, sung = path.with_suffix(".PitchTier"), path.with_name(f"melody-{path.name}")
    melody.write_pitch_tier(tier, melody.contour(sounds, question), sounds[-1].end)
    command = ["praat", "--run", str(MELODY_SCRIPT), str(path), str(tier), str(PACE), str(sung)]
    subprocess.run(command, check=True)
    audible = [sound for sound in sounds if sound.name != melody.SILENCE]
    return cut(sung, audible[0].start * PACE, audible[-1].end * PACE)


def cut(path: Path, start: float, end: float) -> Spoken:
    with wave.open(str(path)) as sound:
        rate = sound.getframerate()
        sound.setpos(int(start * rate))
        return Spoken(sound.readframes(int((end - start) * rate)), rate)
