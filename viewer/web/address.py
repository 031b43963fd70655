"""`--web`'s words in, the address to listen on and the page's address out."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from ss_camera.errors import SettingsError

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names under which a browser on this machine reaches the page."""
_FORM = re.compile(r"(?:(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):)?(?P<port>[0-9]{1,5})", re.ASCII)


@dataclass(frozen=True)
class Address:
    """Where to listen; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: int = 8080

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    def url(self, port: int) -> str:
        """The page's address for a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def parse(text: str) -> Address:
    """`HOST:PORT`, `[IPv6]:PORT` or `PORT`. Raises `SettingsError`."""
    match = _FORM.fullmatch(text.strip())
    if match is None or int(match["port"]) > 65535:
        raise SettingsError(
            [f"--web {text[:80]!r} is no address; write HOST:PORT, as 127.0.0.1:8080 (port 0 to 65535)."]
        )
    return Address((match["host"] or "127.0.0.1").strip("[]"), int(match["port"]))
