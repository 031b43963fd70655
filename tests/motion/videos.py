"""A name in, a drawn video and the truth about it out: light, weather and movers as fixed cameras see them.

Each is 640x480 luma at 15 frames a second, drawn from fixed seeds: the same name, the same video.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ss_camera.settings.model import MotionMask

WIDTH, HEIGHT, FPS = 640, 480, 15

Luma = NDArray[np.uint8]
Field = NDArray[np.float32]
Light = Callable[[float], "Field | float"]
"""Seconds in, the factor on the scene's luma out."""


@dataclass(frozen=True)
class Mover:
    """A figure of two shades that crosses the picture: `side` and `speed` in pixels (a second)."""

    start_s: float
    seconds: float
    width: int
    height: int
    speed: float
    left: float = 80.0
    top: float = 230.0
    shades: tuple[int, int] = (40, 205)

    def draw(self, picture: Field, at_s: float) -> None:
        """Paint the figure into `picture` if it is there at `at_s`."""
        if not self.start_s <= at_s < self.start_s + self.seconds:
            return
        left = round(self.left + self.speed * (at_s - self.start_s))
        top, middle = round(self.top), round(self.top) + self.height // 2
        right = max(0, left + self.width)
        left = max(0, left)
        picture[top:middle, left:right] = self.shades[0]
        picture[middle : top + self.height, left:right] = self.shades[1]


@dataclass(frozen=True)
class Video:
    """What happens, and when something really moves (`movers`)."""

    name: str
    seconds: float = 12.0
    light: Light = lambda _at_s: 1.0
    movers: tuple[Mover, ...] = ()
    noise: float = 2.0
    weather: Callable[[Field, float, np.random.Generator], None] | None = None
    mask: MotionMask | None = None

    @property
    def truth(self) -> list[tuple[float, float]]:
        """Start and end of each motion, in seconds."""
        return [(mover.start_s, mover.start_s + mover.seconds) for mover in self.movers]

    def frames(self) -> Iterator[Luma]:
        """The frames, each a new array (480, 640)."""
        random = np.random.default_rng(7)
        grain = random.normal(0, 1, (4, HEIGHT, WIDTH)).astype(np.float32)
        for number in range(round(self.seconds * FPS)):
            at_s = number / FPS
            picture = SCENE.copy()
            for mover in self.movers:
                mover.draw(picture, at_s)
            picture *= self.light(at_s)
            if self.weather is not None:
                self.weather(picture, at_s, random)
            # rolled by a random distance, four planes make noise that does not repeat
            rolled = np.roll(grain[number % 4].reshape(-1), int(random.integers(WIDTH * HEIGHT)))
            picture += self.noise * rolled.reshape(HEIGHT, WIDTH)
            yield np.clip(picture, 0, 255).astype(np.uint8)


def halved(frame: Luma) -> Luma:
    """The mean of 2x2 pixels: what an image processor gives as a second, smaller stream."""
    quads = frame.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).sum(axis=(1, 3), dtype=np.uint16)
    return np.asarray(quads >> 2, np.uint8)


