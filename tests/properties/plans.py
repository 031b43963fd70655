"""Settings of a camera in, the plan of each stack out; the libcamera camera has every control there is."""

from __future__ import annotations

from ss_camera.properties.advertised import Advertised
from ss_camera.properties.how import Stack
from ss_camera.properties.legacy import LegacyPlan, legacy_plan
from ss_camera.properties.libcamera import LibcameraPlan, libcamera_plan
from ss_camera.properties.software import SoftwarePlan, software_plan
from ss_camera.settings.libcamera_controls import CONTROLS, words
from ss_camera.settings.model import CameraSettings

Plan = LegacyPlan | LibcameraPlan | SoftwarePlan
KINDS = {Stack.PICAMERA: "picamera", Stack.PICAMERA2: "picamera2", Stack.SOFTWARE: "v4l2"}
EVERYTHING: Advertised = {
    name: (0, len(words(name)) - 1, 0) if words(name) else (None, None, None) for name in CONTROLS
}
# of a Raspberry Pi's camera module 2, by libcamera's documentation of controls
IMX219: Advertised = {
    "AeEnable": (False, True, None),
    "AeExposureMode": (0, 3, 0),
    "AeMeteringMode": (0, 3, 0),
    "AeConstraintMode": (0, 3, 0),
    "ExposureValue": (-8.0, 8.0, 0.0),
    "ExposureTime": (75, 11_766_829, 20_000),
    "ExposureTimeMode": (0, 1, 0),
    "AnalogueGain": (1.0, 10.667, 1.0),
    "AnalogueGainMode": (0, 1, 0),
    "AwbEnable": (False, True, None),
    "AwbMode": (0, 7, 0),
    "ColourGains": (0.0, 32.0, None),
    "Brightness": (-1.0, 1.0, 0.0),
    "Contrast": (0.0, 32.0, 1.0),
    "Saturation": (0.0, 32.0, 1.0),
    "Sharpness": (0.0, 16.0, 1.0),
    "NoiseReductionMode": (0, 4, 0),
    "ScalerCrop": ((0, 0, 128, 128), (0, 0, 3280, 2464), (0, 0, 3280, 2464)),
    "FrameDurationLimits": (21_201, 11_767_556, 33_333),
}


def plan(camera: CameraSettings, stack: Stack, library: str = "picamerax") -> Plan:
    """The plan of `stack` for the settings of a camera of its kind."""
    if stack is Stack.PICAMERA:
        return legacy_plan(camera, library)
    if stack is Stack.PICAMERA2:
        return libcamera_plan(camera, EVERYTHING)
    return software_plan(camera)
