"""`Settings` in, the lines that `./ss-camera.py check` prints out."""

from __future__ import annotations

from ss_camera.settings.model import Settings


def describe(settings: Settings) -> list[str]:
    """Every effective setting, one a line: name, value (a secret by its length only) and origin."""
    rows = [(origin.name, text, origin.place) for origin, text in settings.effective]
    name_width = max((len(name) for name, _, _ in rows), default=0)
    text_width = max((len(text) for _, text, _ in rows), default=0)
    return [f"{name:<{name_width}} = {text:<{text_width}}  ({place})" for name, text, place in rows]
