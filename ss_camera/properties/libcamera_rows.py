"""The rows of `PICAMERA2_*`: how picamera, picamera2 and software do them.

On picamera2 a control is exact where the camera has it; what it has only the camera knows.
"""

from __future__ import annotations

from ss_camera.properties.how import row
from ss_camera.settings.libcamera_controls import CONTROLS, variable

_EQUAL = {
    "AeEnable": ("a", "-", "picamera: exposure_mode `off` or `auto`.", ""),
    "AeMeteringMode": ("a", "-", "picamera: meter_mode `average`, `spot`, `matrix`; others warn.", ""),
    "AeExposureMode": ("a", "-", "picamera: exposure_mode `auto`, `sports`, `night`; others warn.", ""),
    "ExposureValue": ("a", "-", "picamera: exposure_compensation = value x 6.", ""),
    "ExposureTime": ("e", "-", "picamera: shutter_speed.", ""),
    "ExposureTimeMode": ("a", "-", "picamera: `Auto` leaves ExposureTime out.", ""),
    "AnalogueGain": ("a", "-", "picamera: iso = value x 100; picamerax: analog_gain.", ""),
    "AnalogueGainMode": ("a", "-", "picamera: `Auto` leaves AnalogueGain out.", ""),
    "DigitalGain": ("a", "-", "picamerax only: digital_gain.", ""),
    "Brightness": ("a", "s", "picamera: brightness = 50 + value x 50.", ""),
    "Contrast": ("a", "s", "picamera and software: contrast = (value - 1) x 100, at most 100.", ""),
    "Saturation": ("a", "s", "picamera and software: saturation = (value - 1) x 100, at most 100.", ""),
    "Sharpness": ("a", "s", "picamera and software: sharpness = (value - 1) x 100, at most 100.", ""),
    "AwbEnable": ("a", "-", "picamera: awb_mode `off` or `auto`.", ""),
    "AwbMode": ("a", "-", "picamera: awb_mode; Indoor and Custom warn.", ""),
    "ColourGains": ("e", "-", "picamera: awb_gains with awb_mode `off`.", ""),
    "ScalerCrop": ("-", "-", "", "PICAMERA_ZOOM"),
    "FrameDurationLimits": ("e", "-", "picamera: framerate or framerate_range.", "PICAMERA_FRAMERATE"),
    "NoiseReductionMode": ("a", "-", "picamera: image_denoise and video_denoise.", ""),
}
"""Controls that picamera or software have too: their letters, a note, and what to use where there is none."""

_NONE = ("-", "-", "", "")


def _control(name: str) -> tuple[str, str, str, str]:
    return _EQUAL.get(name, _NONE)


ROWS = (
    row("PICAMERA2_MAIN_SIZE", "eea", "As `PICAMERA_RESOLUTION`."),
    row("PICAMERA2_SIZE", "eea", "As `PICAMERA_RESOLUTION`."),
    row("PICAMERA2_CONTROLS_FRAME_RATE", "eea", "As `PICAMERA_FRAMERATE`."),
    row("PICAMERA2_MAIN_FORMAT", "-e-"),
    row("PICAMERA2_FORMAT", "-e-"),
    row("PICAMERA2_COLOUR_SPACE", "ae-", "picamerax only: colorspace jfif, bt601, bt709; others warn."),
    row("PICAMERA2_BUFFER_COUNT", "-e-"),
    row("PICAMERA2_TRANSFORM_HFLIP", "ees"),
    row("PICAMERA2_TRANSFORM_VFLIP", "ees"),
    row("PICAMERA2_TRANSFORM_TRANSPOSE", "ass", "A flip and a rotation by 90 degrees."),
    *(
        row(variable(name), picamera + "e" + software, note, instead=instead)
        for name in CONTROLS
        for picamera, software, note, instead in [_control(name)]
    ),
)
