#!/usr/bin/env python3
"""The program's table of settings in, docs/reference/settings.md out; a test holds both together."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ss_camera.settings import TABLE  # noqa: E402 - from this checkout, installed or not
from ss_camera.settings.declare import Setting  # noqa: E402
from ss_camera.settings.resolution import NAMES  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "settings.md"

_INTRODUCTION = """\
# Settings

Made by `scripts/make_settings_doc.py` from the program's own table. [The guide](../guide/settings.md) has
examples.

## How a value is found

1. a file of the setting's name in `/run/secrets`, then in `$CREDENTIALS_DIRECTORY`; one line end is cut off,
2. the environment,
3. `.env` in the working folder, else beside `ss-camera.py`, or the file of `--env-file`; read by
   python-dotenv's rules, `export` allowed, `${NAME}` taken as it stands,
4. the default.

Names are in capitals. A name that no setting has and that begins with `CAMERA_`, `PICAMERA_`, `PICAMERA2_`,
`CAPTURE_`, `SS_`, `SSCFG_`, `MOTION_`, `CLIP_`, `EVENT_SS_`, `QUEUE_`, `SYNTHETIC_` or `SCHEDULE_` is an
error. In `.env` so is a name one letter off one of ours. Other programs' names in `.env` (`HTTPS_PROXY`) are
handed on to the libraries.

## How a value is read

Each setting has one type; a value is never guessed from its looks: the password `007` stays `007`. Truth
values are true/false, yes/no, on/off and 1/0; one of a list of words is taken in any case. An empty value is
an error: leave the line out instead. Numbers have the digits 0 to 9 and no exponent. Rates and gains may be
fractions (`1/6`; `PICAMERA_FRAMERATE` also picamera's pair `(1,6)`), numbers that are percentages may have a
`%` behind them, and where 0 is automatic `auto` is 0. [Camera properties](camera-properties.md) shows which
camera does which of these.

All problems of a start are told together, one line each, and the exit code is 78:

    ss-camera: config: NAME (source): what is wrong; expected ...; did you mean ...?

*secret* below marks values that are shown by their length only, here and in the log.

## SCHEDULE

| Form | Meaning |
|---|---|
| `N` | every N seconds |
| `every [N] seconds`, `minutes`, `hours`, `days`, `weeks` | intervals from the start; up to ten years |
| `every [N] minutes at :SS` | at that second of the minute |
| `every [N] hours at :MM`, `at MM:SS` | at that minute of the hour (`at 10:30` is minute 10: a warning) |
| `every [N] days at HH:MM`, `at HH:MM:SS` | at that local time |
| `every monday`, `every monday at HH:MM` | on that weekday; it takes no number |

In any case of letters; `every10seconds` is taken; `at 9:30` is `at 09:30`. Whole seconds only. `at` with
seconds or weeks, cron's form and digits other than 0 to 9 are errors. A local time that the change to summer
time skips (`every day at 02:30`) comes once that day, right after the gap. With `PICAMERA_FRAMERATE` set as
well, `SCHEDULE` decides and a warning says so. Neither set: 10 pictures a second.

## Sizes

`WIDTHxHEIGHT` (also in brackets, or with a comma for the x), both even and from 32 to 10000, or a name in any
case: {sizes}.

## SS_* names

`SS_` and a key of SINETStream's configuration file in capitals; `__` goes one level down: `SS_CRYPTO__MODE`.
Common keys and those of `type_spec` are put in their places; `SS_TYPE_SPEC__ACKS` is read as `SS_ACKS`, and
the keys of configuration versions 1 and 2 (`SS_S3__BUCKET`, `SS_USERNAME_PW_SET__USERNAME`) as today's.
With `SSCFG_NAME` the config server decides and `SS_*` is not used; a warning says so.

With `MOTION=on` there are two more topics: `<SS_TOPIC>.clip` and `<SS_TOPIC>.event`. Each `SS_*` name with
`CLIP_` or `EVENT_` in front sets that key for the one family only; what is not set is that of the stills.
Not handed down: to a broker of another type its address, TLS, consistency and the options of the type;
`SS_TLS__*` beside `CLIP_SS_TLS=false`; a login beside a `CLIP_SS_SECURITY_PROTOCOL` without SASL; a second
password or key beside the family's own; MQTT's will. For MQTT the name of the client gets `-clip` and
`-event` behind it.
"""


def page() -> str:
    """The whole page."""
    sizes = ", ".join(f"{name} {width}x{height}" for name, (width, height) in NAMES.items())
    sections = [
        f"## {section}\n\n" + "".join(_rows(settings))
        for section, settings in groupby(_sorted(), lambda setting: setting.section)
    ]
    return _INTRODUCTION.replace("{sizes}", sizes) + "\n" + "\n".join(sections)


def _sorted() -> list[Setting]:
    """In the order of the table, each section in one piece."""
    order = list(dict.fromkeys(setting.section for setting in TABLE))
    return sorted(TABLE, key=lambda setting: order.index(setting.section))


def _rows(settings: Iterator[Setting]) -> Iterator[str]:
    yield "| Name | Value | Default | Meaning |\n|---|---|---|---|\n"
    for setting in settings:
        value = setting.kind.expects + (" *(secret)*" if setting.secret else "")
        cells = (f"`{setting.name}`", _cell(value), _cell(setting.default), _cell(setting.doc))
        yield "| " + " | ".join(cells) + " |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
