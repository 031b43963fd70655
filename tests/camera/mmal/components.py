"""What stands behind MMAL's C structures: components, ports, connections, pools and buffers.

A pointer that picamera hands back is looked up in `REGISTRY` by the address of its structure.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from tests.camera.mmal import scene
from tests.camera.mmal.encoders import ImageEncoder, VideoEncoder, chunks
from tests.camera.mmal.faults import Faults

PORTS = {
    "vc.camera_info": (0, 0),
    "vc.ril.camera": (0, 3),
    "vc.ril.video_splitter": (1, 4),
    "vc.null_sink": (1, 0),
}
"""Inputs and outputs; all others have one of each."""
CHUNK_BYTES = 8192
"""Of an encoder's buffer. The firmware's has 65,536: with these, every picture comes in pieces."""
MAX_SIZE = 3280, 2464

REGISTRY: dict[int, Any] = {}
_NO_BUFFER_S = 0.05


def behind(pointer: Any) -> Any:
    """The object of a structure, or of a pointer to one."""
    structure = pointer.contents if hasattr(pointer, "contents") else pointer
    return REGISTRY[ctypes.addressof(structure)]


class Buffer:
    """A buffer header with its memory; it goes back to its pool when nobody holds it."""

    def __init__(self, mmal: ModuleType, size: int, pool: Pool) -> None:
        self.memory = (ctypes.c_uint8 * max(1, size))()
        self.pool = pool
        self.references = 0
        self._specific = mmal.MMAL_BUFFER_HEADER_TYPE_SPECIFIC_T()
        self.header = mmal.MMAL_BUFFER_HEADER_T()
        self.header.data = ctypes.cast(self.memory, ctypes.POINTER(ctypes.c_uint8))
        self.header.alloc_size = size
        self.header.type = ctypes.pointer(self._specific)
        self.pointer = ctypes.pointer(self.header)
        REGISTRY[ctypes.addressof(self.header)] = self

    def fill(self, data: bytes, flags: int, pts: int) -> None:
        ctypes.memmove(self.memory, data, len(data))
        header = self.header
        header.length, header.offset, header.cmd = len(data), 0, 0
        header.flags, header.pts, header.dts = flags, pts, pts
        self.references = 1

    def release(self) -> None:
        self.references -= 1
        if self.references <= 0:
            self.pool.free.put(self)


class Pool:
    """So many buffers of one size, and the queue of those that are free."""

    def __init__(self, mmal: ModuleType, count: int, size: int) -> None:
        self.free: queue.SimpleQueue[Buffer] = queue.SimpleQueue()
        # MMAL_QUEUE_T has no fields: an address of its own is all that it needs
        self._room = ctypes.create_string_buffer(8)
        self._queue = ctypes.cast(self._room, ctypes.POINTER(mmal.MMAL_QUEUE_T))
        REGISTRY[ctypes.addressof(self._queue.contents)] = self.free
        self.buffers = [Buffer(mmal, size, self) for _ in range(count)]
        header = ctypes.POINTER(mmal.MMAL_BUFFER_HEADER_T)
        self._headers = (header * count)(*(buffer.pointer for buffer in self.buffers))
        self.structure = mmal.MMAL_POOL_T(
            self._queue, count, ctypes.cast(self._headers, ctypes.POINTER(header))
        )
        self.pointer = ctypes.pointer(self.structure)
        REGISTRY[ctypes.addressof(self.structure)] = self
        for buffer in self.buffers:
            self.free.put(buffer)

    def destroy(self) -> None:
        for structure in (self.structure, self._queue.contents, *(buffer.header for buffer in self.buffers)):
            REGISTRY.pop(ctypes.addressof(structure), None)


class Port:
    """One end of a component. What it gives goes to the port it is connected to, or to a callback."""

    def __init__(self, component: Component, kind: int, index: int, stream: int, name: str) -> None:
        mmal = self.mmal = component.mmal
        self.component, self.index = component, index
        self.parameters: dict[int, bytes] = {}
        self.callback: Callable[[Any, Any], None] | None = None
        self.peer: Port | None = None
        self.source: Port | None = None
        self.lock = threading.RLock()
        self.buffers: queue.Queue[Buffer] = queue.Queue()
        self._specific = mmal.MMAL_ES_SPECIFIC_FORMAT_T()
        self.format = mmal.MMAL_ES_FORMAT_T(stream, mmal.MMAL_ENCODING_I420)
        self.format.es = ctypes.pointer(self._specific)
        self.video = self._specific.video
        self.video.frame_rate.den = 1
        self.structure = mmal.MMAL_PORT_T()
        self._name = name.encode()
        self.structure.name, self.structure.type, self.structure.index = self._name, kind, index
        self.structure.format = ctypes.pointer(self.format)
        self.structure.buffer_num_min = self.structure.buffer_num = 1
        self.structure.buffer_size_min = self.structure.buffer_size = 128
        self.pointer = ctypes.pointer(self.structure)
        REGISTRY[ctypes.addressof(self.structure)] = self

    @property
    def size(self) -> tuple[int, int]:
        return self.video.crop.width, self.video.crop.height

    @property
    def is_enabled(self) -> bool:
        return bool(self.structure.is_enabled)

    @property
    def is_fed_by_still_port(self) -> bool:
        return self.source is not None and self.source.component.is_camera and self.source.index == 2

    def flag(self, parameter: int) -> bool:
        return any(self.parameters.get(parameter, b""))

    def number(self, parameter: int, default: int) -> int:
        raw = self.parameters.get(parameter)
        return default if raw is None else int.from_bytes(raw[:4], "little")

    def commit(self) -> int:
        """Take the format; an input's goes to the outputs too, as in the firmware. Returns a status."""
        width, height = self.size
        if self.component.is_camera and (width > MAX_SIZE[0] or height > MAX_SIZE[1]):
            return int(self.mmal.MMAL_EINVAL)
        pixel_bytes = _PIXEL_BYTES.get(self.mmal.FOURCC_str(self.format.encoding))
        size = CHUNK_BYTES
        if self.format.encoding == self.mmal.MMAL_ENCODING_OPAQUE:
            size = 128
        elif pixel_bytes is not None:
            size = round(self.video.width * self.video.height * pixel_bytes)
        self.structure.buffer_size_min = self.structure.buffer_size_recommended = size
        if self in self.component.inputs:
            for output in self.component.outputs:
                copy_format(self.mmal, output.format, self.format)
                output.commit()
        return int(self.mmal.MMAL_SUCCESS)

    def disable(self) -> None:
        """Returns when no callback runs any more, as MMAL does."""
        self.structure.is_enabled = 0
        with self.lock:
            self.callback = None
        while not self.buffers.empty():
            self.buffers.get_nowait()

    def give(self, picture: scene.Plane, pts: int) -> None:
        """A picture to whoever wants it: the next component, or raw to the callback."""
        if self.callback is not None and self.is_enabled:
            self.deliver(picture.tobytes(), 0, pts)
        elif self.peer is not None and self.peer.is_enabled:
            self.peer.component.take(picture, pts)

    def deliver(self, data: bytes, flags: int, pts: int) -> None:
        """Data to the callback in pieces of a buffer's size; FRAME_END is on the last."""
        for piece, last in chunks(data, self.structure.buffer_size or CHUNK_BYTES):
            buffer = self._free_buffer()
            if buffer is None:
                return
            with self.lock:
                if self.callback is None:
                    return
                end = self.mmal.MMAL_BUFFER_HEADER_FLAG_FRAME_END if last else 0
                buffer.fill(piece, flags | end, pts)
                self.callback(self.pointer, buffer.pointer)

    def _free_buffer(self) -> Buffer | None:
        while self.is_enabled:
            try:
                return self.buffers.get(timeout=_NO_BUFFER_S)
            except queue.Empty:
                continue
        return None


