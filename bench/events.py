"""Row `events`: how soon a motion and its clip are at a subscriber, and what CPU the camera takes."""

from __future__ import annotations

import contextlib
import io
import json
import threading
import time
from statistics import median
from typing import Any

from bench import children
from bench.brokers import Broker
from bench.figures import Figure
from bench.latency import camera_settings, reader
from bench.meter import cpu_s, cpu_s_of

FPS = 20
FIRST_S, EVERY_S, LASTS_S = 6, 4, 1
"""The script of motions, in seconds."""
_BODY_LEVELS, _BODY_PIXELS = 60, 400
_ENCODE_S = 5.0


def events(broker: Broker, motions: int) -> list[Figure]:
    """`./ss-camera.py` at 640x480 beside a reader in a process of its own; then its source alone."""
    script = ",".join(f"{FIRST_S + EVERY_S * number}+{LASTS_S}" for number in range(motions))
    with contextlib.ExitStack() as stack:
        topic = "bench-events"
        for name in (topic, f"{topic}.clip", f"{topic}.event"):
            stack.enter_context(broker.topic(name))
        settings = camera_settings(
            broker,
            topic,
            PICAMERA_RESOLUTION="VGA",
            PICAMERA_FRAMERATE=str(FPS),
            SCHEDULE="1",
            MOTION="on",
            SYNTHETIC_MOTION=script,
            CLIP_PREROLL="1",
            CLIP_POSTROLL="1",
        )
        arguments = {"address": broker.address, "topic": topic, "motions": motions}
        command = children.case("bench.events:read", **arguments)
        reading = stack.enter_context(children.running(command))
        children.first_line(reading)
        camera = stack.enter_context(children.camera(settings))
        children.first_line(reading)  # the first event
        start_s, start_cpu_s = time.monotonic(), cpu_s_of(camera.pid)
        children.first_line(reading)  # the last one, and it has not begun to decode the clips
        share = (cpu_s_of(camera.pid) - start_cpu_s) / (time.monotonic() - start_s)
        figures: dict[str, float] = children.first_line(reading)
    source = children.run("bench.events:draw_and_encode", seconds=_ENCODE_S)["share"]
    return [
        *(Figure("events", what, broker.name, value, "ms") for what, value in figures.items()),
        Figure("events", "CPU, whole program", broker.name, 100 * share, "%"),
        Figure("events", "CPU, without drawing and encoding", broker.name, 100 * (share - source), "%"),
    ]


def read(address: str, topic: str, motions: int) -> dict[str, float]:
    """Milliseconds until events and parts are here. A line when it reads, with the first event, the last."""
    arrived: dict[str, list[tuple[int, Any]]] = {"event": [], "clip": []}
    done = threading.Event()
    for family in arrived:
        incoming = reader(address, f"{topic}.{family}").open()
        arguments = (incoming, arrived[family], motions, done if family == "event" else None)
        threading.Thread(target=_collect, args=arguments, daemon=True).start()
    _say("reads")
    if not done.wait(FIRST_S + EVERY_S * motions + 40.0):
        raise RuntimeError(f"not all of {motions} motions were told")
    time.sleep(1.0)  # the last part comes on a topic of its own
    _say("done")
    return _late(arrived["event"], arrived["clip"], motions)


def _collect(
    incoming: Any, arrived: list[tuple[int, Any]], motions: int, done: threading.Event | None
) -> None:
    from ss_camera import message

    ends = 0
    for received in incoming:
        now_us = time.time_ns() // 1000
        found = message.read(received.value)
        arrived.append((now_us, found))
        if done is None:
            continue
        if len(arrived) == 1:
            _say("first event")
        ends += found.fields is not None and found.fields["kind"] == "motion-end"
        if ends == motions:
            done.set()


def _say(what: str) -> None:
    print(json.dumps({"is": what}), flush=True)  # noqa: T201 - for the process that waits


def _late(events: list[tuple[int, Any]], clips: list[tuple[int, Any]], motions: int) -> dict[str, float]:
    """From the picture that shows the motion, found in the clip itself, to the event; and from the detector's
    decision to the first part with video."""
    starts = [(at, found.identity) for at, found in events if found.fields["kind"] == "motion-start"]
    parts: dict[str, list[tuple[int, Any]]] = {identity.event: [] for _, identity in starts}
    for at, found in clips:
        parts[found.identity.event].append((at, found.part))
    to_event, to_part = [], []
    for at, identity in starts:
        shown_us = _shown_us([part for _, part in parts[identity.event]])
        to_event.append((at - shown_us) / 1000)
        media_at = next(at for at, part in parts[identity.event] if part.kind == "media")
        to_part.append((media_at - identity.captured_us) / 1000)
    if len(starts) != motions:
        raise RuntimeError(f"{len(starts)} events of {motions} motions")
    return {
        "motion to event, p50": median(to_event),
        "motion to event, max": max(to_event),
        "trigger to first part, p50": median(to_part),
        "trigger to first part, max": max(to_part),
    }


def _shown_us(parts: list[Any]) -> int:
    """Wall clock of the first frame of a clip that shows the body, in microseconds."""
    import av
    import numpy as np

    parts = sorted(parts, key=lambda part: part.index)
    begins_us: int = parts[0].identity.captured_us
    with av.open(io.BytesIO(b"".join(part.video for part in parts)), "r") as video:
        first = None
        for frame in video.decode(video=0):
            # below the text, which changes with each frame
            picture = frame.to_ndarray(format="gray")[frame.height // 4 :].astype(np.int16)
            first = picture if first is None else first
            if np.count_nonzero(np.absolute(picture - first) > _BODY_LEVELS) > _BODY_PIXELS:
                return begins_us + round(float(frame.time or 0) * 1e6)
    raise RuntimeError("a clip does not show its motion")


def draw_and_encode(seconds: float) -> dict[str, float]:
    """CPU of the source alone: drawing, the luma of samples, libx264; a share of one core."""
    from ss_camera.clock import RealClock
    from ss_camera.settings.model import CameraSettings, SyntheticSettings, VideoSettings
    from ss_camera.sources import open_source

    camera = CameraSettings(
        "bench",
        kind="synthetic",
        width=640,
        height=480,
        framerate=float(FPS),
        video=VideoSettings(),
        synthetic=SyntheticSettings(motion=()),
    )
    source = open_source(camera, RealClock(), lambda *_: None)
    source.start_video(lambda _: None, lambda _: None)
    time.sleep(1.0)
    start_s, start_cpu_s = time.monotonic(), cpu_s()
    time.sleep(seconds)
    share = (cpu_s() - start_cpu_s) / (time.monotonic() - start_s)
    source.close()
    return {"share": share}
