"""A configuration on the config server in, a writer of SINETStream out, with our options for Kafka."""

from __future__ import annotations

from typing import Any

import sinetstream

from ss_camera import config_server
from ss_camera.settings.model import ConfigServer
from ss_camera.sinks import kafka_client


class ConfiguredWriter(sinetstream.AsyncMessageWriter):  # type: ignore[misc]  # sinetstream ships no types
    """The writer of one service. Making it asks the server, and raises `SinkUnavailable` or `SinkDenied`."""

    def __init__(self, server: ConfigServer, client: str, camera: str) -> None:
        self._client = client
        self._camera = camera
        config_server.store(server)
        try:
            super().__init__(config=server.name, service=server.service, value_type=sinetstream.BYTE_ARRAY)
        except Exception as error:
            raise config_server.failure(error, server) from error

    def _find_plugin(self, registry: Any, service_type: str) -> Any:
        # SINETStream's hook between its merged parameters and the plugin: a camera's messages keep to one
        # partition, and in order, wherever the broker is written down
        if service_type == "kafka":
            options = self.params  # before version 3 the broker's options stand beside the others
            if self._confver.type_spec():
                options = self.params["type_spec"] = dict(self.params.get("type_spec") or {})
            consistency = getattr(self.params["consistency"], "name", str(self.params["consistency"]))
            for name, value in kafka_client.own_options(self._client, consistency, self._camera).items():
                options.setdefault(name, value)
        return super()._find_plugin(registry, service_type)
