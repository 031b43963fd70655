"""The functions of libmmal and libbcm_host by name, and picamera loaded on them.

`loaded("picamera")` hands them out while picamera is imported, and takes everything back at its end: what was
imported is forgotten, so that other tests find no camera. `loaded("picamerax")` hides picamera meanwhile.
"""

from __future__ import annotations

import ctypes
import importlib
import queue
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.camera.mmal.components import Component, Connection, Pool, Port, behind, copy_format
from tests.camera.mmal.firmware import Firmware
from tests.camera.mmal.parameters import Parameters

_LIBRARIES = ("libmmal.so", "libbcm_host.so", "libvcsm.so")
_DISPLAY = 1280, 720
Function = Callable[..., Any]


class Library:
    """What `ctypes.CDLL` gives: a function for each name. One that is not simulated fails when called."""

    def __init__(self) -> None:
        self.functions: dict[str, Function] = {}
        self.firmware: Firmware | None = None

    def __getattr__(self, name: str) -> Function:
        if name.startswith("__"):
            raise AttributeError(name)

        # a function of its own for each, as picamera sets `argtypes` and `restype` on it
        def call(*arguments: Any) -> Any:
            if name not in self.functions:
                raise NotImplementedError(f"{name} is not simulated")
            status = self._fault(name, arguments)
            return self.functions[name](*arguments) if status is None else status

        setattr(self, name, call)
        return call

    def _fault(self, name: str, arguments: tuple[Any, ...]) -> int | None:
        faults = self.firmware.faults if self.firmware is not None else None
        if faults is None or not (faults.statuses or faults.held):
            return None
        key = name, _kind(arguments[0]) if arguments else ""
        if (event := faults.held.get(key)) is not None:
            event.wait(60.0)  # bounded, should a test forget it
        return faults.statuses.get(key)


def _kind(argument: Any) -> str:
    """The component that a call is for, as a fault names it; of a connection both."""
    if isinstance(argument, bytes):
        return argument.decode()
    try:
        found = behind(argument)
    except (KeyError, ValueError, TypeError):
        return ""
    if isinstance(found, Port):
        return found.component.kind
    if isinstance(found, Connection):
        return f"{found.output.component.kind}/{found.into.component.kind}"
    return found.kind if isinstance(found, Component) else ""


@contextmanager
def loaded(name: str) -> Iterator[tuple[Any, Firmware]]:
    """picamera or picamerax, imported on the simulated libraries, and their firmware."""
    library, real = Library(), ctypes.CDLL

    def open_library(path: Any, *arguments: Any, **options: Any) -> Any:
        return library if path in _LIBRARIES else real(path, *arguments, **options)

    hidden = {"picamera": sys.modules.pop("picamera", None)} if name == "picamerax" else {}
    sys.modules.update(dict.fromkeys(hidden))  # None: cannot be imported, and is not found
    ctypes.CDLL = open_library  # type: ignore[misc,assignment]
    try:
        module = importlib.import_module(name)
    finally:
        ctypes.CDLL = real  # type: ignore[misc]
    library.firmware = Firmware(sys.modules[f"{name}.mmal"])
    library.functions = _functions(library.firmware)
    try:
        yield module, library.firmware
    finally:
        library.firmware.faults.end()
        for known in [known for known in sys.modules if known.partition(".")[0] == name or known in hidden]:
            del sys.modules[known]
        sys.modules.update({other: module for other, module in hidden.items() if module is not None})


def _functions(firmware: Firmware) -> dict[str, Function]:
    blocks = _Blocks(firmware)
    found = Parameters(firmware).functions()
    for owner in (blocks, _Buffers(firmware)):
        found |= {
            name: getattr(owner, name)
            for name in dir(owner)
            if name.startswith(("mmal_", "bcm_", "graphics_"))
        }
    return found


