"""Camera settings in, the open source they ask for out."""

from ss_camera.sources.table import SOURCES, open_source

__all__ = ["SOURCES", "open_source"]
