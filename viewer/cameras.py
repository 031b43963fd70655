"""Messages in, every camera's newest picture and its counts out; bounded in memory, whatever is sent.

Called by the reading thread, asked by the window and the web server; one lock, held for microseconds.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from ss_camera.clock import Clock
from ss_camera.media import Family
from ss_camera.message import Identity, Incoming
from viewer import pictures
from viewer.naming import boot_key, camera_name, printable
from viewer.statistics import Latency, Rate
from viewer.tracker import Arrival, CameraTracker

MAX_CAMERAS = 100
MAX_HELD = 4096
"""Numbers held back until they count."""
SILENT_S = 60.0
"""A camera silent for longer gives its place up where all are taken; its counts go with it."""
OTHERS = "others"
"""The name that all cameras beyond `MAX_CAMERAS` share; their sequences are not followed."""

_FAMILIES = {"still": Family.STILL, "clip": Family.CLIP, "event": Family.EVENT}
_CLOCK_SET_US = 1_420_070_400_000_000  # 2015-01-01: older than any camera that speaks this format
_AHEAD_US = 60_000_000


@dataclass(frozen=True)
class Frame:
    """A camera's picture as it came. `number` counts all pictures, so a greater one is newer.

    `captured_us` is None where the camera's clock was not set; `received_s` is on the monotonic clock.
    """

    number: int
    camera: str
    data: bytes
    width: int
    height: int
    seq: int | None
    captured_us: int | None
    received_us: int
    received_s: float


@dataclass(frozen=True)
class Received:
    """A message of ours that did not come before. `frame` is given where it is the newest picture.

    `camera` is its own name, `shown_as` the one that it is shown and counted under: beyond `MAX_CAMERAS` they
    differ. `timestamp_us` is SINETStream's.
    """

    camera: str
    shown_as: str
    incoming: Incoming
    payload: bytes
    timestamp_us: int
    frame: Frame | None = None


class _Camera:
    """What is known of one camera. `tracker` is None where its messages carry no sequence."""

    def __init__(self, tracker: CameraTracker | None) -> None:
        self.tracker = tracker
        self.heard_s = 0.0
        self.received = 0
        self.rate = Rate()
        self.latency = Latency()
        self.clock = "not set"
        self.frame: Frame | None = None

    def stale(self, now_s: float) -> bool:
        """Whether nothing came for 5 s and three of its usual intervals."""
        if self.frame is None:
            return False
        usual_s = self.rate.interval_s or 0.0
        return now_s - self.frame.received_s > max(5.0, 3 * usual_s)


class Cameras:
    """All cameras seen. Every method may be called from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._cameras: dict[str, _Camera] = {}
        self._received = 0
        self._foreign = 0
        self._holds_until_s = float("-inf")
        self._held: deque[tuple[CameraTracker, str, int, Family]] = deque(maxlen=MAX_HELD)
        self.sees_all = True
        """Whether all topics of the cameras are read: else a number may have gone to one that is not, and
        nothing can be said to be missing."""

    @property
    def received(self) -> int:
        """Unique pictures so far, of all cameras."""
        return self._received

    def refuse(self) -> None:
        """Account for one message that could not be read at all."""
        with self._lock:
            self._foreign += 1

    def receive(self, payload: bytes, topic: str, timestamp_us: int) -> Received | str | None:
        """Account for one message.

        Returns the reason as a phrase where the message is not ours or not to be shown, and None where it
        came before.
        """
        incoming = pictures.read(payload)
        with self._lock:
            if incoming.problem or incoming.kind == "foreign":
                self._foreign += 1
                return printable(incoming.problem or "it is not ours")
            identity = incoming.identity
            # the sample's plain pictures say nothing of their camera: the topic stands for it
            own = camera_name(identity.camera if identity else f"({topic})")
            name, camera = self._find(own, followed=identity is not None)
            family = _FAMILIES[incoming.kind]
            arrival = self._arrive(camera, identity, family)
            if too_large := pictures.too_large(incoming):
                self._foreign += 1
                return too_large
            if arrival is Arrival.REPEATED:
                return None
            frame = None
            if family is Family.STILL:
                frame = self._frame(name, payload, incoming, timestamp_us)
                frame = self._account(camera, frame, identity, arrival)
            return Received(own, name, incoming, payload, timestamp_us, frame)

    def hold(self, seconds: float = float("inf")) -> None:
        """For so long from now a camera's numbers are followed from its first still on.

        What else it sent before that still may stand in front of stills that nobody read.
        """
        with self._lock:
            self._holds_until_s = self._clock.monotonic_s() + seconds

    def forget_gaps(self) -> None:
        """Begin anew to count what is missing: a topic is read from now on that was not before."""
        with self._lock:
            for camera in self._cameras.values():
                if camera.tracker:
                    camera.tracker.forget_gaps()

    @property
    def missing(self) -> int:
        """What is missing up to the last still of each camera, over all cameras."""
        with self._lock:
            trackers = [camera.tracker for camera in self._cameras.values() if camera.tracker]
            return sum(tracker.missing_until_still for tracker in trackers)

    def frame(self, camera: str) -> Frame | None:
        """The newest picture of one camera."""
        with self._lock:
            known = self._cameras.get(camera)
            return known.frame if known else None

    def frames(self) -> list[Frame]:
        """The newest picture of every camera, in the order in which the cameras appeared."""
        with self._lock:
            return [camera.frame for camera in self._cameras.values() if camera.frame]

    def state(self, *, latency: bool = False) -> dict[str, object]:
        """Counts of everything, ready for JSON; with `latency`, percentiles as well (they cost a sort)."""
        now_s, now_us = self._clock.monotonic_s(), self._clock.wall_us()
        with self._lock:
            cameras = {
                name: _state(camera, now_s, now_us, sees_all=self.sees_all)
                | ({"latency_ms": camera.latency.percentiles()} if latency else {})
                for name, camera in self._cameras.items()
            }
            return {"cameras": cameras, "received": self._received, "foreign": self._foreign}

    def summary(self) -> dict[str, Mapping[str, object]]:
        """What `--count` prints of every camera."""
        with self._lock:
            return {name: _summary(camera, sees_all=self.sees_all) for name, camera in self._cameras.items()}

    def _arrive(self, camera: _Camera, identity: Identity | None, family: Family) -> Arrival:
        tracker = camera.tracker
        if identity is None or tracker is None:
            return Arrival.NEWEST
        boot = boot_key(identity.boot)
        if tracker.knows(boot) or self._clock.monotonic_s() >= self._holds_until_s:
            return tracker.arrive(boot, identity.seq, family)
        if family is not Family.STILL:
            self._held.append((tracker, boot, identity.seq, family))
            return Arrival.NEWEST
        arrival = tracker.arrive(boot, identity.seq, family)
        # of what was held back, the numbers behind this first one count: the topics were read in any order
        for held, its_boot, seq, its_family in self._held:
            if held is tracker and its_boot == boot:
                tracker.arrive(boot, seq, its_family)
        return arrival

    def _find(self, name: str, *, followed: bool) -> tuple[str, _Camera]:
        now_s = self._clock.monotonic_s()
        if name not in self._cameras and not self._has_room(now_s):
            name = OTHERS
        if name not in self._cameras:
            self._cameras[name] = _Camera(CameraTracker() if followed and name != OTHERS else None)
        self._cameras[name].heard_s = now_s
        return name, self._cameras[name]

    def _has_room(self, now_s: float) -> bool:
        """Whether one more camera may have a name; the longest silent one makes room for it."""
        named = [name for name in self._cameras if name != OTHERS]
        if len(named) < MAX_CAMERAS:
            return True
        silent = min(named, key=lambda name: self._cameras[name].heard_s)
        if now_s - self._cameras[silent].heard_s <= SILENT_S:
            return False
        del self._cameras[silent]
        return True

    def _frame(self, name: str, payload: bytes, incoming: Incoming, timestamp_us: int) -> Frame:
        self._received += 1
        identity = incoming.identity
        received_us = self._clock.wall_us()
        captured_us = identity.captured_us if identity else timestamp_us
        return Frame(
            number=self._received,
            camera=name,
            data=payload,
            width=incoming.width or 0,
            height=incoming.height or 0,
            seq=identity.seq if identity else None,
            captured_us=captured_us if _CLOCK_SET_US <= captured_us <= received_us + _AHEAD_US else None,
            received_us=received_us,
            received_s=self._clock.monotonic_s(),
        )

    @staticmethod
    def _account(camera: _Camera, frame: Frame, identity: Identity | None, arrival: Arrival) -> Frame | None:
        camera.received += 1
        camera.rate.arrived(frame.received_s)
        if frame.captured_us is None:
            camera.clock = "not set"
        else:
            camera.clock = "unsynced" if identity and identity.clock == "unsynced" else "synced"
            camera.latency.add((frame.received_us - frame.captured_us) / 1000)
        if arrival is Arrival.LATE:
            return None
        camera.frame = frame
        return frame


