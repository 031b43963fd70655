"""The rows of `PICAMERA_*`, and of the sample's `CAPTURE_*`: how picamera, picamera2 and software do them.

In the order in which one goes before another that says something else (`ZOOM` before `CROP`).
"""

from __future__ import annotations

from ss_camera.properties.how import row

ROWS = (
    # name, picamera + picamera2 + software (e exact, a approximated, s software, - not available), note
    row("PICAMERA_RESOLUTION", "eea", "Software: a size that the camera has, else scaled."),
    row("PICAMERA_FRAMERATE", "eea", "picamera2: FrameDurationLimits. Software: a rate that the camera has."),
    row("PICAMERA_CAMERA_NUM", "eea", "Software: V4L2 devices are counted, others have one camera."),
    row("PICAMERA_STEREO_MODE", "e--", neutral="none"),
    row("PICAMERA_STEREO_DECIMATE", "e--", neutral=False),
    row("PICAMERA_SENSOR_MODE", "e--", "libcamera chooses a mode by size and rate.", neutral=0),
    row("PICAMERA_LED_PIN", "e--"),
    row("PICAMERA_CLOCK_MODE", "e--", "The times in messages are the same in both modes.", neutral="reset"),
    row("PICAMERA_FRAMERATE_RANGE", "ee-", "picamera2: FrameDurationLimits."),
    row("PICAMERA_FRAMERATE_DELTA", "ee-", "picamera2: added to `PICAMERA_FRAMERATE`.", neutral=0),
    row("PICAMERA_BRIGHTNESS", "eas", "picamera2: Brightness = (value - 50) / 50."),
    row("PICAMERA_CONTRAST", "eas", "picamera2: Contrast = 1 + value / 100."),
    row("PICAMERA_SATURATION", "eas", "picamera2: Saturation = 1 + value / 100."),
    row("PICAMERA_SHARPNESS", "eas", "picamera2: Sharpness = 1 + value / 100."),
    row("PICAMERA_ANALOG_GAIN", "ee-", "picamerax only. picamera2: AnalogueGain.", neutral=0),
    row("PICAMERA_DIGITAL_GAIN", "ea-", "picamerax only. picamera2: where the camera has it.", neutral=0),
    row(
        "PICAMERA_ISO",
        "ea-",
        "picamera2: AnalogueGain = value / 100. picamera's firmware takes the nearest of 100, 200, 320, 400, "
        "500, 640, 800, on an IMX219 as 1.84 times that gain.",
        neutral=0,
    ),
    row("PICAMERA_SHUTTER_SPEED", "ee-", "picamera2: ExposureTime, with its mode Manual.", neutral=0),
    row("PICAMERA_EXPOSURE_COMPENSATION", "ee-", "picamera2: ExposureValue = value / 6 stops.", neutral=0),
    row(
        "PICAMERA_EXPOSURE_MODE",
        "ea-",
        "`off`: once it has settled. picamera2: AeEnable false; `sports` `antishake` Short; `night` "
        "`nightpreview` `verylong` `fireworks` Long; `spotlight` the constraint Highlight; `auto` `fixedfps` "
        "Normal; others warn.",
        neutral="auto",
    ),
    row(
        "PICAMERA_METER_MODE",
        "ea-",
        "picamera2: `spot` Spot; `matrix` Matrix; `average` `backlit` CentreWeighted.",
        neutral="average",
    ),
    row(
        "PICAMERA_AWB_MODE",
        "ea-",
        "`off`: once it has settled. `greyworld`: picamerax only. picamera2: AwbEnable false; `sunlight` "
        "Daylight; `auto` `cloudy` `tungsten` `fluorescent` `incandescent` by their names; others warn.",
        neutral="auto",
    ),
    row("PICAMERA_AWB_GAINS", "ee-", "With `PICAMERA_AWB_MODE=off`. picamera2: ColourGains."),
    row("PICAMERA_FLASH_MODE", "e--", neutral="off"),
    row("PICAMERA_DRC_STRENGTH", "e--", neutral="off"),
    row(
        "PICAMERA_IMAGE_EFFECT",
        "ess",
        "picamera2 and software: `negative`, `solarize`, `posterise`, `colorswap`, `blur`; others warn.",
        neutral="none",
    ),
    row("PICAMERA_IMAGE_EFFECT_PARAMS", "ess", "With an effect that has parameters."),
    row("PICAMERA_COLOR_EFFECTS", "ess", "picamera2: (128,128) is Saturation 0, others software."),
    row("PICAMERA_ROTATION", "ess", "picamera2: 180 by the Transform, 90 and 270 in software."),
    row("PICAMERA_HFLIP", "ees", "picamera2: Transform."),
    row("PICAMERA_VFLIP", "ees", "picamera2: Transform."),
    row("PICAMERA_ZOOM", "ees", "picamera2: ScalerCrop, in software where the camera has none."),
    row("PICAMERA_CROP", "ees", "picamera's old name for `PICAMERA_ZOOM`."),
    row("PICAMERA_VIDEO_STABILIZATION", "e--", neutral=False),
    row("PICAMERA_IMAGE_DENOISE", "ea-", "picamera2: NoiseReductionMode Fast or Off.", neutral=True),
    row("PICAMERA_VIDEO_DENOISE", "ea-", "picamera2: as before, for stills too.", neutral=True),
    row("PICAMERA_STILL_STATS", "e--", neutral=False),
    row("PICAMERA_LED", "e--", "picamera needs root and RPi.GPIO for it."),
    row("PICAMERA_ANNOTATE_TEXT", "ess", "`%H:%M:%S` and other codes of strftime are the wall clock."),
    row("PICAMERA_ANNOTATE_TEXT_SIZE", "ess"),
    row("PICAMERA_ANNOTATE_FRAME_NUM", "ess"),
    row("PICAMERA_ANNOTATE_FOREGROUND", "ess", "picamera's firmware takes its brightness only."),
    row("PICAMERA_ANNOTATE_BACKGROUND", "ess"),
    row("PICAMERA_COLORSPACE", "ea-", "picamerax only. picamera2: Sycc, Smpte170m, Rec709.", neutral="auto"),
    row("PICAMERA_ISP_BLOCKS", "e--", "picamerax only."),
    row("PICAMERA_PREVIEW_ALPHA", "---", "There is no preview window."),
    row("PICAMERA_PREVIEW_LAYER", "---", "There is no preview window."),
    row("PICAMERA_PREVIEW_FULLSCREEN", "---", "There is no preview window."),
    row("PICAMERA_PREVIEW_WINDOW", "---", "There is no preview window."),
    row("PICAMERA_RAW_FORMAT", "---", "Pictures are JPEG."),
    row("PICAMERA_EXIF_TAGS__*", "ess", "Written into every still."),
    row("CAPTURE_QUALITY", "eee", "The sample's name for `CAMERA_QUALITY`."),
    row("CAPTURE_FORMAT", "eee", "Pictures are JPEG."),
    row("CAPTURE_USE_VIDEO_PORT", "e--", "picamera2: stills are frames of the video.", neutral=True),
    row("CAPTURE_SPLITTER_PORT", "e--", neutral=0),
    row("CAPTURE_RESIZE", "ess", "The still's size; clips keep `PICAMERA_RESOLUTION`."),
    row("CAPTURE_THUMBNAIL", "e--", "picamera: with `CAPTURE_USE_VIDEO_PORT=false` only.", neutral=None),
    row("CAPTURE_RESTART", "e--", neutral=0),
    row("CAPTURE_BAYER", "e--", "picamera: with `CAPTURE_USE_VIDEO_PORT=false` only.", neutral=False),
    row("CAPTURE_BURST", "---", "Each still is a capture of its own.", neutral=False),
)
