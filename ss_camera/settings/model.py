"""The settings as the program uses them: one frozen object, checked, typed, units in the names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ss_camera.media import Family


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
class CameraSettings:
    """Which camera, and what is asked of it. `None` leaves the choice to the source."""

    camera_id: str
    kind: str = "auto"
    url: str | None = None
    num: int = 0
    width: int | None = None
    height: int | None = None
    framerate: float | None = None
    quality: int = 85
    loop: bool = False
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
    """Where one family of messages goes: SINETStream's parameters, common keys and `type_spec` apart."""

    type: str
    topic: str
    consistency: str
    common: Mapping[str, object]
    type_spec: Mapping[str, object]


@dataclass(frozen=True)
class PublishSettings:
    """How messages leave: which Kafka client, and how much may wait in memory."""

    routes: Mapping[Family, Route]
    kafka_client: str = "auto"
    queue_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True)
class LogSettings:
    """`LOG_LEVEL`, and `LOG_FORMAT` in `{`-style as the sample's users write it (None: ours)."""

    level: str = "INFO"
    format: str | None = None


@dataclass(frozen=True)
class Settings:
    """All of it. `warnings` are sentences to log at start; `effective` is what `check` prints."""

    camera: CameraSettings
    schedule: Schedule | None
    publish: PublishSettings
    log: LogSettings = LogSettings()
    warnings: tuple[str, ...] = ()
    effective: tuple[tuple[Origin, str], ...] = ()
