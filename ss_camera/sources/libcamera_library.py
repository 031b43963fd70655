"""picamera2 and libcamera in, as they are installed here; else one sentence that says what to install."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from dataclasses import dataclass
from typing import Any

from ss_camera.errors import CameraNotFound

_INSTALL = (
    "sudo apt install python3-picamera2, and make the virtual environment with --system-site-packages "
    "(docs/guide/install.md)"
)
_MISSING = {
    "picamera2": f"picamera2 is not installed: {_INSTALL}",
    "libcamera": f"picamera2 is installed, and libcamera is not for this Python: {_INSTALL}",
    "pykms": f"picamera2 is installed without pykms: sudo apt install python3-kms++, or {_INSTALL}",
}
# what compiled modules say that were made for another NumPy: "numpy.dtype size changed, may indicate
# binary incompatibility", "numpy.core.multiarray failed to import", "_ARRAY_API not found"
_MISMATCH = ("binary incompatibility", "multiarray", "_ARRAY_API", "compiled using NumPy", "compiled against")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Libcamera:
    """Both modules, imported. They have no types."""

    picamera2: Any
    bindings: Any

    def camera_names(self) -> list[str]:
        """The models of all cameras, by CAMERA_NUM."""
        found: list[dict[str, object]] = self.picamera2.Picamera2.global_camera_info()
        return [str(each.get("Model", each.get("Id", "?"))) for each in found]


def load_libcamera() -> Libcamera:
    """Import both; takes seconds on a small Pi. Raises `CameraNotFound` where that fails."""
    try:
        library = importlib.import_module("picamera2")
        bindings = importlib.import_module("libcamera")
    except (ImportError, ValueError, RuntimeError, AttributeError, OSError) as error:
        # ValueError and RuntimeError are of a module made for another NumPy, OSError of a shared library
        raise CameraNotFound(explain_import(error)) from None
    if not _logger.isEnabledFor(logging.DEBUG):
        # it tells each opening, and of errors what is raised anyway
        logging.getLogger("picamera2").setLevel(logging.CRITICAL)
    return Libcamera(library, bindings)


def why_unusable(*, needed: bool) -> str | None:
    """What is wrong with picamera2, as a sentence; None where it is fine, or neither installed nor needed."""
    if not needed and importlib.util.find_spec("picamera2") is None:
        return None
    try:
        load_libcamera()
    except CameraNotFound as error:
        return str(error)
    return None


def explain_import(error: Exception) -> str:
    """Why picamera2 cannot be imported, and what to do about it."""
    missing = _MISSING.get(str(getattr(error, "name", "")).partition(".")[0])
    if isinstance(error, ModuleNotFoundError) and missing:
        return missing
    text = str(error).strip().rstrip(".").splitlines()[0] if str(error).strip() else type(error).__name__
    if any(words in str(error) for words in _MISMATCH):
        return (
            "picamera2 cannot be imported: a compiled module of the system (python3-simplejpeg is the usual "
            f"one) does not fit the NumPy of this environment ({text}); install one that fits: pip install "
            "--force-reinstall simplejpeg, or take the system's NumPy: pip uninstall numpy"
        )
    return f"picamera2 cannot be imported ({text}): {_INSTALL}"
