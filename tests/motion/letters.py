"""A script in letters in, the detector's judgements in letters out: ten samples a second of a drawn scene.

Scene: `.` nothing, `M` a body that walks on with each `M`, `S` the body where it stands, `L` more light,
`l` a little more, `F` another scene altogether, `T` a torn band.
Judgement: `s` settling, `.` still, `c` blocks that do not count as motion, `m` motion, `v` veto.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ss_camera.media import MotionSample
from ss_camera.motion import Detector, Motion
from ss_camera.settings.model import MotionSettings

HEIGHT, WIDTH = 240, 320
SAMPLE_US = 100_000
SETTLES = "s" * 10
"""What the first second shows."""

_random = np.random.default_rng(11)
SCENE = np.clip(np.kron(_random.normal(100, 20, (HEIGHT // 4, WIDTH // 4)), np.ones((4, 4))), 20, 170).astype(
    np.uint8
)
_ELSEWHERE = (255 - np.flipud(SCENE)).astype(np.uint8)


def luma(letter: str, steps: int) -> NDArray[np.uint8]:
    """The scene of one letter after `steps` steps of the body."""
    picture = SCENE.copy()
    if letter in "MS":
        picture[96:160, 16 + 8 * steps : 40 + 8 * steps] = 230
    elif letter in "Ll":
        picture = (picture * (1.45 if letter == "L" else 1.04)).astype(np.uint8)
    elif letter == "F":
        picture = _ELSEWHERE.copy()
    elif letter == "T":
        picture[80:112] = 0
    return picture


def samples(script: str) -> list[MotionSample]:
    """One sample a letter."""
    steps, made = 0, []
    for number, letter in enumerate(script):
        steps += letter == "M"
        made.append(MotionSample(number * SAMPLE_US, number * SAMPLE_US, luma=luma(letter, steps)))
    return made


def judge(script: str, settings: MotionSettings | None = None) -> str:
    """The judgement of each sample of `script` after a second of the empty scene, which is not shown."""
    detector = Detector(settings or MotionSettings(), 640, 480)
    letters = "".join(letter(detector.feed(sample)) for sample in samples("." * 10 + script))
    assert letters.startswith(SETTLES)
    return letters[10:]


def letter(motion: Motion) -> str:
    """One judgement as a letter."""
    if motion.settling:
        return "s"
    if motion.veto:
        return "v"
    return "m" if motion.moving else "c" if motion.blocks else "."
