"""Every setting of the program, in the order of the reference page."""

from __future__ import annotations

from ss_camera.settings import (
    camera_settings,
    capture_options,
    clip_settings,
    kafka_options,
    libcamera_controls,
    log_format,
    motion_settings,
    mqtt_options,
    names,
    picamera_properties,
    s3_options,
    sinetstream_options,
)
from ss_camera.settings.config_server import SETTINGS as _CONFIG_SERVER
from ss_camera.settings.declare import Setting
from ss_camera.settings.parsers import TEXT

EXTERNAL_TOOLS = "External tools (not available)"

TABLE: tuple[Setting, ...] = (
    *camera_settings.SETTINGS,
    log_format.SETTING,
    *motion_settings.SETTINGS,
    *clip_settings.SETTINGS,
    *sinetstream_options.SETTINGS,
    *kafka_options.SETTINGS,
    *mqtt_options.SETTINGS,
    *s3_options.SETTINGS,
    *_CONFIG_SERVER,
    *picamera_properties.SETTINGS,
    *libcamera_controls.SETTINGS,
    *capture_options.SETTINGS,
    Setting(
        "EXT_SS_*", TEXT, "The sample's broker for results of external tools.", EXTERNAL_TOOLS, secret=True
    ),
    Setting("EXT_ARG_*", TEXT, "The sample's arguments of external tools.", EXTERNAL_TOOLS, secret=True),
)
BY_NAME = {setting.name: setting for setting in TABLE}
_OPEN = tuple(setting for setting in TABLE if setting.name.endswith("*"))


def find(name: str) -> Setting | None:
    """The setting that declares `name`, old spellings included; `SS_TOPIC` for `CLIP_SS_TOPIC`."""
    return _declared(sinetstream_options.canonical(name).removeprefix(names.family_prefix(name)))


def is_ours(name: str) -> bool:
    """Whether the program answers for `name`: a setting, or a name under one of our prefixes."""
    return name in BY_NAME or names.has_our_prefix(name)


def _declared(name: str) -> Setting | None:
    if name in BY_NAME:
        return None if name.endswith("*") else BY_NAME[name]
    return next((s for s in _OPEN if name.startswith(s.name[:-1]) and len(name) >= len(s.name)), None)
