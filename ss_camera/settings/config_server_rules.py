"""`SSCFG_*` in, what SINETStream needs to ask its config server out.

SINETStream reads the access key and the private key from `~/.config/sinetstream`; whoever opens the
broker puts them there. Here they are only read and checked.
"""

from __future__ import annotations

from pathlib import Path

from ss_camera.settings.config_server import AUTH, PASSPHRASE, read_auth
from ss_camera.settings.declare import Bad, clash, missing, problem
from ss_camera.settings.model import ConfigServer
from ss_camera.settings.parsers import reason
from ss_camera.settings.values import Values


def build(values: Values, home: Path, problems: list[str]) -> ConfigServer | None:
    """What `SSCFG_*` say, or None where they are not used. Problems are appended."""
    given = values.given
    name = given.get("SSCFG_NAME")
    if name is None:
        if values.was_named("SSCFG_NAME"):
            return None
        for other in ("SSCFG_SERVICE", "SSCFG_AUTH", "SSCFG_PRIVATE_KEY"):
            if other in given:
                problems.append(
                    clash(given[other].raw, "is of no use without SSCFG_NAME", "SSCFG_NAME as well")
                )
        return None
    if not values.was_named("SSCFG_AUTH"):
        problems.extend(_stored_auth(home / ".config" / "sinetstream" / "auth.json"))
    key = given.get("SSCFG_PRIVATE_KEY")
    if key is not None and "ENCRYPTED" in key.raw.text and not values.was_named(PASSPHRASE):
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
        read_auth(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return [missing("SSCFG_AUTH", f"SSCFG_NAME needs it, as there is no {path}", AUTH)]
    except UnicodeDecodeError:
        return [problem(str(path), "is not UTF-8", AUTH)]
    except OSError as error:
        return [problem(str(path), f"cannot be read: {reason(error)}", AUTH)]
    except Bad as bad:
        return [problem(str(path), bad.wrong, AUTH)]
    return []
