"""Imports point down the layers of docs/design/frame.md, so that data can be followed one way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = [
    [
        *("media", "errors", "clock", "counters", "rare_log", "signals", "child", "backoff", "allocator"),
        *("jpeg", "exif", "identity", "h264", "mp4", "playable", "output"),
    ],
    ["settings", "config_server", "message", "parts", "assembler"],
    ["properties", "sources", "sinks", "scheduling", "outbox", "inbox", "motion", "preroll", "mux"],
    ["publisher", "clip_writer", "clips", "events", "event_teller"],
    ["lane", "pipeline", "recording", "trace"],
    ["app", "demo", "mock_broker", "replay", "replay_plot", "__main__"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# within a layer, what may know its neighbour
BESIDE = {
    ("exif", "jpeg"),
    ("rare_log", "clock"),
    ("mp4", "h264"),
    ("message", "parts"),
    ("message", "assembler"),
    ("assembler", "parts"),
    ("sources", "properties"),
    ("clips", "clip_writer"),
    ("event_teller", "clips"),
    ("demo", "app"),
    ("replay", "replay_plot"),
    ("__main__", "*"),
    ("settings", "media"),
    ("config_server", "settings"),
}
VIEWER_MAY = {
    "config_server",
    "message",
    "media",
    "settings",
    "errors",
    "clock",
    "rare_log",
    "signals",
    "output",
}
ENVIRONMENT = re.compile(r"\bos\.environ|\bgetenv\b|import environ\b|from os import .*environ")


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Names of all modules that the file imports, at its top or later."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def units(path: Path) -> set[str]:
    """The parts of ss_camera that the file imports: `message`, `sources`, .."""
    found = set()
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "ss_camera" and len(parts) > 1 and parts[1] in LEVEL:
            found.add(parts[1])
    return found


@pytest.mark.parametrize("path", files("ss_camera"), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    """A module imports only from layers above its own, and every module has a layer."""
    own = path.relative_to(ROOT / "ss_camera").with_suffix("").parts[0]
    if own == "__init__":
        assert not units(path)
        return
    assert own in LEVEL, f"{own} has no layer: add it to LAYERS and to docs/design/frame.md"
    for other in units(path) - {own}:
        beside = LEVEL[other] == LEVEL[own] and {(own, other), (own, "*")} & BESIDE
        assert LEVEL[other] < LEVEL[own] or beside, f"{own} imports {other}"


@pytest.mark.parametrize("path", files("viewer"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_viewer_knows_the_format_and_the_settings_only(path: Path) -> None:
    """A viewer works without the camera's half of the program."""
    assert units(path) <= VIEWER_MAY


@pytest.mark.parametrize("path", files("sinetstreamplugin"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_plugin_is_usable_without_us(path: Path) -> None:
    """SINETStream users may take it alone."""
    assert not units(path)


def test_the_plugins_folder_stays_a_namespace() -> None:
    """An __init__.py would hide SINETStream's own plugins."""
    assert not (ROOT / "sinetstreamplugin" / "__init__.py").exists()


def test_only_the_settings_read_the_environment() -> None:
    """Every other part takes its settings as arguments."""
    readers = {
        str(path.relative_to(ROOT))
        for folder in ("ss_camera", "viewer", "sinetstreamplugin")
        for path in files(folder)
        if ENVIRONMENT.search(path.read_text())
    }
    assert all(reader.startswith("ss_camera/settings/") for reader in readers), readers


def test_the_flow_is_on_one_screen() -> None:
    """pipeline.py stays short, starts no thread and opens no file."""
    text = (ROOT / "ss_camera" / "pipeline.py").read_text()
    assert len(text.splitlines()) < 150
    assert "threading.Thread" not in text
    assert "open(" not in text.replace("_open_source(", "")


def test_stages_start_no_thread() -> None:
    """Threads live in app.py, the sources, the sinks' clients and the demo."""
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in files("ss_camera")
        if "threading.Thread(" in path.read_text() or "ThreadPoolExecutor" in path.read_text()
    }
    allowed = ("ss_camera/app.py", "ss_camera/demo.py", "ss_camera/mock_broker.py", "ss_camera/sources/")
    assert all(maker.startswith(allowed) for maker in makers), makers