_PIXEL_BYTES = {"I420": 1.5, "RGB3": 3, "BGR3": 3, "RGBA": 4, "BGRA": 4}


class Component:
    """A block of the firmware with its ports. `take` is what its inputs get."""

    def __init__(self, mmal: ModuleType, kind: str, faults: Faults) -> None:
        self.mmal, self.kind, self.faults = mmal, kind, faults
        self.frames = 0
        """Of a camera: since it was enabled."""
        inputs, outputs = PORTS.get(kind, (1, 1))
        video, control = mmal.MMAL_ES_TYPE_VIDEO, mmal.MMAL_ES_TYPE_CONTROL
        self.inputs: list[Port] = []
        self.outputs: list[Port] = []
        self.control = Port(self, mmal.MMAL_PORT_TYPE_CONTROL, 0, control, f"{kind}:ctr:0")
        self.inputs = [
            Port(self, mmal.MMAL_PORT_TYPE_INPUT, index, video, f"{kind}:in:{index}(OPQV)")
            for index in range(inputs)
        ]
        self.outputs = [
            Port(self, mmal.MMAL_PORT_TYPE_OUTPUT, index, video, f"{kind}:out:{index}(OPQV)")
            for index in range(outputs)
        ]
        self._build(kind)
        self.video = VideoEncoder()
        self.image = ImageEncoder()

    @property
    def is_camera(self) -> bool:
        return self.kind == "vc.ril.camera"

    def _build(self, kind: str) -> None:
        port = ctypes.POINTER(self.mmal.MMAL_PORT_T)
        structure = self.structure = self.mmal.MMAL_COMPONENT_T()
        self._name = kind.encode()
        self._arrays = [
            (port * max(1, len(side)))(*(one.pointer for one in side)) for side in (self.inputs, self.outputs)
        ]
        structure.name, structure.control = self._name, self.control.pointer
        structure.input_num, structure.output_num = len(self.inputs), len(self.outputs)
        structure.input, structure.output = (
            ctypes.cast(array, ctypes.POINTER(port)) for array in self._arrays
        )
        REGISTRY[ctypes.addressof(structure)] = self

    def destroy(self) -> None:
        for port in (self.control, *self.inputs, *self.outputs):
            port.disable()
            REGISTRY.pop(ctypes.addressof(port.structure), None)
        REGISTRY.pop(ctypes.addressof(self.structure), None)

    def take(self, picture: scene.Plane, pts: int) -> None:
        if self.kind == "vc.ril.video_splitter":
            for output in self.outputs:
                output.give(picture, pts)
        elif self.kind in ("vc.ril.resize", "vc.ril.isp"):
            self.outputs[0].give(_resized(picture, *self.outputs[0].size), pts)
        elif self.kind == "vc.ril.image_encode":
            self.image.encode(self, picture, pts)
        elif self.kind == "vc.ril.video_encode":
            self.video.encode(self, picture, pts)


