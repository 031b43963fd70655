"""Settings and a family of messages in, the sink that they ask for out."""

from __future__ import annotations

from ss_camera.clock import Clock
from ss_camera.media import Family
from ss_camera.settings.model import Settings
from ss_camera.sinks.base import Sink


def open_sink(settings: Settings, clock: Clock, family: Family) -> Sink:
    """A sink, not yet connected. SINETStream is imported here and not before: it takes 170 ms."""
    from ss_camera.sinks.sinetstream import SinetStreamSink

    return SinetStreamSink(settings.publish, settings.camera.camera_id, clock, family)
