"""A port's parameters: what was set is kept as bytes and comes back; some answers are the firmware's own."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from tests.camera.mmal.components import MAX_SIZE, Port, behind
from tests.camera.mmal.firmware import FULL_GAIN, Firmware

_HEADER_BYTES = 8
_SENSOR = b"imx219"
_EXPOSURE_US = 20_000
_INTEGERS = {
    "boolean": (ctypes.c_int32, "value"),
    "uint32": (ctypes.c_uint32, "value"),
    "int32": (ctypes.c_int32, "value"),
    "uint64": (ctypes.c_uint64, "value"),
    "int64": (ctypes.c_int64, "value"),
}


class Parameters:
    """The functions `mmal_port_parameter_*`."""

    def __init__(self, firmware: Firmware) -> None:
        self._firmware = firmware
        self._mmal = firmware.mmal

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Each by its name."""
        found: dict[str, Callable[..., Any]] = {
            "mmal_port_parameter_set": self.set,
            "mmal_port_parameter_get": self.get,
            "mmal_port_parameter_set_rational": self._set_rational,
            "mmal_port_parameter_get_rational": self._get_rational,
        }
        for name, (kind, _) in _INTEGERS.items():
            found[f"mmal_port_parameter_set_{name}"] = self._setter(kind)
            found[f"mmal_port_parameter_get_{name}"] = self._getter(kind)
        return found

    def set(self, pointer: Any, header: Any) -> int:
        """A structure that begins with its header."""
        header = header.contents if hasattr(header, "contents") else header
        raw = ctypes.string_at(ctypes.addressof(header), header.size)[_HEADER_BYTES:]
        return self._store(behind(pointer), header.id, raw)

    def get(self, pointer: Any, header: Any) -> int:
        """Fill the structure behind the header; what was never set reads as zeros."""
        header = header.contents if hasattr(header, "contents") else header
        port, mmal, at = behind(pointer), self._mmal, ctypes.addressof(header)
        if header.id == mmal.MMAL_PARAMETER_CAMERA_INFO:
            return self._camera_info(header.size, at)
        if header.id == mmal.MMAL_PARAMETER_SUPPORTED_ENCODINGS:
            return self._encodings(header, at)
        if header.id == mmal.MMAL_PARAMETER_CAMERA_SETTINGS:
            return self._exposure(port, at)
        raw = port.parameters.get(header.id, b"")[: header.size - _HEADER_BYTES]
        ctypes.memmove(at + _HEADER_BYTES, raw, len(raw))
        return int(mmal.MMAL_SUCCESS)

    def _store(self, port: Port, key: int, raw: bytes) -> int:
        mmal = self._mmal
        if (
            key == mmal.MMAL_PARAMETER_CAMERA_NUM
            and int.from_bytes(raw, "little") >= self._firmware.faults.sensors
        ):
            return int(mmal.MMAL_EINVAL)
        if key == mmal.MMAL_PARAMETER_EXIF:
            # lengths of key and value, and where the value is: picamera writes key=value with all three 0
            port.component.image.tags.append(raw[12:])
        elif key == mmal.MMAL_PARAMETER_VIDEO_REQUEST_I_FRAME:
            port.component.video.wants_key = any(raw)
        port.parameters[key] = raw
        return int(mmal.MMAL_SUCCESS)

    def _setter(self, kind: Any) -> Callable[[Any, int, Any], int]:
        def setter(pointer: Any, key: int, value: Any) -> int:
            # raises TypeError for a float, as the real function's argument types do
            return self._store(behind(pointer), key, bytes(kind(getattr(value, "value", value))))

        return setter

    def _getter(self, kind: Any) -> Callable[[Any, int, Any], int]:
        def getter(pointer: Any, key: int, result: Any) -> int:
            port, mmal = behind(pointer), self._mmal
            default = {
                mmal.MMAL_PARAMETER_INTRAPERIOD: 60,
                mmal.MMAL_PARAMETER_SYSTEM_TIME: self._firmware.now_us(),
            }.get(key, 0)
            raw = port.parameters.get(key)
            result.value = kind.from_buffer_copy(raw).value if raw else default
            return int(mmal.MMAL_SUCCESS)

        return getter

    def _set_rational(self, pointer: Any, key: int, value: Any) -> int:
        value = value.contents if hasattr(value, "contents") else value
        return self._store(behind(pointer), key, bytes(value))

    def _get_rational(self, pointer: Any, key: int, result: Any) -> int:
        port, mmal = behind(pointer), self._mmal
        raw = port.parameters.get(key)
        if raw:
            value = mmal.MMAL_RATIONAL_T.from_buffer_copy(raw)
        elif key in (mmal.MMAL_PARAMETER_FRAME_RATE, mmal.MMAL_PARAMETER_VIDEO_FRAME_RATE):
            value = port.video.frame_rate
        else:
            value = mmal.MMAL_RATIONAL_T(0, 1)
        result.num, result.den = value.num, value.den or 1
        return int(mmal.MMAL_SUCCESS)

    def _camera_info(self, size: int, at: int) -> int:
        mmal = self._mmal
        if size == ctypes.sizeof(mmal.MMAL_PARAMETER_CAMERA_INFO_T):
            return int(mmal.MMAL_EINVAL)  # new firmware refuses the old structure
        info = mmal.MMAL_PARAMETER_CAMERA_INFO_V2_T.from_address(at)
        info.num_cameras = self._firmware.faults.sensors
        for camera in list(info.cameras)[: info.num_cameras]:
            camera.max_width, camera.max_height = MAX_SIZE
            camera.camera_name = _SENSOR
        return int(mmal.MMAL_SUCCESS)

    def _encodings(self, header: Any, at: int) -> int:
        mmal = self._mmal
        known = (
            mmal.MMAL_ENCODING_I420,
            mmal.MMAL_ENCODING_RGB24,
            mmal.MMAL_ENCODING_BGR24,
            mmal.MMAL_ENCODING_RGBA,
            mmal.MMAL_ENCODING_BGRA,
        )
        answer = mmal.MMAL_PARAMETER_ENCODING_T.from_address(at)
        for index, encoding in enumerate(known):
            answer.encoding[index] = encoding
        header.size = _HEADER_BYTES + 4 * len(known)
        return int(mmal.MMAL_SUCCESS)

    def _exposure(self, port: Port, at: int) -> int:
        """What automatic exposure has come to; gains that were set by hand are as they were set."""
        mmal = self._mmal
        answer = mmal.MMAL_PARAMETER_CAMERA_SETTINGS_T.from_address(at)
        answer.exposure = _EXPOSURE_US
        answer.analog_gain.num = round(256 * FULL_GAIN * self._firmware.share(port.component))
        answer.digital_gain.num = answer.awb_red_gain.num = answer.awb_blue_gain.num = 256
        for gain in (answer.analog_gain, answer.digital_gain, answer.awb_red_gain, answer.awb_blue_gain):
            gain.den = 256
        raw = port.parameters.get(mmal.MMAL_PARAMETER_CUSTOM_AWB_GAINS)
        if raw and not port.flag(mmal.MMAL_PARAMETER_AWB_MODE):
            ctypes.memmove(ctypes.addressof(answer.awb_red_gain), raw, len(raw))
        for name in ("analog_gain", "digital_gain"):  # picamerax
            raw = port.parameters.get(getattr(mmal, f"MMAL_PARAMETER_{name.upper()}", -1))
            if raw and mmal.MMAL_RATIONAL_T.from_buffer_copy(raw).num:
                ctypes.memmove(ctypes.addressof(getattr(answer, name)), raw, len(raw))
        return int(mmal.MMAL_SUCCESS)