def _scene() -> Field:
    """Ground, sky, walls with windows, and a fine texture over all."""
    random = np.random.default_rng(1)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    picture = 90 + 25 * np.sin(x / 97) * np.cos(y / 61) + y / 12
    picture[:150] = 215 - y[:150] / 8
    picture[110:260, 380:560] = 140
    for top in (130, 190):
        for left in (400, 450, 500):
            picture[top : top + 35, left : left + 30] = 55
    picture[300:330, :] += 30
    coarse = random.normal(0, 9, (HEIGHT // 8, WIDTH // 8)).astype(np.float32)
    fine = random.normal(0, 5, (HEIGHT // 2, WIDTH // 2)).astype(np.float32)
    picture[150:] += np.kron(coarse, np.ones((8, 8), np.float32))[150:]
    picture[150:] += np.kron(fine, np.ones((2, 2), np.float32))[150:]
    return np.asarray(np.clip(picture, 8, 250), np.float32)


SCENE = _scene()
_Y, _X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)


def _ramp(*points: tuple[float, float]) -> Light:
    moments, factors = zip(*points, strict=True)
    return lambda at_s: float(np.interp(at_s, moments, factors))


def _shadow_edge(at_s: float) -> Field:
    edge = (at_s - 4) * 200 - 150
    return np.asarray(1 - 0.4 / (1 + np.exp((_X - edge) / 45)), np.float32)


def _room_lamp(at_s: float) -> Field | float:
    glow = 0.15 + 0.9 * np.exp(-((_X - 200) ** 2 + _Y**2) / 300**2)
    return (1 + glow).astype(np.float32) * 0.6 if 5 <= at_s < 9 else 0.6


def _desk_lamp(at_s: float) -> Field | float:
    glow = 0.8 * np.exp(-((_X - 420) ** 2 + (_Y - 330) ** 2) / 90**2)
    return (1 + glow).astype(np.float32) * 0.6 if 5 <= at_s < 9 else 0.6


def _exposure_settles(at_s: float) -> float:
    return float(1 - 0.7 * np.exp(-at_s / 0.5) + 0.15 * np.exp(-(((at_s - 1.3) / 0.3) ** 2)))


def _mains(at_s: float) -> Field:
    # light at 100 Hz; a rolling shutter sees two bands a frame, which wander with the rest of 100 / 15
    return np.asarray(1 + 0.12 * np.sin(2 * np.pi * (2 * _Y / HEIGHT + 100.3 * at_s)), np.float32)


def _hunting(at_s: float) -> float:
    return float(1 + 0.1 * np.sin(2 * np.pi * 1.3 * at_s))


def _rain(picture: Field, _at_s: float, random: np.random.Generator) -> None:
    for _ in range(150):
        top, left = int(random.integers(-30, HEIGHT)), int(random.integers(WIDTH))
        picture[max(0, top) : top + 30, left : left + 2] += 60


def _foliage(picture: Field, at_s: float, random: np.random.Generator) -> None:
    del random
    sway = 9 * np.sin(2 * np.pi * 0.7 * at_s) + 4 * np.sin(2 * np.pi * 1.9 * at_s)
    leaves = _LEAVES[:, np.clip(np.arange(200) + round(sway) + 20, 0, 239)]
    picture[60:320, 0:200] = leaves


_LEAVES = np.kron(
    np.random.default_rng(3).normal(80, 35, (26, 24)).astype(np.float32), np.ones((10, 10), np.float32)
)
LEFT_THIRD = MotionMask(rectangles=((0.0, 0.1, 0.33, 0.6),))


def _torn_frames(picture: Field, at_s: float, random: np.random.Generator) -> None:
    del random
    if round(at_s * FPS) in (60, 100, 130):
        picture[240:360, 100:500] = 128


_WALKER = Mover(5.0, 4.0, 56, 140, 120.0, top=220.0)
LIGHT_ONLY = (
    Video("clouds, slow and fast", light=_ramp((2, 1.0), (5, 0.6), (6, 0.6), (7, 1.0), (9, 0.7), (11, 1.05))),
    Video("a cloud's edge", light=_shadow_edge),
    Video("a room's lamp on, off", light=_room_lamp),
    Video("a desk lamp on, off", light=_desk_lamp),
    Video("exposure jumps", light=lambda at_s: (1.0, 1.4, 1.0, 0.65)[int(at_s // 3) % 4]),
    Video("exposure settles at start", light=_exposure_settles),
    Video("auto-gain hunting", light=_hunting),
    Video("mains flicker, 50 Hz", light=_mains),
    Video("night noise", light=lambda _at_s: 0.15, noise=20.0),
)
WEATHER = (
    Video("rain", weather=_rain),
    Video("foliage, masked", weather=_foliage, mask=LEFT_THIRD),
    Video("torn single frames", weather=_torn_frames),
)
MOVERS = (
    Video("a walker", movers=(_WALKER,)),
    Video("a small far walker", movers=(Mover(5.0, 4.0, 24, 64, 30.0, left=250.0, top=310.0),)),
    Video("a slow one", movers=(Mover(4.0, 7.0, 80, 150, 12.0, left=200.0, top=250.0),)),
    Video("a fast one", movers=(Mover(6.0, 0.9, 90, 60, 700.0, left=0.0, top=350.0),)),
    Video("a pale one", movers=(Mover(5.0, 4.0, 56, 140, 90.0, top=320.0, shades=(75, 170)),)),
    Video(
        "a walker at night",
        light=lambda _at_s: 0.25,
        noise=14.0,
        movers=(Mover(5.0, 4.0, 56, 140, 90.0, shades=(215, 250)),),
    ),
    Video("a walker in rain", weather=_rain, movers=(_WALKER,)),
    Video("a walker under clouds", light=_ramp((2, 1.0), (6, 0.6), (9, 1.0)), movers=(_WALKER,)),
    Video("a walker puts on the lamp", light=_room_lamp, movers=(Mover(4.5, 4.0, 56, 140, 100.0),)),
    Video(
        "foliage masked, a walker",
        weather=_foliage,
        mask=LEFT_THIRD,
        movers=(Mover(5.0, 3.5, 56, 140, 100.0, left=240.0),),
    ),
)
VIDEOS = LIGHT_ONLY + WEATHER + MOVERS
