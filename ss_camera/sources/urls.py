"""CAMERA_URL in, its kind of camera and a form of it that may stand in a log out."""

from __future__ import annotations

import re

_KINDS = {"rtsp": "rtsp", "rtsps": "rtsp", "http": "http", "https": "http"}
_NODE = re.compile(r"/dev/video\d+|/dev/v4l/.+")


def kind_of(url: str) -> str:
    """The value of CAMERA that opens `url`: v4l2, rtsp, http or file."""
    if _NODE.fullmatch(url):
        return "v4l2"
    return _KINDS.get(url.partition("://")[0].lower(), "file") if "://" in url else "file"


def public(url: str) -> str:
    """`url` without what may be secret: user, password, query and fragment.

    Cameras take passwords in all of these places (`?usr=admin&pwd=..` is a common one).
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    address = re.split(r"[?#]", rest, maxsplit=1)[0]
    tail = rest[len(address) :]
    if "@" in tail:  # the end of a password that holds a `?`, or a part of the query: nobody can tell
        return f"{scheme}://..."
    # the last @: a password may hold an @ or a / that should have been escaped
    return f"{scheme}://{address.rpartition('@')[2]}" + ("?..." if tail else "")
