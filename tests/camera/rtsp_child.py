"""An RTSP server for one test, run by Debian's own Python (GStreamer's bindings are there and not on PyPI).

Prints its port, serves `/h264`, `/jpeg` and `/locked` (user `cam`, password `pass-word`), and ends with
its standard input. No code of ss-camera is imported here.
"""

import sys

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402 - versions first

MAX_SECONDS = 300
CAPS = "video/x-raw,format=I420,width=320,height=240,framerate=25/1"
SOURCE = f"videotestsrc is-live=true pattern=ball ! {CAPS}"
H264 = (
    f"( {SOURCE} ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25"
    " ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
)
JPEG = f"( {SOURCE} ! jpegenc ! rtpjpegpay name=pay0 pt=26 )"


def serve() -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    auth = GstRtspServer.RTSPAuth()
    person, anybody = GstRtspServer.RTSPToken(), GstRtspServer.RTSPToken()
    person.set_string("media.factory.role", "person")
    anybody.set_string("media.factory.role", "anybody")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic("cam", "pass-word"), person)
    auth.set_default_token(anybody)
    server.set_auth(auth)
    for path, launch, open_to_all in (("/h264", H264, True), ("/jpeg", JPEG, True), ("/locked", H264, False)):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(launch)
        factory.add_role_from_structure(_role("person", True))
        # without the right to look (access) a server answers "not found", without this one "unauthorized"
        factory.add_role_from_structure(_role("anybody", open_to_all))
        server.get_mount_points().add_factory(path, factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_HUP | GLib.IO_IN, lambda *_: loop.quit())
    GLib.timeout_add_seconds(MAX_SECONDS, loop.quit)
    loop.run()


def _role(name: str, may_construct: bool) -> "Gst.Structure":
    construct = str(may_construct).lower()
    text = f"{name}, media.factory.access=(boolean)true, media.factory.construct=(boolean){construct};"
    return Gst.Structure.from_string(text)[0]


serve()
