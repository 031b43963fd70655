#!/usr/bin/env python3
"""Arguments for pytest in, its result on a real V4L2 driver out: Debian's kernel in QEMU, with its `vivid`.

    make test-v4l2 ARGS="-k unplug"

The machine has no network and sees this machine's files read-only; it needs no right but to read them.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.debian_packages import Apt, PackagesMissing  # noqa: E402 - from this checkout
from scripts.initramfs import module_bytes, pack, with_needed  # noqa: E402
from scripts.one_process import CACHE  # noqa: E402

LIMIT_S = 900.0
_MODULES = ("virtio_pci", "9pnet_virtio", "9p", "vivid")
# one node that captures, as a USB camera has it
_VIVID = "n_devs=1 node_types=0x1 num_inputs=1 input_types=0x0"
_CONTROL = re.compile(r"\x1b(\[[?\d;]*[A-Za-z]|c)")  # the firmware clears a screen that is none
_DONE = re.compile(r"^tests ended with (\d+)\r?$", re.MULTILINE)

# /proc, /sys and /dev move into the shared files; what tests write stays in the machine's memory
_INIT = """#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
for module in $($b cat /modules/order); do
    case $module in vivid.*) more="{vivid}" ;; *) more="" ;; esac
    $b insmod /modules/$module $more || echo "the module $module cannot be loaded"
done
$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro files /files || $b poweroff -f
for folder in proc sys dev; do $b mount --move /$folder /files/$folder; done
$b mkdir /files/dev/shm
$b mount -t tmpfs tmpfs /files/dev/shm
$b chroot /files /bin/sh -c {command}
echo "tests ended with $?"
$b poweroff -f
"""


def main() -> int:
    """The exit code of pytest inside the machine, or 1 with a sentence."""
    try:
        kernel = _kernel(Apt(nothing_installed=True))
        qemu, environment, busybox = _qemu(Apt())
    except PackagesMissing as error:
        print(f"make test-v4l2: {error}", file=sys.stderr)  # noqa: T201 - the command's output
        return 1
    archive = CACHE / "v4l2-initramfs.gz"
    archive.write_bytes(_archive(kernel, busybox))
    command = [
        *(*qemu, "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2048"),
        *("-nographic", "-no-reboot", "-net", "none", "-kernel", str(next(kernel.glob("boot/vmlinuz-*")))),
        *("-initrd", str(archive), "-append", "console=ttyS0 quiet loglevel=3 panic=-1"),
        *("-fsdev", "local,id=files,path=/,security_model=none,readonly=on,multidevs=remap"),
        *("-device", "virtio-9p-pci,fsdev=files,mount_tag=files"),
    ]
    return _run(command, environment)


def _kernel(apt: Apt) -> Path:
    kept = sorted(CACHE.glob("linux-image-*"))
    if kept:
        return kept[-1]
    found = [name for name in apt.needed(["linux-image-amd64"]) if re.fullmatch(r"linux-image-\d.*", name)]
    if not found:
        raise PackagesMissing("apt names no kernel behind linux-image-amd64")
    print(f"fetching {found[0]} (70 MB, once)", flush=True)  # noqa: T201
    return apt.unpack(found[:1], CACHE / found[0])


def _qemu(apt: Apt) -> tuple[list[str], dict[str, str], Path]:
    """The command, what it needs in its environment, and a static busybox for the machine."""
    folder = CACHE / "qemu"
    if not folder.is_dir():
        print("fetching QEMU (15 MB, once)", flush=True)  # noqa: T201
        names = apt.needed(["qemu-system-x86", "busybox-static"])
        # busybox is wanted as a file, wherever it is installed as well
        apt.unpack(sorted({*names, "busybox-static"}), folder)
    own = folder / "usr/bin/qemu-system-x86_64"
    busybox = next(path for path in (folder / "usr/bin/busybox", folder / "bin/busybox") if path.exists())
    if not own.exists():
        return [str(shutil.which("qemu-system-x86_64"))], {}, busybox
    libraries = [path for part in ("usr/lib", "lib") for path in (folder / part).glob("*-linux-gnu")]
    environment = {
        "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
        "QEMU_MODULE_DIR": str(folder / "usr/lib/x86_64-linux-gnu/qemu"),
    }
    return (
        [str(own), "-L", str(folder / "usr/share/qemu"), "-L", str(folder / "usr/share/seabios")],
        environment,
        busybox,
    )


def _archive(kernel: Path, busybox: Path) -> bytes:
    modules = with_needed(kernel / "lib/modules", _MODULES)
    names = [path.name.removesuffix(".xz") for path in modules]
    folders = ("bin", "dev", "proc", "sys", "files", "modules")
    files = {f"modules/{name}": module_bytes(path) for name, path in zip(names, modules, strict=True)}
    files["modules/order"] = "\n".join(names).encode()
    programs = {"bin/busybox": busybox.read_bytes(), "init": _init().encode()}
    return pack(programs, files, folders)


def _init() -> str:
    arguments = shlex.split(os.environ.get("ARGS", "")) + sys.argv[1:]
    pytest = [sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "--timeout=300"]
    pytest += ["--color=no", "--basetemp=/dev/shm/tests", "tests/v4l2", *arguments]
    # freed memory is overwritten: who uses it after all, or frees it twice, is found at once
    variables = "HOME=/dev/shm TMPDIR=/dev/shm PYTHONUNBUFFERED=1 MALLOC_PERTURB_=85"
    command = f"cd {shlex.quote(str(ROOT))} && {variables} {shlex.join(pytest)}"
    return _INIT.format(vivid=_VIVID, command=shlex.quote(command))


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Show what the machine says until it is off; it is ended after `LIMIT_S`."""
    machine = subprocess.Popen(  # noqa: S603 - our own command
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    limit = threading.Timer(LIMIT_S, machine.kill)
    limit.start()
    said = []
    try:
        assert machine.stdout is not None
        for line in machine.stdout:
            said.append(line)
            print(_CONTROL.sub("", line), end="", flush=True)  # noqa: T201
    finally:
        limit.cancel()
        machine.kill()
        machine.wait()
    found = _DONE.search("".join(said))
    if found is None:
        print("make test-v4l2: the machine ended before its tests did", file=sys.stderr)  # noqa: T201
        return 1
    return int(found[1])


if __name__ == "__main__":
    sys.exit(main())
