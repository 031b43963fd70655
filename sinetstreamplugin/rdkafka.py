"""SINETStream's parameters in, writers and readers of Kafka on librdkafka (confluent-kafka) out.

It takes the configurations of SINETStream's own plugin `kafka`, which is built on kafka-python, and
writes the same bytes. docs/reference/kafka-plugin.md has its options.
"""

from __future__ import annotations

from typing import Any

import sinetstream

from sinetstreamplugin.rdkafka_async_reader import RdkafkaAsyncReader
from sinetstreamplugin.rdkafka_async_writer import RdkafkaAsyncWriter
from sinetstreamplugin.rdkafka_options import OPTIONS
from sinetstreamplugin.rdkafka_partitioner import KeyPartitioner
from sinetstreamplugin.rdkafka_reader import RdkafkaReader
from sinetstreamplugin.rdkafka_writer import Confirmation, RdkafkaWriter

__all__ = [
    "OPTIONS",
    "Confirmation",
    "KeyPartitioner",
    "RdkafkaAsyncReader",
    "RdkafkaAsyncWriter",
    "RdkafkaReader",
    "RdkafkaWriter",
    "register",
]


class _EntryPoint:
    """What SINETStream's registries hold: something that loads a class."""

    def __init__(self, loaded: type[Any]) -> None:
        self._loaded = loaded

    def load(self) -> type[Any]:
        return self._loaded


def register(*names: str) -> None:
    """Let each of `names` (default: rdkafka) mean this plugin in SINETStream, in this process.

    An installed copy registers itself as `rdkafka` by its entry points. The name `kafka` takes the place
    of SINETStream's own plugin.
    """
    for name in names or ("rdkafka",):
        for user, plugin in (
            (sinetstream.MessageWriter, RdkafkaWriter),
            (sinetstream.AsyncMessageWriter, RdkafkaAsyncWriter),
            (sinetstream.MessageReader, RdkafkaReader),
            (sinetstream.AsyncMessageReader, RdkafkaAsyncReader),
        ):
            user.registry.register(name, _EntryPoint(plugin))
