"""SINETStream's config server in, a reader of what a camera with the same SSCFG_* publishes out."""

from __future__ import annotations

from sinetstream.error import ConnectionError

from ss_camera import config_server
from ss_camera.errors import SettingsError, SinkError, SinkUnavailable
from ss_camera.settings.model import ConfigServer
from viewer import reader


def reader_of(server: ConfigServer, connect_ms: int = reader.CONNECT_MS[0]) -> reader.ViewerReader:
    """The reader of the service that `server` names.

    Raises `SettingsError` for what a person has to mend, on the server or here, and SINETStream's
    ConnectionError while the server is away.
    """
    try:
        config_server.store(server)
        made = reader.ViewerReader(server.service, connect_ms, config=server.name)
        return reader.checked(f"SSCFG_NAME {server.name}", made)
    except SettingsError:
        raise
    except SinkUnavailable as error:
        raise ConnectionError(str(error)) from error
    except Exception as error:
        failure = error if isinstance(error, SinkError) else config_server.failure(error, server)
        if isinstance(failure, SinkUnavailable):
            raise ConnectionError(str(failure)) from error
        raise SettingsError([f"SSCFG_NAME: {failure}."]) from error