class Connection:
    """A tunnel from an output to an input."""

    def __init__(self, mmal: ModuleType, output: Port, into: Port, flags: int) -> None:
        self.output, self.into = output, into
        self.structure = mmal.MMAL_CONNECTION_T()
        self._name = f"{output.component.kind}/{into.component.kind}".encode()
        self.structure.flags, self.structure.name = flags, self._name
        REGISTRY[ctypes.addressof(self.structure)] = self

    def enable(self, on: bool) -> None:
        self.output.peer = self.into if on else None
        self.into.source = self.output if on else None
        for thing in (self, self.output, self.into):
            thing.structure.is_enabled = int(on)

    def destroy(self) -> None:
        self.enable(False)
        REGISTRY.pop(ctypes.addressof(self.structure), None)


def copy_format(mmal: ModuleType, to: Any, source: Any) -> None:
    """`mmal_format_copy`, which leaves the memory of the two apart."""
    to.encoding, to.encoding_variant, to.bitrate = source.encoding, source.encoding_variant, source.bitrate
    ctypes.memmove(to.es, source.es, ctypes.sizeof(mmal.MMAL_ES_SPECIFIC_FORMAT_T))


def _resized(picture: scene.Plane, width: int, height: int) -> scene.Plane:
    rows, columns = picture.shape[0] * 2 // 3, picture.shape[1]
    luma, rest = picture[:rows], picture[rows:].reshape(2, rows // 2, columns // 2)
    return scene.look(
        [luma, np.ascontiguousarray(rest[0]), np.ascontiguousarray(rest[1])], scene.View(), width, height
    )