def _state(camera: _Camera, now_s: float, now_us: int, *, sees_all: bool) -> dict[str, object]:
    frame, tracker = camera.frame, camera.tracker
    age_s = None
    if frame and frame.captured_us is not None:
        age_s = round(max(0, now_us - frame.captured_us) / 1e6, 3)
    return {
        "state": "waiting" if frame is None else "stale" if camera.stale(now_s) else "live",
        "received": camera.received,
        "rate": round(camera.rate.per_second(now_s), 3),
        "age_s": age_s,
        "since_s": round(now_s - frame.received_s, 3) if frame else None,
        "clock": camera.clock,
        "first_seq": tracker.first if tracker else None,
        "last_seq": tracker.last if tracker else None,
        "missing": tracker.missing if tracker and sees_all else None,
        "repeated": tracker.repeated if tracker else None,
        "width": frame.width if frame else None,
        "height": frame.height if frame else None,
    }


def _summary(camera: _Camera, *, sees_all: bool) -> dict[str, object]:
    """Up to the last still, as the other topics of the camera may be read further than that of stills."""
    tracker = camera.tracker
    return {
        "first_seq": tracker.first if tracker else None,
        "last_seq": tracker.last_still if tracker else None,
        "missing": tracker.missing_until_still if tracker and sees_all else None,
        "repeated": tracker.repeated if tracker else None,
        "latency_ms": camera.latency.percentiles(),
    }
