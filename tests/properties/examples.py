"""A text for each camera property that asks for something, and what it needs beside it to have an effect."""

from __future__ import annotations

from ss_camera.settings.libcamera_controls import CONTROLS, variable, words

EXAMPLES: dict[str, tuple[str, dict[str, str]]] = {
    "PICAMERA_STEREO_MODE": ("side-by-side", {}),
    "PICAMERA_STEREO_DECIMATE": ("true", {}),
    "PICAMERA_SENSOR_MODE": ("4", {}),
    "PICAMERA_LED_PIN": ("5", {}),
    "PICAMERA_CLOCK_MODE": ("raw", {}),
    "PICAMERA_FRAMERATE_RANGE": ("(5,20)", {}),
    "PICAMERA_FRAMERATE_DELTA": ("0.5", {"PICAMERA_FRAMERATE": "10"}),
    "PICAMERA_BRIGHTNESS": ("60", {}),
    "PICAMERA_CONTRAST": ("20", {}),
    "PICAMERA_SATURATION": ("-20", {}),
    "PICAMERA_SHARPNESS": ("30", {}),
    "PICAMERA_ISO": ("400", {}),
    "PICAMERA_ANALOG_GAIN": ("2.5", {}),
    "PICAMERA_DIGITAL_GAIN": ("1.5", {}),
    "PICAMERA_SHUTTER_SPEED": ("20000", {}),
    "PICAMERA_EXPOSURE_COMPENSATION": ("-6", {}),
    "PICAMERA_EXPOSURE_MODE": ("sports", {}),
    "PICAMERA_METER_MODE": ("spot", {}),
    "PICAMERA_AWB_MODE": ("cloudy", {}),
    "PICAMERA_AWB_GAINS": ("(1.5,1.2)", {"PICAMERA_AWB_MODE": "off"}),
    "PICAMERA_FLASH_MODE": ("on", {}),
    "PICAMERA_DRC_STRENGTH": ("high", {}),
    "PICAMERA_IMAGE_EFFECT": ("negative", {}),
    "PICAMERA_IMAGE_EFFECT_PARAMS": ("(8)", {"PICAMERA_IMAGE_EFFECT": "posterise"}),
    "PICAMERA_COLOR_EFFECTS": ("(100,200)", {}),
    "PICAMERA_ROTATION": ("90", {}),
    "PICAMERA_HFLIP": ("true", {}),
    "PICAMERA_VFLIP": ("true", {}),
    "PICAMERA_ZOOM": ("(0.2,0.2,0.5,0.5)", {}),
    "PICAMERA_CROP": ("(0.2,0.2,0.5,0.5)", {}),
    "PICAMERA_VIDEO_STABILIZATION": ("true", {}),
    "PICAMERA_VIDEO_DENOISE": ("false", {}),
    "PICAMERA_IMAGE_DENOISE": ("false", {}),
    "PICAMERA_STILL_STATS": ("true", {}),
    "PICAMERA_LED": ("false", {}),
    "PICAMERA_ANNOTATE_TEXT": ("gate %H:%M", {}),
    "PICAMERA_ANNOTATE_TEXT_SIZE": ("20", {"PICAMERA_ANNOTATE_TEXT": "gate"}),
    "PICAMERA_ANNOTATE_FRAME_NUM": ("true", {}),
    "PICAMERA_ANNOTATE_FOREGROUND": ("red", {"PICAMERA_ANNOTATE_TEXT": "gate"}),
    "PICAMERA_ANNOTATE_BACKGROUND": ("#008", {"PICAMERA_ANNOTATE_TEXT": "gate"}),
    "PICAMERA_COLORSPACE": ("bt709", {}),
    "PICAMERA_ISP_BLOCKS": ("gamma,demosaic", {}),
    "PICAMERA_PREVIEW_ALPHA": ("128", {}),
    "PICAMERA_PREVIEW_LAYER": ("2", {}),
    "PICAMERA_PREVIEW_FULLSCREEN": ("true", {}),
    "PICAMERA_PREVIEW_WINDOW": ("(0,0,320,240)", {}),
    "PICAMERA_RAW_FORMAT": ("yuv", {}),
    "PICAMERA_EXIF_TAGS__IFD0.Copyright": ("me", {}),
    "CAPTURE_USE_VIDEO_PORT": ("false", {}),
    "CAPTURE_SPLITTER_PORT": ("2", {}),
    "CAPTURE_RESIZE": ("320x240", {}),
    "CAPTURE_THUMBNAIL": ("(64,48,35)", {}),
    "CAPTURE_RESTART": ("16", {}),
    "CAPTURE_BAYER": ("true", {"CAPTURE_USE_VIDEO_PORT": "false"}),
    "CAPTURE_BURST": ("true", {}),
    "PICAMERA2_MAIN_FORMAT": ("BGR888", {}),
    "PICAMERA2_FORMAT": ("BGR888", {}),
    "PICAMERA2_COLOUR_SPACE": ("Rec709", {}),
    "PICAMERA2_BUFFER_COUNT": ("2", {}),
    "PICAMERA2_TRANSFORM_HFLIP": ("1", {}),
    "PICAMERA2_TRANSFORM_VFLIP": ("1", {}),
    "PICAMERA2_TRANSFORM_TRANSPOSE": ("1", {}),
}
"""For each name a text that asks for something, and what it takes for that to have an effect."""

_CONTROL_TEXTS = {
    "AeEnable": "false",
    "AwbEnable": "false",
    "ExposureValue": "0.5",
    "ExposureTime": "20000",
    "AnalogueGain": "2.5",
    "DigitalGain": "1.5",
    "Brightness": "0.2",
    "Contrast": "1.2",
    "Saturation": "0.8",
    "Sharpness": "1.4",
    "Gamma": "2.2",
    "Hue": "10",
    "ColourGains": "(1.5,1.2)",
    "ColourTemperature": "5000",
    "ColourCorrectionMatrix": "1,0,0,0,1,0,0,0,1",
    "ScalerCrop": "(0,0,640,480)",
    "ScalerCrops": "(0,0,640,480)",
    "FrameDurationLimits": "(50000,100000)",
    "AfWindows": "(0,0,640,480)",
    "LensPosition": "2",
    "WdrStrength": "1",
    "WdrMaxBrightPixels": "0.1",
    "SyncFrames": "100",
    "AeFlickerPeriod": "10000",
}
_BESIDE = {
    "ExposureTimeMode": {variable("ExposureTime"): "20000"},
    "AnalogueGainMode": {variable("AnalogueGain"): "2.5"},
    "ColourCorrectionMatrix": {variable("AwbEnable"): "false"},
}
EXAMPLES.update(
    {
        variable(name): (
            # the last word but one of an enumeration, as picamera has an equal for it
            _CONTROL_TEXTS.get(name)
            or (words(name)[1 if len(words(name)) > 2 else 0] if words(name) else "true"),
            _BESIDE.get(name, {}),
        )
        for name in CONTROLS
    }
)
