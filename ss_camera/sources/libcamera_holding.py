"""The controls asked for in, those of the start out, and those that wait until the camera has settled.

Automatic exposure or white balance that is switched off holds what it has at that moment, and at the start it
has nothing: on a Raspberry Pi exposure then stays automatic, as a held time of 0 is none (`agc_channel.cpp`),
and white balance at its first guess. picamera's manual lets the camera settle first, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from ss_camera.sources.libcamera_convergence import LIMIT_S, Convergence

_MANUAL = 1  # of ExposureTimeMode and AnalogueGainMode (libcamera's control_ids_core.yaml)
_SWITCHED_OFF: dict[str, tuple[object, tuple[set[str], ...]]] = {
    "AeEnable": (False, ({"ExposureTime", "AnalogueGain"},)),
    "ExposureTimeMode": (_MANUAL, ({"ExposureTime"},)),
    "AnalogueGainMode": (_MANUAL, ({"AnalogueGain"},)),
    "AwbEnable": (False, ({"ColourGains"}, {"ColourTemperature"})),
}
"""The value that switches off, and what is to be given so that there is nothing to wait for: any of these."""


class Holding:
    """Names are libcamera's. `at_start` is what is set before the first frame."""

    def __init__(self, controls: Mapping[str, object]) -> None:
        self._convergence = Convergence()
        self._later: dict[str, object] = {
            name: off
            for name, (off, given) in _SWITCHED_OFF.items()
            if controls.get(name) == off and not any(controls.keys() >= each for each in given)
        }
        self.at_start = {name: value for name, value in controls.items() if name not in self._later}

    @property
    def is_over(self) -> bool:
        """Whether nothing waits."""
        return not self._later

    def due(self, metadata: Mapping[str, object], running_s: float) -> dict[str, object]:
        """What is to be set now: all that waits, once, when this frame has settled or `LIMIT_S` has passed.

        Takes each frame, in their order, `running_s` seconds after the start.
        """
        if not self._convergence.has_settled(metadata) and running_s < LIMIT_S:
            return {}
        later, self._later = self._later, {}
        return later
