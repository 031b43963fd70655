"""The window, on a display of its own: what it shows, how it ends, and what is said where there is none."""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageGrab

from tests.kafka_topics import new_name
from tests.parts import need, program
from tests.pictures import jpeg
from tests.program import Program, wait_until
from tests.viewer.sender import Camera, Sender
from viewer.cameras import Frame

STARTED_S = 20.0
_TILE = 590 * 332  # of a 16:9 picture, with two columns in 1280x720
_NO_DISPLAY = "No window can be opened: there is no display; use --web for a page in the browser."


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X display without a window manager, 1600x1000, in a process of its own."""
    need("xvfb", "cv2")
    command = [str(program("xvfb")), "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            assert select.select([server.stdout], [], [], STARTED_S)[0], "Xvfb did not start"
            yield ":" + server.stdout.readline().strip()
        finally:
            server.terminate()


@contextlib.contextmanager
def window(
    display: str, broker: str, topic: str, folder: Path, *arguments: str
) -> Iterator[tuple[Program, Sender]]:
    """The viewer with a window on `display`, reading a service of the configuration file."""
    (folder / ".sinetstream_config.yml").write_text(
        f"camera:\n  type: kafka\n  brokers: {broker}\n  topic: {topic}\n  consistency: AT_LEAST_ONCE\n"
    )
    settings = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    with Program.viewer(folder, settings, "-s", "camera", "--from-beginning", *arguments) as viewer:
        viewer.wait_for("connected: topic")
        yield viewer, Sender(broker, topic)


def screen(display: str) -> Image.Image:
    return ImageGrab.grab(xdisplay=display)


def share(display: str, colour: tuple[int, int, int]) -> float:
    """How much of the screen has about this colour, 0 to 1."""
    pixels = np.asarray(screen(display).convert("RGB")).astype(int)
    return float((np.abs(pixels - colour).max(axis=2) < 12).mean())


def wait_for_colour(display: str, shade: int, pixels: int) -> None:
    """Until nearly `pixels` of the screen have the colour of a picture of this shade."""
    least = 0.95 * pixels / (1600 * 1000)
    wait_until(lambda: share(display, colour(shade)) > least, f"{pixels} pixels of shade {shade}")


def colour(shade: int) -> tuple[int, int, int]:
    """The colour of `tests.pictures.jpeg(shade=..)`."""
    return (shade, 80, 160)


def test_one_camera_fills_the_window_and_moves(display: str, mock_cluster: str, tmp_path: Path) -> None:
    """The seed's window: the newest picture at its own size; SIGTERM ends it with 0."""
    camera = Camera("gate")
    with window(display, mock_cluster, new_name("window"), tmp_path) as (viewer, sender):
        for shade in (30, 220):
            sender.send(camera.payload(data=jpeg(1280, 720, shade=shade)))
            sender.flush()
            wait_for_colour(display, shade, 1280 * 720)
        assert "VideoViewer - camera" in titles(display)
        viewer.stop(signal.SIGTERM)
        assert viewer.ended() == 0
        assert "Traceback" not in viewer.text
        assert "QFontDatabase" not in viewer.text


def test_several_cameras_share_the_window(display: str, mock_cluster: str, tmp_path: Path) -> None:
    """Three cameras, three tiles, each whole; a damaged picture leaves the last good one."""
    shades = {"one": 20, "two": 130, "three": 240}
    with window(display, mock_cluster, new_name("tiles"), tmp_path, "-T", "My cameras") as (_, sender):
        cameras = {name: Camera(name) for name in shades}
        for name, shade in shades.items():
            sender.send(cameras[name].payload(data=jpeg(640, 360, shade=shade)))
        sender.flush()
        for shade in shades.values():
            wait_for_colour(display, shade, _TILE)
        bad = cameras["one"].payload(data=jpeg(640, 360, shade=70))
        sender.send(bad[: bad.rindex(b"\xff\xda") + 2] + bytes(40) + b"\xff\xd9")
        sender.send(cameras["two"].payload(data=jpeg(640, 360, shade=180)))
        sender.flush()
        for shade in (20, 180, 240):
            wait_for_colour(display, shade, _TILE)
        assert "My cameras" in titles(display)


