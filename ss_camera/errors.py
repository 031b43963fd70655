"""Every error that crosses a stage of this program.

    SsCameraError
    ├── SettingsError            only a person can mend it: exit code 78
    ├── CameraError              the source failed: it is opened again with back-off
    │   ├── CameraNotFound       nothing to open yet: plug in, install, wait
    │   ├── CameraTimeout        no frame in time: a frozen or unplugged camera
    │   ├── CameraStuck          its library hangs in this process: a new process may open it
    │   └── EndOfVideo           a file played once has ended: the program ends
    └── SinkError                the broker's side failed
        ├── SinkUnavailable      not reachable now: wait with back-off, keep the message
        ├── SinkDenied           reachable, and says no to us: keep the message, try slowly
        └── MessageRefused       this one message will never pass: count it, go on

Each message is one plain sentence: what, where, what was expected, what to do.
"""

from __future__ import annotations


class SsCameraError(Exception):
    """The root of the tree above."""


class SettingsError(SsCameraError):
    """One or more settings are wrong; `problems` has one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class CameraError(SsCameraError):
    """The source failed; the pipeline opens it again with back-off."""


class CameraNotFound(CameraError):
    """No camera to open: the sentence says what to plug in or install."""


class CameraTimeout(CameraError):
    """The source gave no frame within its time."""


class CameraStuck(CameraError):
    """An earlier call still hangs in the camera's library, and nothing but the process can end it."""


class EndOfVideo(CameraError):
    """A video that is played once has come to its end."""


class SinkError(SsCameraError):
    """The broker's side failed."""


class SinkUnavailable(SinkError):
    """The broker cannot be reached now; the message is kept and sent again."""


class SinkDenied(SinkError):
    """The broker refuses this client (rights, password, topic); kept, and tried again slowly."""


class MessageRefused(SinkError):
    """Nobody will ever take this one message (too large, invalid); `by` names who refuses it."""

    def __init__(self, sentence: str, by: str = "the broker") -> None:
        super().__init__(sentence)
        self.by = by
