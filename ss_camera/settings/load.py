"""The environment in, one checked `Settings` out, or a `SettingsError` with every problem at once."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from ss_camera.errors import SettingsError
from ss_camera.media import Family
from ss_camera.settings import (
    config_server,
    config_server_rules,
    dotenv_file,
    names,
    property_rules,
    routes,
    table,
    timing,
)
from ss_camera.settings.camera_rules import camera_settings, host_name
from ss_camera.settings.clip_rules import clip_settings, frame_bytes, video_settings
from ss_camera.settings.declare import clash, problem, shown
from ss_camera.settings.gather import Found, gather
from ss_camera.settings.model import LogSettings, Origin, PublishSettings, Route, Schedule, Settings
from ss_camera.settings.motion_rules import motion_settings
from ss_camera.settings.values import Values

SECRETS = Path("/run/secrets")
"""Where Docker mounts secrets."""

_STAND_IN = Route("kafka", "", "AT_LEAST_ONCE", MappingProxyType({}), MappingProxyType({}))


def load(
    env_file: Path | None,
    *,
    need_broker: bool = True,
    environ: Mapping[str, str] | None = None,
    secrets_dirs: Sequence[Path] | None = None,
    overrides: Mapping[str, str] | None = None,
    families: Sequence[Family] | None = None,
) -> Settings:
    """Read and check every setting; nothing else is opened, connected or written.

    Each name is looked for in `overrides`, in the folders of secrets (/run/secrets and systemd's
    $CREDENTIALS_DIRECTORY), in the environment and in `env_file`, in this order. With `need_broker`
    false a missing broker and topic are no problem. There are routes for `families`, or for those that
    the camera publishes. Raises `SettingsError` with all problems.
    """
    environ = os.environ if environ is None else environ
    folders = _folders(environ) if secrets_dirs is None else secrets_dirs
    found = gather(env_file, environ, folders, overrides or {})
    problems, warnings = found.problems, found.warnings
    values = Values.read(found)
    if found.is_unread:  # what else is wrong or missing, its content would tell
        raise SettingsError(list(dict.fromkeys(problems)))
    camera = camera_settings(values, problems, warnings)
    motion = motion_settings(values, warnings)
    schedule = _schedule(values, camera.framerate, motion is not None, warnings)
    stills = _stills(values, motion is not None, problems, warnings)
    wanted = families or ((Family.STILL,) if motion is None else (Family.STILL, Family.CLIP, Family.EVENT))
    publish = _publish(values, found, environ, wanted, need_broker)
    clips = None
    if motion is not None:
        video = video_settings(values, camera, problems)
        clips, publish = clip_settings(values, video, publish, problems, warnings)
        camera = replace(camera, video=replace(video, frame_bytes=frame_bytes(clips)))
    _external_tools(values, warnings)
    if problems:
        raise SettingsError(list(dict.fromkeys(problems)))
    log = LogSettings(
        values.get("LOG_LEVEL", str) or LogSettings.level, values.get("LOG_FORMAT", str) or LogSettings.format
    )
    libraries = MappingProxyType({**found.libraries, **_passphrase(values)})
    said = tuple(dict.fromkeys(warnings))
    effective = _effective(values)
    return Settings(camera, schedule, publish, log, said, effective, libraries, motion, clips, stills)


def find_env_file(explicit: str | None, cwd: Path, script_dir: Path) -> Path | None:
    """`explicit`, else `.env` in `cwd`, else `.env` beside the script, else None.

    Raises `SettingsError` where `explicit` does not exist.
    """
    path = dotenv_file.find(explicit, cwd, script_dir)
    if explicit is not None and path is not None and not os.path.lexists(path):
        raise SettingsError(
            [problem(f"--env-file {explicit}", f"{path} does not exist", "the path of a file")]
        )
    return path


def export(settings: Settings) -> None:
    """Hand what `.env` says to libraries (`HTTPS_PROXY`, ...) on, as the sample's program did.

    To be called once, before any of them is imported. The environment goes before `.env` here too.
    """
    for name, text in settings.libraries.items():
        os.environ.setdefault(name, text)
    time.tzset()  # the C library has read TZ once, before `.env` was


def foreign_environment() -> dict[str, str]:
    """The environment without any setting of ours: for a child program that is given its own."""
    declared = {setting.name for setting in table.TABLE}
    return {
        name: text
        for name, text in os.environ.items()
        if name not in declared and not names.has_our_prefix(name)
    }


def _folders(environ: Mapping[str, str]) -> list[Path]:
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    return [SECRETS, *([Path(credentials)] if credentials else [])]


def _publish(
    values: Values, found: Found, environ: Mapping[str, str], wanted: Sequence[Family], need_broker: bool
) -> PublishSettings:
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    server = config_server_rules.build(values, home, found.problems)
    kind = routes.broker_type(values, found.unknown, found.problems)
    by_family: Mapping[Family, Route] = {Family.STILL: _STAND_IN}
    if server is not None:
        _say_what_wins(values, found.warnings)
        if Family.CLIP in wanted and need_broker:
            wrong = "names one topic, and MOTION=on needs one for stills, one for clips and one for events"
            found.problems.append(clash(values.raw("SSCFG_NAME"), wrong, "SS_* instead, or MOTION=off"))
    elif kind is not None:
        need_broker = need_broker and not values.was_named("SSCFG_NAME")  # it was meant to say them
        by_family = routes.build(values, kind, wanted, need_broker, found.problems, found.warnings)
    return PublishSettings(
        MappingProxyType(dict(by_family)),
        values.get("KAFKA_CLIENT", str) or PublishSettings.kafka_client,
        values.get("QUEUE_BYTES", int) or PublishSettings.queue_bytes,
        server,
    )


def _schedule(
    values: Values, framerate: float | None, has_video: bool, warnings: list[str]
) -> Schedule | None:
    schedule = values.get("SCHEDULE", Schedule)
    too_often = property_rules.too_often(values, schedule, framerate)
    warnings.extend(filter(None, [timing.note(schedule) if schedule else None, too_often]))
    if schedule is None:
        return None
    for name in ("PICAMERA_FRAMERATE", "PICAMERA2_CONTROLS_FRAME_RATE"):
        if name in values and not has_video:
            warnings.append(f"SCHEDULE says when pictures are taken; {name} only sets the sensor's rate")
    return schedule


def _stills(values: Values, has_video: bool, problems: list[str], warnings: list[str]) -> bool:
    if values.get("STILLS", bool) is not False:
        return True
    if not has_video:
        wrong = "leaves nothing to publish, as MOTION is not on"
        problems.append(clash(values.raw("STILLS"), wrong, "MOTION=on as well, or STILLS=on"))
    elif "SCHEDULE" in values:
        warnings.append("SCHEDULE says when pictures are taken, and has no effect with STILLS=off")
    return False


def _say_what_wins(values: Values, warnings: list[str]) -> None:
    ignored = [name for name in values.given if name.startswith("SS_") or names.family_prefix(name)]
    if ignored:
        warnings.append(
            f"SSCFG_NAME goes before SS_*: the config server decides, not used: {', '.join(ignored)}"
        )


def _external_tools(values: Values, warnings: list[str]) -> None:
    if any(given.setting.section == table.EXTERNAL_TOOLS for given in values.given.values()):
        warnings.append("EXT_*: external tools are not available in this version; none of these is used")


def _passphrase(values: Values) -> dict[str, str]:
    # SINETStream reads it from the environment
    text = values.get(config_server.PASSPHRASE, str)
    return {} if text is None else {config_server.PASSPHRASE: text}


def _effective(values: Values) -> tuple[tuple[Origin, str], ...]:
    """Every setting that is given or has a default, in the order of the reference page."""
    lines = []
    given = dict(values.given)
    for setting in table.TABLE:
        names = [name for name, value in given.items() if value.setting is setting]
        for name in names:
            raw = given[name].raw
            lines.append((raw.origin, shown(setting, raw.text)))
        if not names and setting.default:
            default = host_name() if setting.name == "CAMERA_ID" else setting.default
            lines.append((Origin(setting.name, "default"), default))
    return tuple(lines)
