"""The `SSCFG_*` names, and the form of what they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ss_camera.settings.declare import Bad, Kind, Setting
from ss_camera.settings.parsers import matching
from ss_camera.settings.sinetstream_options import PEM

SECTION = "SINETStream's config server"
PASSPHRASE = "SINETSTREAM_PRIVATE_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
_KEYS = ("address", "user", "secret-key")
_NAME = matching(r"[^\s/]{1,255}", "a name without spaces and slashes")
AUTH = "the config server's auth.json: config-server with address, user and secret-key"


def read_auth(text: str) -> Mapping[str, object]:
    """The content of an `auth.json`, as SINETStream 1.10's `config_client.py` wants it. Raises `Bad`."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise Bad(f"is not JSON (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise Bad("is nested too deeply") from None
    except ValueError:  # Python turns no text of more than 4300 digits into a number
        raise Bad("has a number of too many digits") from None
    server = content.get("config-server") if isinstance(content, dict) else None
    if not isinstance(server, dict):
        raise Bad("has no config-server")
    for key in _KEYS:
        if not isinstance(server.get(key), str) or not server[key]:
            raise Bad(f"has no config-server.{key}")
    assert isinstance(content, dict)
    return content


SETTINGS = (
    Setting("SSCFG_NAME", _NAME, "Name of the configuration; set, `SS_*` is not used.", SECTION),
    Setting("SSCFG_SERVICE", _NAME, "Service in it; needed where it has several.", SECTION),
    Setting(
        "SSCFG_AUTH",
        Kind(AUTH, read_auth),
        "Text of `auth.json`; needed unless `~/.config/sinetstream/auth.json` is there.",
        SECTION,
        secret=True,
    ),
    Setting("SSCFG_PRIVATE_KEY", PEM, "Key that opens the configuration's secrets.", SECTION, secret=True),
    Setting(PASSPHRASE, Kind("text", str), "Passphrase of that key.", SECTION, secret=True),
)
