"""The command line and the settings in, what makes a reader for each family out."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ss_camera import settings
from ss_camera.errors import SettingsError
from ss_camera.media import Family
from ss_camera.settings.model import Route, Settings
from viewer.arguments import Arguments

if TYPE_CHECKING:
    from viewer.reader import ViewerReader

ALL = (Family.STILL, Family.CLIP, Family.EVENT)
OTHERS = ALL[1:]
_OWN = "sinetstream-"  # how the client ids begin that SINETStream draws
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Subscription:
    """`readers` gives a new reader, not yet open, each time one is called; `name` is what is read.

    `sees_all`: whether these are all topics that the cameras publish to.
    """

    readers: Mapping[Family, Callable[[], ViewerReader]]
    name: str
    sees_all: bool

    def check(self) -> None:
        """Make a reader of each, and open none. Raises `SettingsError`; who is away is waited for later."""
        from sinetstream.error import ConnectionError

        for make_reader in self.readers.values():
            with contextlib.suppress(ConnectionError):  # the config server
                make_reader()


def of_service(arguments: Arguments, service: str) -> Subscription:
    """A service of SINETStream's configuration file, and the topics beside its own.

    Raises `SettingsError`.
    """
    use_librdkafka("auto")
    from viewer import reader

    stills = reader.from_service(service)
    make = partial(reader.from_service, service)
    readers = {Family.STILL: _with_patience(make)}
    patterned = stills.kind == "mqtt" and any(set("+#") & set(topic) for topic in stills.topic_names)
    read = set(stills.topic_names)
    for family in OTHERS if arguments.reads_all else ():
        beside = _topics_beside(stills.topic_names, family, arguments.topic_of(family), patterned=patterned)
        topics = [topic for topic in beside if topic not in read]  # one that families share is read once
        read.update(topics)
        if topics:
            instead: dict[str, Any] = {"topics": topics, "may_lack": True}
            client_id = str(stills.params["client_id"])
            if not client_id.startswith(_OWN):  # two MQTT connections of one name close each other
                instead["client_id"] = f"{client_id}-{family.value}"
            readers[family] = _with_patience(partial(make, **instead))
    return Subscription(readers, service, sees_all=patterned or arguments.reads_all)


def of_settings(arguments: Arguments, root: Path) -> tuple[Subscription, Settings]:
    """What a camera with the `SS_*` settings publishes; `root` is the checkout. Raises `SettingsError`."""
    given = _load(arguments, settings.find_env_file(arguments.env_file, Path.cwd(), root))
    settings.export(given)
    use_librdkafka(given.publish.kafka_client)
    server = given.publish.config_server
    if server is not None:
        from viewer.config_server import reader_of

        make = _with_patience(partial(reader_of, server))
        # a camera that takes its configuration there has this one topic
        return Subscription({Family.STILL: make}, server.service or server.name, sees_all=True), given
    from viewer import reader

    def maker(route: Route, *, may_lack: bool) -> Callable[[], ViewerReader]:
        return _with_patience(partial(reader.from_route, route, may_lack=may_lack))

    routes = given.publish.routes
    followed = {family: route for family, route in routes.items() if route.type != "s3" or family is ALL[0]}
    for family in routes.keys() - followed.keys():
        _logger.warning("%ss are not read: type s3 is a store without a newest one to follow", family.value)
    readers: dict[Family, Callable[[], ViewerReader]] = {}
    read = list[tuple[object, ...]]()
    for family, route in followed.items():
        place = route.type, route.topic, route.common.get("brokers")
        if place not in read:  # a topic that families share is read once
            read.append(place)
            readers[family] = maker(route, may_lack=family is not Family.STILL)
    subscription = Subscription(readers, routes[Family.STILL].topic, sees_all=len(followed) == len(ALL))
    return subscription, given


def _load(arguments: Arguments, env_file: Path | None) -> Settings:
    """All families where that can be, as a viewer need not know whether the cameras record."""
    instead = {
        f"{family.value.upper()}_SS_TOPIC": topic
        for family in OTHERS
        if (topic := arguments.topic_of(family)) is not None
    }
    if arguments.reads_all:
        try:
            return settings.load(env_file, overrides=instead, families=ALL)
        except SettingsError as error:
            # whatever is wrong with stills is raised below; for clips alone nobody shall miss those
            given = settings.load(env_file)
            if instead:
                raise
            if given.publish.config_server is None:
                _logger.warning("clips and events are not read: %s", error.problems[0])
            return given
    return settings.load(env_file, families=(Family.STILL,))


def _topics_beside(stills: list[str], family: Family, named: str | None, *, patterned: bool) -> list[str]:
    """The topics of `family`; none where a pattern of MQTT has them already."""
    if named is not None:
        return [named]
    if patterned:
        return []
    return [topic for still in stills if (topic := f"{still}.{family.value}") not in stills]


def _with_patience(make: Callable[..., ViewerReader]) -> Callable[[], ViewerReader]:
    from viewer import reader

    waits_ms = reader.patience()
    return lambda: make(connect_ms=next(waits_ms))


def use_librdkafka(wanted: str) -> None:
    """Let SINETStream's type `kafka` mean the librdkafka plugin where it installs and is wanted."""
    if wanted == "kafka-python" or not importlib.util.find_spec("confluent_kafka"):
        return
    from sinetstreamplugin import rdkafka

    rdkafka.register("rdkafka", "kafka")