@pytest.mark.parametrize(("width", "height"), [(3840, 2160), (2160, 3840), (333, 77), (8, 8)])
def test_a_picture_is_kept_as_large_as_its_tile(width: int, height: int) -> None:
    """Of a 4K picture among 36 the few pixels that are drawn; a smaller one and a single one stay whole."""
    need("cv2")
    from viewer.window import decode, space_of_each

    frame = Frame(1, "gate", jpeg(width, height), width, height, 0, None, 0, 0.0)
    for count in (2, 36):
        space = space_of_each(count)
        kept = decode(frame, space)
        assert kept is not None
        scale = min(1.0, space[0] / width, space[1] / height)
        assert kept.shape == pytest.approx((int(height * scale), int(width * scale), 3), abs=1)
    alone = decode(frame, space_of_each(1))
    assert alone is not None
    assert alone.shape == (height, width, 3)


def test_closing_the_window_ends_the_program(display: str, mock_cluster: str, tmp_path: Path) -> None:
    """As a click on its cross does; exit code 0."""
    with window(display, mock_cluster, new_name("close"), tmp_path, "-T", "to be closed") as (viewer, _):
        wait_until(lambda: "to be closed" in titles(display), "the window")
        click_cross(display, "to be closed")
        assert viewer.ended() == 0


def test_without_a_display_one_sentence_names_the_page(mock_cluster: str, tmp_path: Path) -> None:
    """Exit code 78 and --web, where OpenCV would end the process with SIGABRT."""
    need("cv2")
    settings = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "SS_BROKERS": mock_cluster, "SS_TOPIC": "t"}
    with Program.viewer(tmp_path, settings) as viewer:
        assert viewer.ended(60.0) == 78
        assert (
            viewer.text
            == "No window can be opened: there is no display; use --web for a page in the browser."
        )


def test_without_opencv_one_sentence_names_it(mock_cluster: str, tmp_path: Path) -> None:
    """A viewer installed from requirements-web.txt alone says what the window needs."""
    root = str(Path(__file__).parent.parent.parent)
    settings = {"SS_BROKERS": mock_cluster, "SS_TOPIC": "t", "PYTHONPATH": root}
    # a module that is None in sys.modules is one that is not installed
    code = "import sys; sys.modules['cv2'] = None; from viewer.app import main; sys.exit(main([]))"
    root = str(Path(__file__).parent.parent.parent)
    with Program(
        [sys.executable, "-c", code], cwd=tmp_path, settings={**settings, "PYTHONPATH": root}
    ) as viewer:
        assert viewer.ended(60.0) == 78
        assert "needs opencv-python, which is not installed" in viewer.text
        assert "--web" in viewer.text
        assert len(viewer.lines) == 1


class _X:
    """The few calls of libX11 that a window manager would make."""

    def __init__(self, display: str) -> None:
        self.x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XDefaultRootWindow.restype = self.x11.XInternAtom.restype = ctypes.c_ulong
        self.connection = ctypes.c_void_p(self.x11.XOpenDisplay(display.encode()))
        assert self.connection.value

    def windows(self) -> dict[str, int]:
        """Title and id of all top-level windows."""
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        children = ctypes.POINTER(ctypes.c_ulong)()
        top = ctypes.c_ulong(self.x11.XDefaultRootWindow(self.connection))
        references = (root, parent, children, count)
        self.x11.XQueryTree(self.connection, top, *(ctypes.byref(each) for each in references))
        found = {}
        for window in children[: count.value]:
            name = ctypes.c_char_p()
            if self.x11.XFetchName(self.connection, ctypes.c_ulong(window), ctypes.byref(name)):
                found[(name.value or b"").decode("latin-1")] = window
        return found

    def close(self, window: int) -> None:
        """Ask a window to close (ICCCM 4.2.8.1: a ClientMessage WM_DELETE_WINDOW)."""

        class ClientMessage(ctypes.Structure):
            _fields_ = (
                ("type", ctypes.c_int),
                ("serial", ctypes.c_ulong),
                ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p),
                ("window", ctypes.c_ulong),
                ("message_type", ctypes.c_ulong),
                ("format", ctypes.c_int),
                ("data", ctypes.c_long * 5),
                ("room", ctypes.c_long * 24),  # an XEvent is a union of 24 longs
            )

        protocols, delete = (
            self.x11.XInternAtom(self.connection, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")
        )
        message = ClientMessage(33, 0, 1, self.connection, window, protocols, 32)
        message.data[0] = delete
        self.x11.XSendEvent(
            self.connection, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message)
        )
        self.x11.XFlush(self.connection)


def titles(display: str) -> list[str]:
    """The titles of all windows on the display."""
    return list(_X(display).windows())


def click_cross(display: str, title: str) -> None:
    """What a window manager does when its cross is clicked."""
    x = _X(display)
    x.close(x.windows()[title])
