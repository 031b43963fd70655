"""Camera settings in, the open source they ask for out."""

from ss_camera.sources.table import SOURCES, is_recording, open_source

__all__ = ["SOURCES", "is_recording", "open_source"]
