"""Modules that picamera2 imports and opening a camera does not need in, empty ones in their place out.

`pykms` draws a preview, `pidng` writes raw pictures, `prctl` watches over a child program. The last two have
to be compiled. `python -m tests.libcamera.substitutes ss-camera.py ...` runs a program with them.
"""

from __future__ import annotations

import runpy
import sys
import types
from typing import Any


class _AnyFormat:
    """Stands for pykms.PixelFormat."""

    def __getattr__(self, name: str) -> str:
        return name


def install(*names: str) -> None:
    """Put those of `pykms`, `pidng`, `prctl` where they are imported from; once, before picamera2 is."""
    made: dict[str, Any] = {}
    for name in ("pykms", "pidng", "pidng.core", "pidng.camdefs", "prctl"):
        if name.partition(".")[0] in names:
            made[name] = sys.modules[name] = types.ModuleType(name)
    if "pykms" in made:
        made["pykms"].PixelFormat = _AnyFormat()
    if "pidng" in made:
        made["pidng.core"].PICAM2DNG = made["pidng.camdefs"].Picamera2Camera = object


if __name__ == "__main__":
    install("pykms", "pidng", "prctl")
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
