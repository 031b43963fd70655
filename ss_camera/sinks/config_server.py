"""The config server's access key and private key in, the two files that SINETStream reads out, 0600.

SINETStream looks for them in `~/.config/sinetstream` and nowhere else. They are written anew at each
start, so that a rotated key is the one that is used.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from ss_camera.errors import SinkUnavailable
from ss_camera.settings.model import ConfigServer

FOLDER = Path("~/.config/sinetstream")


def store(server: ConfigServer) -> None:
    """Write what was given as a setting; files that the user put there otherwise stay.

    Raises `SinkUnavailable` where the folder cannot be written.
    """
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


def _write(path: Path, text: str) -> None:
    """Replace `path` in one step; it is never there with other rights or half of its text."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)