class _Blocks:
    """Components, ports and connections."""

    def __init__(self, firmware: Firmware) -> None:
        self._firmware, self._mmal = firmware, firmware.mmal

    def bcm_host_init(self) -> None:
        pass

    def graphics_get_display_size(self, _number: int, width: Any, height: Any) -> int:
        width.value, height.value = _DISPLAY
        return 0

    def mmal_component_create(self, name: bytes, result: Any) -> int:
        component = Component(self._mmal, name.decode(), self._firmware.faults)
        if component.is_camera:
            if not self._firmware.faults.sensors:
                component.destroy()
                return int(self._mmal.MMAL_ENOMEM)  # the firmware's word for a camera that is not there
            self._firmware.add(component)
        result.contents = component.structure
        return 0

    def mmal_component_destroy(self, pointer: Any) -> int:
        component = behind(pointer)
        self._firmware.remove(component)
        component.destroy()
        return 0

    def mmal_component_enable(self, pointer: Any) -> int:
        behind(pointer).structure.is_enabled = 1
        return 0

    def mmal_component_disable(self, pointer: Any) -> int:
        behind(pointer).structure.is_enabled = 0
        return 0

    def mmal_port_format_commit(self, pointer: Any) -> int:
        return behind(pointer).commit()

    def mmal_format_copy(self, to: Any, source: Any) -> None:
        copy_format(self._mmal, to.contents, source.contents)

    def mmal_port_enable(self, pointer: Any, callback: Any) -> int:
        port = behind(pointer)
        port.callback = callback if callback else None
        port.structure.is_enabled = 1
        return 0

    def mmal_port_disable(self, pointer: Any) -> int:
        behind(pointer).disable()
        return 0

    def mmal_port_flush(self, _pointer: Any) -> int:
        return 0

    def mmal_port_send_buffer(self, pointer: Any, buffer: Any) -> int:
        port = behind(pointer)
        if not port.is_enabled:
            return int(self._mmal.MMAL_EINVAL)
        port.buffers.put(behind(buffer))
        return 0

    def mmal_connection_create(self, result: Any, output: Any, into: Any, flags: int) -> int:
        connection = Connection(self._mmal, behind(output), behind(into), flags)
        result.contents = connection.structure
        return 0

    def mmal_connection_enable(self, pointer: Any) -> int:
        connection = behind(pointer)
        if connection.output.component.is_camera and self._firmware.is_taken(connection.output.component):
            return int(self._mmal.MMAL_ENOSPC)
        connection.enable(True)
        return 0

    def mmal_connection_disable(self, pointer: Any) -> int:
        behind(pointer).enable(False)
        return 0

    def mmal_connection_destroy(self, pointer: Any) -> int:
        behind(pointer).destroy()
        return 0


class _Buffers:
    """Pools, queues and buffer headers."""

    def __init__(self, firmware: Firmware) -> None:
        self._mmal = firmware.mmal

    def mmal_port_pool_create(self, _port: Any, count: int, size: int) -> Any:
        return Pool(self._mmal, count, size).pointer

    def mmal_port_pool_destroy(self, _port: Any, pool: Any) -> None:
        behind(pool).destroy()

    def mmal_queue_length(self, pointer: Any) -> int:
        return behind(pointer).qsize()

    def mmal_queue_get(self, pointer: Any) -> Any:
        return self._taken(pointer, 0.0)

    def mmal_queue_timedwait(self, pointer: Any, wait_ms: int) -> Any:
        return self._taken(pointer, wait_ms / 1000)

    def mmal_queue_wait(self, pointer: Any) -> Any:
        return self._taken(pointer, 60.0)

    def _taken(self, pointer: Any, wait_s: float) -> Any:
        deadline_s = time.monotonic() + wait_s
        try:
            free = behind(pointer)
            return free.get(timeout=max(0.0, deadline_s - time.monotonic())).pointer
        except (KeyError, queue.Empty):
            return None

    def mmal_queue_put(self, pointer: Any, buffer: Any) -> None:
        behind(pointer).put(behind(buffer))

    def mmal_buffer_header_acquire(self, buffer: Any) -> None:
        behind(buffer).references += 1

    def mmal_buffer_header_release(self, buffer: Any) -> None:
        try:
            behind(buffer).release()
        except KeyError:
            return  # its pool was destroyed by then

    def mmal_buffer_header_mem_lock(self, _buffer: Any) -> int:
        return 0

    def mmal_buffer_header_mem_unlock(self, _buffer: Any) -> None:
        return None
