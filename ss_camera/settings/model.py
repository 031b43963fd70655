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
    url: str | None = field(default=None, repr=False)  # a password may stand in it
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
class LogSettings:
    """`LOG_LEVEL`, and `LOG_FORMAT` in `{`-style as the sample's users write it (None: ours)."""

    level: str = "INFO"
    format: str | None = None


@dataclass(frozen=True)
class Settings:
    """All of it. `warnings` are sentences to log at start; `effective` is what `check` prints.

    `libraries` are the names in `.env` that are not ours (`HTTPS_PROXY`): see `settings.export`.
    """

    camera: CameraSettings
    schedule: Schedule | None
    publish: PublishSettings
    log: LogSettings = LogSettings()
    warnings: tuple[str, ...] = ()
    effective: tuple[tuple[Origin, str], ...] = ()
    libraries: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
