"""The config server's keys in, the two files that SINETStream reads out; its failures in, sentences out.

SINETStream looks for the keys in `~/.config/sinetstream` and nowhere else. They are written anew at each
start, with mode 0600, so that a rotated key is the one that is used.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from ss_camera.errors import SinkDenied, SinkError, SinkUnavailable
from ss_camera.settings.model import ConfigServer

FOLDER = Path("~/.config/sinetstream")
_NOT_HERE = {"RequestException", "OSError"}  # of `requests`, which SINETStream asks with


def store(server: ConfigServer) -> None:
    """Write what was given as a setting; files that the user put there otherwise stay.

    Raises `SinkUnavailable` where the folder cannot be written.
    """
    # it logs the token that the server gives, and all of the configuration
    logging.getLogger("sinetstream.config_client").disabled = True
    folder = FOLDER.expanduser()
    try:
        if server.auth is not None:
            _write(folder / "auth.json", json.dumps(dict(server.auth)))
        if server.private_key is not None:
            _write(folder / "private_key.pem", server.private_key)
    except OSError as error:
        raise SinkUnavailable(
            f"the keys of the config server cannot be written to {folder}: {error.strerror}; "
            "make it writable or set HOME to a folder that is"
        ) from error


def failure(error: BaseException, server: ConfigServer) -> SinkError:
    """What `error` means that SINETStream raised while it took the configuration of `server`."""
    names = {cls.__name__ for cls in type(error).__mro__}
    code, text = _answer(error)
    if "AuthorizationError" in names:
        return SinkDenied(f"the config server refuses the access key (SSCFG_AUTH): {text}; get a new one")
    if "NoServiceError" in names:
        where = f" with a service {server.service}" if server.service else ""
        return SinkDenied(
            f"the config server has no configuration {server.name}{where} for this user; "
            "check SSCFG_NAME and SSCFG_SERVICE"
        )
    if "NoConfigError" in names:
        return SinkDenied(f"SSCFG_NAME {server.name} cannot be used: {text}; check SSCFG_SERVICE")
    if names & _NOT_HERE:
        return SinkUnavailable(f"the config server is not reachable: {type(error).__name__}")
    if "ConnectionError" in names:  # SINETStream's, for every other answer of the server
        refused = code is not None and 400 <= code < 500
        kind = SinkDenied if refused else SinkUnavailable  # a proxy before a server that starts answers too
        return kind(f"the config server gives no configuration {server.name}: {text}")
    return SinkDenied(f"the configuration {server.name} of the config server cannot be used: {text}")


def _answer(error: BaseException) -> tuple[int | None, str]:
    """The server's code and words, where the error is its answer in JSON; never the whole answer."""
    try:
        answer = json.loads(str(error))
        code = int(answer["code"])
        return code, f"{code} {answer['message']}"
    except (ValueError, KeyError, TypeError):
        return None, " ".join(str(error).split())[:200] or type(error).__name__


def _write(path: Path, text: str) -> None:
    """Replace `path` in one step; it is never there with other rights or half of its text."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)
