"""`LOG_FORMAT` in, the same text out if the logging module can format a line with it."""

from __future__ import annotations

import logging
import re

from ss_camera.settings.camera_settings import OPERATION
from ss_camera.settings.declare import Bad, Kind, Setting
from ss_camera.settings.model import LogSettings
from ss_camera.settings.parsers import nearest

_WIDEST = 3
# a field may fill the memory, also with another's value (`{message:>{thread}}`) for its width
_WIDTH = re.compile(rf"\{{[^{{}}:]+:[^{{}}]*(\{{|[0-9]{{{_WIDEST + 1},}})")
_FIELDS = [*vars(logging.makeLogRecord({})), "message", "asctime"]


def parse(text: str) -> str:
    """Format one record as a trial: a wrong field shows only then."""
    if _WIDTH.search(text):
        raise Bad(f"has a width of more than {_WIDEST} digits, or one from another field")
    meant = "{message}" if "%(" in text else None
    try:
        formatter = logging.Formatter(text, style="{")
        formatter.format(logging.LogRecord("ss_camera", logging.INFO, __file__, 1, "text", None, None))
    except (ValueError, IndexError, AttributeError, TypeError, KeyError) as error:
        if isinstance(error.__context__, KeyError):
            field = str(error.__context__.args[0])
            raise Bad("is no field of a log line", subject=field, meant=nearest(field, _FIELDS)) from None
        raise Bad("is not a log format", meant=meant) from None
    return text


SETTING = Setting(
    "LOG_FORMAT",
    Kind("fields of Python's logging in braces, as in {asctime} {levelname} {message}", parse),
    "Form of a log line.",
    OPERATION,
    LogSettings.format,
)
