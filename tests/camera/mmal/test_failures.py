"""A camera that is not there, is taken, fails, or hangs: what is said, and that nobody waits without end."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

import pytest

from ss_camera import message
from ss_camera.clock import RealClock
from ss_camera.errors import CameraError, CameraNotFound, CameraTimeout
from ss_camera.jpeg import NotJpeg
from ss_camera.media import Reason
from tests.camera.clocks import HurriedClock
from tests.camera.mmal.firmware import Firmware
from tests.camera.mmal.opening import VGA, VIDEO, Opened, open_source, opened, picture
from tests.camera.taking import closes_in_time, take
from tests.camera.watching import watch

ENOUGH_S = 20.0
CAMERA, IMAGE = "vc.ril.camera", "vc.ril.image_encode"
ENOMEM = 1


class Hasty(Opened):
    """Waits for a frame for 1.5 s, where the source waits for 10."""

    still_s = 1.5


def test_a_camera_that_is_not_there_is_not_found(firmware: Firmware) -> None:
    """What to check; `auto` goes on to the next kind."""
    firmware.faults.sensors = 0
    with pytest.raises(CameraNotFound, match=r"check its cable, switch it on in raspi-config .*get_camera"):
        open_source(VGA)
    firmware.faults.end()
    with opened(VGA) as source:
        assert source.still().width == 640


@pytest.mark.parametrize("number", ["1", "7"])
def test_a_number_without_a_camera_is_told(number: str, firmware: Firmware) -> None:
    """The second camera where there is one; and one that no board could have."""
    with pytest.raises(CameraError, match="CAMERA_NUM"):
        open_source(VGA | {"CAMERA_NUM": number})


def test_a_camera_in_use_is_told(firmware: Firmware) -> None:
    """The firmware serves one program at a time; afterwards the camera is free again."""
    with opened(VGA) as first:
        with pytest.raises(CameraError, match="is in use by another program"):
            open_source(VGA)
        assert first.still().width == 640
    with opened(VGA) as source:
        assert source.still().width == 640


def test_too_little_memory_of_the_gpu_is_told(firmware: Firmware) -> None:
    """With the setting that gives it more."""
    with opened(VGA) as source:
        firmware.faults.statuses["mmal_component_create", IMAGE] = ENOMEM
        with pytest.raises(CameraError, match=r"too little memory .*gpu_mem=256"):
            source.still()


@pytest.mark.parametrize("length", [0, 9, 2000])
def test_a_damaged_picture_is_the_flows_to_drop(length: int, firmware: Firmware) -> None:
    """Empty, without a header, without an end: it is handed on and told as no JPEG; the next one is whole."""
    with opened(VGA | {"PICAMERA_EXIF_TAGS__IFD0.Artist": "Ann"}) as source:
        source.still()
        firmware.faults.cut = length
        damaged = source.still()
        firmware.faults.cut = None
        whole = source.still()
    sequence = message.Sequence("c", RealClock())
    with pytest.raises(NotJpeg):
        sequence.still(damaged, Reason.STREAM)
    assert message.read(sequence.still(whole, Reason.STREAM).payload).width == 640


def test_a_sensor_that_falls_silent_is_told(firmware: Firmware) -> None:
    """At the next still, and by `check` while there is video: the firmware says so at once."""
    with opened(VIDEO) as source:
        watched = watch(source, 5)
        assert watched.enough.wait(ENOUGH_S)
        firmware.break_sensor()
        with pytest.raises(CameraError, match=r"no data from its sensor: check the cable"):
            source.still()
    firmware.faults.end()
    with opened(VIDEO, kind=Hasty) as source:
        threading.Timer(0.2, firmware.break_sensor).start()
        with pytest.raises(CameraError, match=r"no data from its sensor"):
            take(source, 1000)
    firmware.faults.end()
    with opened(VIDEO) as source:
        watched = watch(source, 5)
        assert watched.enough.wait(ENOUGH_S)
        firmware.break_sensor()
        source.check()  # asks, and does not wait
        with pytest.raises(CameraError, match=r"no data from its sensor"):
            _check_until_it_raises(source)


def _check_until_it_raises(source: Opened) -> None:
    clock, never = RealClock(), threading.Event()
    deadline_s = clock.monotonic_s() + ENOUGH_S
    while clock.monotonic_s() < deadline_s:
        source.check()
        clock.wait(never, 0.01)


def test_a_frozen_camera_is_a_time_out_and_comes_back(firmware: Firmware) -> None:
    """The library gives up by itself, so that it can be closed, and the camera opened again."""
    clock = HurriedClock()
    with opened(VGA, clock, kind=Hasty) as source:
        source.still()
        firmware.faults.frozen = True
        clock.hurry(0.1)  # the library's own time, which is real, comes before ours on a busy machine too
        with pytest.raises(CameraTimeout, match="hangs: taking a picture gave nothing in time"):
            _ = [source.still() for _ in range(5)]  # a frame or two may be on their way
        assert closes_in_time(source)
    assert not firmware.cameras
    firmware.faults.end()
    with opened(VGA) as source:
        assert picture(source.still()).size == (640, 480)


def test_video_that_stands_still_is_a_time_out(firmware: Firmware) -> None:
    """`check` finds it without a still."""
    clock = HurriedClock()
    with opened(VIDEO, clock) as source:
        watched = watch(source, 5)
        assert watched.enough.wait(ENOUGH_S)
        source.check()
        firmware.faults.frozen = True
        clock.hurry(100)
        with pytest.raises(CameraTimeout, match="no frame of its video for 10 s"):
            _check_until_it_raises(source)


def test_firmware_that_hangs_in_a_capture_is_left_behind(
    firmware: Firmware, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither `still` nor `close` waits for it; once it goes on, the camera is let go by itself."""
    clock = HurriedClock()
    source = open_source(VGA, clock)
    held = firmware.faults.hold("mmal_port_enable", IMAGE)
    clock.hurry(50)
    with pytest.raises(CameraTimeout, match=r"hangs: taking a picture took longer than 11 s"):
        source.still()
    with caplog.at_level(logging.WARNING):
        source.close()
    assert "hangs while it is closed, and is left behind" in caplog.text
    with pytest.raises(CameraError, match="in use"):
        open_source(VGA)
    held.set()
    _wait_until_free(firmware)
    with opened(VGA) as again:
        assert again.still().width == 640


