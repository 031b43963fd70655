"""The settings as the program uses them: one frozen object, checked, typed, units in the names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ss_camera.media import Family

MAX_REQUEST_BYTES = 1024 * 1024
"""The largest message that our clients of Kafka send unless told otherwise. A broker takes 12 bytes more."""
PART_BYTES = 256 * 1024
"""The largest part of a clip, where nothing else is asked for."""


def largest_frame(part_bytes: int) -> int:
    """How large a frame may be that is encoded here: a part takes it, with its boxes and a margin, as rate
    control is no exact thing."""
    return part_bytes * 7 // 8 - 1024


@dataclass(frozen=True)
class Origin:
    """Where a value came from, as an error or `check` names it: `environment`, `.env:3`, `secret`."""

    name: str
    place: str


@dataclass(frozen=True)
class Property:
    """One `PICAMERA_*` or `PICAMERA2_*` setting that the user gave.

    `name` is the variable's whole name. `value` is typed by the table of camera properties.
    """

    name: str
    value: object
    origin: Origin


@dataclass(frozen=True)
class VideoSettings:
    """How video is encoded, where the camera gives no H.264 of its own.

    `bitrate` in bits per second, `profile` `baseline`, `main` or `high`, `level` as in `4` or `4.1`;
    `gop_s` is the time from keyframe to keyframe. Size and rate are the camera's. No frame is larger than
    `frame_bytes`, as far as the encoder can hold that: a part of a clip takes one.
    """

    bitrate: int = 5_000_000
    profile: str = "high"
    level: str = "4"
    gop_s: float = 1.0
    frame_bytes: int = largest_frame(PART_BYTES)


@dataclass(frozen=True)
class SyntheticSettings:
    """What moves in the drawn scene, and when.

    `motion` has (start, duration) of each motion in seconds since the camera was opened; nothing else moves.
    None is the demo: a ball that comes and goes. `size`: the height of what moves, as a share of the
    picture's. `place`: the middle of its way, (x, y) in shares of the picture, 0 to 1.
    """

    motion: tuple[tuple[float, float], ...] | None = None
    size: float = 0.3
    place: tuple[float, float] = (0.5, 0.6)


@dataclass(frozen=True)
class CameraSettings:
    """Which camera, and what is asked of it. `None` leaves the choice to the source."""

    camera_id: str
    kind: str = "auto"
    url: str | None = field(default=None, repr=False)  # a password may stand in it
    num: int = 0
    width: int | None = None
    height: int | None = None
    framerate: float | None = None
    framerate_origin: Origin | None = None
    quality: int = 85
    loop: bool = False
    video: VideoSettings | None = None
    synthetic: SyntheticSettings = SyntheticSettings()
    properties: Mapping[str, Property] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Schedule:
    """`SCHEDULE`, parsed: every `count` `unit`s (`second` .. `week`, or a weekday), `at` as written.

    `at` is `:SS`, `MM:SS`, `HH:MM` or `HH:MM:SS` in the form the unit takes, or None for a plain interval.
    """

    text: str
    count: int
    unit: str
    at: str | None = None


@dataclass(frozen=True)
class Route:
    """Where one family of messages goes: SINETStream's parameters, common keys and `type_spec` apart.

    `reader_spec` are options of the type that only a reader knows; a writer refuses them.
    """

    type: str
    topic: str
    consistency: str
    common: Mapping[str, object] = field(repr=False)
    type_spec: Mapping[str, object] = field(repr=False)
    reader_spec: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), repr=False)


@dataclass(frozen=True)
class ConfigServer:
    """SINETStream's config server: which configuration, which service of it, and how to get in.

    `auth` is the content of `auth.json` and `private_key` is PEM; None where SINETStream's own files
    in `~/.config/sinetstream` serve.
    """

    name: str
    service: str | None = None
    auth: Mapping[str, object] | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PublishSettings:
    """How messages leave: which Kafka client, and how much may wait in memory.

    With a `config_server` the route is only a stand-in: what the server says goes before it.
    """

    routes: Mapping[Family, Route]
    kafka_client: str = "auto"
    queue_bytes: int = 32 * 1024 * 1024
    config_server: ConfigServer | None = None


@dataclass(frozen=True)
class MotionMask:
    """What is not watched for motion: rectangles, or the black of a picture, or both.

    `rectangles` are (left, top, width, height) in shares of the picture, 0 to 1. `picture` has one byte a
    pixel, row by row, 0 where it is ignored; it is stretched over the video whatever its size.
    """

    rectangles: tuple[tuple[float, float, float, float], ...] = ()
    picture: bytes = b""
    picture_width: int = 0
    picture_height: int = 0


@dataclass(frozen=True)
class MotionSettings:
    """When something moves. The unit is the macroblock: 16x16 pixels of the video, whatever the samples are.

    `sensitivity`: motion is more than so many macroblocks. `vector`: one moves when its vector is longer,
    in the encoder's unit (0..255). `threshold`: one moves when a quarter of it differs from the background
    by more levels of luma (1..255). `frames`: so many samples in a row. `global_share`: more than this share
    of the picture at once is the light (0..1; 1 never). `adapt_s`: how fast a lasting difference becomes
    background, as a time constant. `settle_s`, `relearn_s`: nothing is judged for so long after the start,
    and after such a change of light.
    """

    sensitivity: int = 10
    vector: int = 60
    threshold: int = 18
    frames: int = 2
    global_share: float = 0.5
    adapt_s: float = 3.0
    settle_s: float = 1.0
    relearn_s: float = 0.5
    mask: MotionMask | None = None


@dataclass(frozen=True)
class RecordingWindow:
    """Minutes of the local day, 0 to 1440, from `start_min`; over midnight where `end_min` is less."""

    start_min: int
    end_min: int

    def contains(self, now_min: int) -> bool:
        """Whether it holds that minute since local midnight. The end does not belong to it."""
        if self.start_min < self.end_min:
            return self.start_min <= now_min < self.end_min
        return now_min >= self.start_min or now_min < self.end_min


@dataclass(frozen=True)
class ClipSettings:
    """What becomes a clip, and in which parts it leaves. Motion outside the `window` begins none.

    `preroll_s`, `postroll_s`: seconds before the trigger, and of quiet that end the clip. `max_s`: then the
    next clip of the same event goes on. `memory_bytes` bounds the ring of the pre-roll; `part_bytes` each
    message of a clip. `burst_bytes`, where given, bounds the ring as well: it leaves at once, and the queue
    must take it. `whole`: one message a clip, which is cut where it reaches `memory_bytes`. `manual_s`:
    how long a clip is that a command asks for.
    """

    preroll_s: float = 5.0
    postroll_s: float = 5.0
    max_s: float = 120.0
    memory_bytes: int = 64 * 1024 * 1024
    part_bytes: int = PART_BYTES
    whole: bool = False
    window: RecordingWindow | None = None
    manual_s: float = 10.0
    burst_bytes: int | None = None


@dataclass(frozen=True)
class LogSettings:
    """`LOG_LEVEL`, and `LOG_FORMAT` in `{`-style as the sample's users write it."""

    level: str = "INFO"
    format: str = "{asctime} {levelname:<7} {message}"


@dataclass(frozen=True)
class Settings:
    """All of it. `warnings` are sentences to log at start; `effective` is what `check` prints.

    `libraries` are the names in `.env` that are not ours (`HTTPS_PROXY`): see `settings.export`.
    `motion` and `clips` are None where `MOTION` is off; then there are no routes for clips and events.
    `stills`: whether there are any.
    """

    camera: CameraSettings
    schedule: Schedule | None
    publish: PublishSettings
    log: LogSettings = LogSettings()
    warnings: tuple[str, ...] = ()
    effective: tuple[tuple[Origin, str], ...] = ()
    libraries: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    motion: MotionSettings | None = None
    clips: ClipSettings | None = None
    stills: bool = True
