"""CAMERA_URL in, the kind of camera that opens it out."""

from __future__ import annotations

import re

_KINDS = {"rtsp": "rtsp", "rtsps": "rtsp", "http": "http", "https": "http"}
_NODE = re.compile(r"/dev/video\d+|/dev/v4l/.+")


def kind_of(url: str) -> str:
    """The value of CAMERA that opens `url`: v4l2, rtsp, http or file."""
    if _NODE.fullmatch(url):
        return "v4l2"
    return _KINDS.get(url.partition("://")[0].lower(), "file") if "://" in url else "file"