def test_firmware_that_hangs_in_close_is_left_behind(
    firmware: Firmware, caplog: pytest.LogCaptureFixture
) -> None:
    """`close` returns in time and says so; a second one returns at once."""
    clock = HurriedClock()
    source = open_source(VGA, clock)
    source.still()
    held = firmware.faults.hold("mmal_component_destroy", CAMERA)
    clock.hurry(50)
    with caplog.at_level(logging.WARNING):
        assert closes_in_time(source)
        source.close()
    assert caplog.text.count("hangs while it is closed, and is left behind") == 1
    held.set()
    _wait_until_free(firmware)


def test_firmware_that_hangs_in_the_opening_is_left_behind(firmware: Firmware) -> None:
    """The camera that opens too late is closed by itself."""
    held = firmware.faults.hold("mmal_component_create", CAMERA)
    clock = HurriedClock()
    clock.hurry(100)
    with pytest.raises(CameraTimeout, match="opening it took longer than 26 s"):
        open_source(VGA, clock)
    held.set()
    with opened_when_free(firmware) as source:
        assert source.still().width == 640


def opened_when_free(firmware: Firmware) -> object:
    _wait_until_free(firmware)
    return opened(VGA)


def _wait_until_free(firmware: Firmware) -> None:
    """Until the thread that was left behind has let the camera go."""
    clock, deadline_s = RealClock(), RealClock().monotonic_s() + ENOUGH_S
    left_behind = [thread for thread in threading.enumerate() if thread.name == "camera library"]
    for thread in left_behind:
        thread.join(max(0.0, deadline_s - clock.monotonic_s()))
    assert not firmware.cameras


PROGRAM = """
import sys
sys.modules.update(dict.fromkeys({hidden!r}))
from ss_camera.clock import RealClock
from ss_camera.errors import CameraError
from ss_camera.settings.model import CameraSettings
from ss_camera.sources import open_source
try:
    open_source(CameraSettings("c", kind="picamera"), RealClock(), print)
except CameraError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize(
    ("hidden", "sentence"),
    [
        ((), "picamera cannot be loaded (libbcm_host.so: cannot open shared object file"),
        (("picamera",), "picamerax cannot be loaded (libbcm_host.so: cannot open shared object file"),
        (("picamera", "picamerax"), "needs the library picamera or picamerax, and neither is installed"),
    ],
)
def test_a_machine_without_the_library_is_told(hidden: tuple[str, ...], sentence: str) -> None:
    """The real import, in a program of its own: no firmware, or no library at all."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(hidden=hidden)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.startswith("CameraNotFound "), done.stdout + done.stderr
    assert sentence in done.stdout
    assert "picamera2" in done.stdout
