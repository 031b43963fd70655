"""`SSCFG_*` in, what SINETStream needs to ask its config server out.

SINETStream reads the access key and the private key from `~/.config/sinetstream`; whoever opens the
broker puts them there. Here they are only read and checked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ss_camera.settings.declare import Bad, Given, Kind, Setting, clash, missing, problem
from ss_camera.settings.model import ConfigServer
from ss_camera.settings.parsers import matching, reason
from ss_camera.settings.sinetstream_options import PEM

SECTION = "SINETStream's config server"
PASSPHRASE = "SINETSTREAM_PRIVATE_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
_KEYS = ("address", "user", "secret-key")
_NAME = matching(r"[^\s/]{1,255}", "a name without spaces and slashes")
_AUTH = "the config server's auth.json: config-server with address, user and secret-key"


def _auth(text: str) -> Mapping[str, object]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise Bad(f"is not JSON (line {error.lineno}, column {error.colno})") from None
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
        Kind(_AUTH, _auth),
        "Text of `auth.json`; needed unless `~/.config/sinetstream/auth.json` is there.",
        SECTION,
        secret=True,
    ),
    Setting("SSCFG_PRIVATE_KEY", PEM, "Key that opens the configuration's secrets.", SECTION, secret=True),
    Setting(PASSPHRASE, Kind("text", str), "Passphrase of that key.", SECTION, secret=True),
)


def build(given: Mapping[str, Given], home: Path, problems: list[str]) -> ConfigServer | None:
    """What `SSCFG_*` say, or None where they are not used. Problems are appended."""
    name = given.get("SSCFG_NAME")
    if name is None:
        for other in ("SSCFG_SERVICE", "SSCFG_AUTH", "SSCFG_PRIVATE_KEY"):
            if other in given:
                problems.append(
                    clash(given[other].raw, "is of no use without SSCFG_NAME", "SSCFG_NAME as well")
                )
        return None
    if "SSCFG_AUTH" not in given:
        problems.extend(_stored_auth(home / ".config" / "sinetstream" / "auth.json"))
    key = given.get("SSCFG_PRIVATE_KEY")
    if key is not None and "ENCRYPTED" in key.raw.text and PASSPHRASE not in given:
        # SINETStream would ask on a terminal, which a service does not have
        problems.append(clash(key.raw, "needs a passphrase", f"{PASSPHRASE} as well, or a key without one"))
    auth = given["SSCFG_AUTH"].value if "SSCFG_AUTH" in given else None
    assert auth is None or isinstance(auth, dict)
    return ConfigServer(
        name=name.raw.text,
        service=given["SSCFG_SERVICE"].raw.text if "SSCFG_SERVICE" in given else None,
        auth=auth,
        private_key=key.raw.text if key is not None else None,
    )


def _stored_auth(path: Path) -> list[str]:
    try:
        _auth(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return [missing("SSCFG_AUTH", f"SSCFG_NAME needs it, as there is no {path}", _AUTH)]
    except UnicodeDecodeError:
        return [problem(str(path), "is not UTF-8", _AUTH)]
    except OSError as error:
        return [problem(str(path), f"cannot be read: {reason(error)}", _AUTH)]
    except Bad as bad:
        return [problem(str(path), bad.wrong, _AUTH)]
    return []
