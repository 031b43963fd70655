"""A device's path in, the programs that have it open out, as far as this user may see them."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")


def holders(device: Path) -> list[str]:
    """Such as `motion (pid 812)`, without this process. Empty where nobody is seen or there is no /proc.

    Only root sees what the programs of other users have open.
    """
    own = str(os.getpid())
    pids = sorted((path.name for path in _PROC.glob("[0-9]*") if path.name != own), key=int)
    return [f"{_name(pid)} (pid {pid})" for pid in pids if _holds(pid, str(device))]


def _holds(pid: str, device: str) -> bool:
    try:
        links = os.listdir(_PROC / pid / "fd")
    except OSError:  # of another user, or ended meanwhile
        return False
    return any(_target(pid, link) == device for link in links)


def _target(pid: str, link: str) -> str | None:
    try:
        return os.readlink(_PROC / pid / "fd" / link)
    except OSError:
        return None


def _name(pid: str) -> str:
    try:
        return (_PROC / pid / "comm").read_text().strip()
    except OSError:
        return "a program"
