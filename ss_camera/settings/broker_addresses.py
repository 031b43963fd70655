"""`SS_BROKERS` in, a list of hosts and ports out, or the one entry that is wrong."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from ss_camera.settings.declare import Bad, Kind

_HOST = re.compile(r"(?=.{1,253}$)(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_FORM = "host[:port], several with commas between (an IPv6 address in brackets)"


@dataclass(frozen=True)
class Address:
    """One broker; `port` is None where the user left it to the broker's type."""

    host: str
    port: int | None

    def is_loopback(self) -> bool:
        """Whether what is sent there stays on this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.rstrip(".").casefold() in ("localhost", "localhost.localdomain")

    def text(self, default_port: int) -> str:
        """`host:port`, with an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port or default_port}"


def parse(text: str) -> tuple[Address, ...]:
    """All addresses of the list. Raises `Bad` that names the first wrong one."""
    if "@" in text:
        raise Bad("has a user or password in it", expected=f"{_FORM}; a login has settings of its own")
    entries = [entry.strip() for entry in text.split(",")]
    for place, entry in enumerate(entries, 1):
        if not entry:
            raise Bad(f"has nothing as its entry {place}", expected=_FORM)
    return tuple(_address(entry) for entry in entries)


def _address(entry: str) -> Address:
    if "/" in entry:
        plain = entry.rpartition("://")[2].partition("/")[0]
        raise Bad("is a URL", expected="no URL: write host:port", meant=plain or None, subject=entry)
    if entry.startswith("["):
        return _ipv6(entry)
    host, colon, port = entry.partition(":")
    if ":" in port:
        raise Bad("is not host[:port]", subject=entry, expected="an IPv6 address in brackets: [::1]:9092")
    if not host:
        raise Bad("has no host before the colon", subject=entry)
    if not _HOST.fullmatch(host) or not _is_address_or_name(host):
        raise Bad("is not host[:port]", subject=entry)
    return Address(host, _port(port, entry) if colon else None)


def _ipv6(entry: str) -> Address:
    match = re.fullmatch(r"\[([^\]]+)\](?::(.*))?", entry)
    try:
        host = str(ipaddress.IPv6Address(match[1])) if match else ""
    except ValueError:
        host = ""
    if not match or not host:
        raise Bad("is not an IPv6 address in brackets", subject=entry)
    return Address(host, _port(match[2], entry) if match[2] is not None else None)


def _is_address_or_name(host: str) -> bool:
    if not re.fullmatch(r"[0-9.]+", host):
        return True
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _port(text: str, entry: str) -> int:
    if not text:
        raise Bad("has no port after the colon", subject=entry)
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise Bad("is not a port", subject=text, expected="a port from 1 to 65535")
    return int(text)


def without_login(text: str) -> str:
    """The addresses as they may be shown: nothing of them where a login stands among them."""
    return f"<redacted, {len(text)} chars>" if "@" in text else text


BROKERS = Kind(_FORM, parse)
