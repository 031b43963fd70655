"""`Settings` in, the lines that `./ss-camera.py check` prints out."""

from __future__ import annotations

from ss_camera.media import Family
from ss_camera.settings.clip_rules import mib, ring_arithmetic
from ss_camera.settings.model import Settings


def describe(settings: Settings) -> list[str]:
    """Every effective setting, one a line: name, value (a secret by its length only) and origin.

    With motion, behind them, what follows from them: the topics, and what the clips take.
    """
    rows = [(origin.name, text, origin.place) for origin, text in settings.effective]
    name_width = max((len(name) for name, _, _ in rows), default=0)
    text_width = max((len(text) for _, text, _ in rows), default=0)
    lines = [f"{name:<{name_width}} = {text:<{text_width}}  ({place})" for name, text, place in rows]
    return [*lines, *_clips(settings)]


def _clips(settings: Settings) -> list[str]:
    clips, video, routes = settings.clips, settings.camera.video, settings.publish.routes
    if clips is None or video is None:
        return []
    families = [family for family in routes if settings.stills or family is not Family.STILL]
    topics = [f"{family.value}s to {routes[family].type} topic {routes[family].topic}" for family in families]
    parts = "one message a clip" if clips.whole else f"parts of at most {clips.part_bytes} bytes"
    return [
        f"motion: {', '.join(topics)}",
        # not what the table above has as its default: unset, it grows with the seconds before the motion
        f"clips: {parts}; {ring_arithmetic(video, clips)}, QUEUE_BYTES {mib(settings.publish.queue_bytes)}",
        "clips: a camera that gives H.264 of its own has its own bit rate and keyframes",
    ]
