"""The program from its settings to the sink, with the real picamera: stills, a clip, a failure."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import av

from ss_camera import message
from ss_camera.app import App, Exit
from ss_camera.clock import RealClock
from ss_camera.media import Family
from ss_camera.settings.load import load
from ss_camera.sinks.memory import MemorySink
from tests.camera.mmal.firmware import Firmware
from tests.camera.mmal.opening import picture
from tests.pictures import still

ENVIRONMENT = {
    "CAMERA": "picamera",
    "SS_BROKERS": "localhost:9092",
    "SS_TOPIC": "stills",
    "CAMERA_ID": "gate",
    "PICAMERA_RESOLUTION": "VGA",
    "PICAMERA_FRAMERATE": "20",
    "PICAMERA_ROTATION": "90",
    "SCHEDULE": "every second",
    "MOTION": "on",
    "MOTION_VECTOR": "20",
    "CLIP_PREROLL": "1",
    "CLIP_POSTROLL": "1",
    "CLIP_BITRATE": "1000000",
}
ENOUGH_S = 30.0


def wait_for(what: Callable[[], bool]) -> None:
    """Until it is so, or too long."""
    clock, never = RealClock(), threading.Event()
    deadline_s = clock.monotonic_s() + ENOUGH_S
    while not what():
        assert clock.monotonic_s() < deadline_s, "it did not come"
        clock.wait(never, 0.02)


def test_stills_and_a_clip_of_what_moves_leave_and_a_failure_heals(firmware: Firmware) -> None:
    """Motion is found by the encoder's vectors; the clip is whole, upright and plays; the camera recovers."""
    firmware.moving = False
    settings = load(None, need_broker=False, environ=ENVIRONMENT, secrets_dirs=[])
    sinks = {family: MemorySink() for family in Family}
    app = App(settings, sinks.__getitem__, RealClock())

    def count(family: Family) -> int:
        return len(sinks[family].messages)

    def kinds() -> set[object]:
        found = [message.read(each.payload) for each in sinks[Family.EVENT].messages]
        return {each.fields["kind"] for each in found if each.fields is not None}

    app.start()
    try:
        wait_for(lambda: count(Family.STILL) >= 2)  # the detector has settled by then
        firmware.moving = True
        wait_for(lambda: count(Family.CLIP) >= 2)
        firmware.moving = False
        wait_for(lambda: "motion-end" in kinds())
        before = count(Family.STILL)
        wait_for(lambda: count(Family.STILL) > before)  # the next one is a second away
        firmware.break_sensor()
        wait_for(lambda: app.counters.snapshot().get("camera failures", 0) >= 1)
        before = count(Family.STILL)
        firmware.faults.end()
        wait_for(lambda: count(Family.STILL) > before)
    finally:
        assert app.stop() is Exit.OK
    [clip] = _clips(sinks[Family.CLIP])
    assert clip.status is message.ClipStatus.COMPLETE
    assert clip.preroll_s >= 0.9
    with av.open(io.BytesIO(clip.read())) as container:
        frames = list(container.decode(video=0))
    assert clip.totals is not None
    assert len(frames) == clip.totals.frames
    assert {(frame.width, frame.height) for frame in frames} == {(480, 640)}
    stills = [each.payload for each in sinks[Family.STILL].messages]
    assert {picture(still(data=payload)).size for payload in stills} == {(480, 640)}
    numbers = sorted(each.seq for sink in sinks.values() for each in sink.messages)
    assert numbers == list(range(len(numbers)))


def _clips(sink: MemorySink) -> list[message.Clip]:
    assembler, clips = message.ClipAssembler(), []
    for each in sink.messages:
        part = message.read(each.payload).part
        if part is not None:
            clips += assembler.take(part, 0.0)
    return clips + assembler.close()
