"""What the settings take, SINETStream and both Kafka clients take too: their own code, not connected."""

from __future__ import annotations

from pathlib import Path

import pytest
import sinetstream
from kafka import KafkaConsumer, KafkaProducer

from sinetstreamplugin.rdkafka_options import Side
from sinetstreamplugin.rdkafka_translation import translate
from ss_camera.media import Family
from ss_camera.settings import kafka_options
from ss_camera.settings.model import Route
from ss_camera.settings.table import find
from tests.settings.loading import loaded


def test_every_documented_option_of_kafka_python_is_a_setting_or_refused_with_a_reason() -> None:
    """Nothing that worked in the sample's .env is unknown."""
    ours = {"bootstrap_servers", "client_id"}
    known = (
        {s.name.removeprefix("SS_").lower() for s in kafka_options.SETTINGS} | ours | kafka_options.OBJECTS
    )
    for client in (KafkaProducer, KafkaConsumer):
        assert set(client.DEFAULT_CONFIG) <= known


def test_only_a_readers_options_are_kept_from_the_writer() -> None:
    """kafka-python's producer refuses names that it does not know."""
    for setting in kafka_options.SETTINGS:
        key = setting.name.removeprefix("SS_").lower()
        if setting.name not in kafka_options.LIBRDKAFKA_ONLY:
            assert (setting.part == "reader") == (key not in KafkaProducer.DEFAULT_CONFIG), key


VALUES = {
    "SS_ACKS": "all",
    "SS_API_VERSION": "2.6.0",
    "SS_COMPRESSION_TYPE": "gzip",
    "SS_SECURITY_PROTOCOL": "SASL_SSL",
    "SS_SASL_MECHANISM": "GSSAPI",
    "SS_AUTO_OFFSET_RESET": "latest",
    "SS_CONNECTION_TIMEOUT_MS": "2000",
}


def value_for(name: str, folder: Path) -> str:
    """Some value that the setting takes."""
    declared = find(name)
    assert declared is not None
    for text in (VALUES.get(name, ""), "true", "1", str(folder / "file")):
        try:
            declared.kind.parse(text)
        except ValueError:
            continue
        if text:
            return text
    raise AssertionError(name)


@pytest.mark.parametrize("setting", kafka_options.SETTINGS, ids=lambda setting: setting.name)
def test_what_is_taken_for_librdkafka_its_plugin_translates(setting: object, tmp_path: Path) -> None:
    """An option that only the plugin would refuse, at the first connection, is refused here at the start."""
    name = str(getattr(setting, "name", ""))
    (tmp_path / "file").write_text("x")
    if name in kafka_options.KAFKA_PYTHON_ONLY:
        return
    declared = find(name)
    assert declared is not None
    key = kafka_options.LIBRDKAFKA_ONLY.get(name, name.removeprefix("SS_").lower())
    side = Side.READER if declared.part == "reader" else Side.WRITER
    assert translate({key: declared.kind.parse(value_for(name, tmp_path))}, side)


def writer(route: Route) -> object:
    """SINETStream's own writer of a route, not connected."""
    made = sinetstream.AsyncMessageWriter(
        no_config=True,
        type=route.type,
        topic=route.topic,
        consistency=route.consistency,
        type_spec=dict(route.type_spec),
        **route.common,
    )
    return made._debug_get_plugin()


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="kafka"),
        pytest.param({"SS_TLS__CHECK_HOSTNAME": "true", "SS_COMPRESSION_TYPE": "none"}, id="kafka-tls"),
        pytest.param(
            {
                "SS_DATA_ENCRYPTION": "true",
                "SS_CRYPTO__ALGORITHM": "AES",
                "SS_CRYPTO__MODE": "EAX",
                "SS_CRYPTO__PASSWORD__VALUE": "long enough",
                "SS_DATA_COMPRESSION": "true",
                "SS_COMPRESSION__ALGORITHM": "zstd",
                "SS_COMPRESSION__LEVEL": "3",
            },
            id="kafka-crypto",
        ),
        pytest.param(
            {
                "SS_TYPE": "mqtt",
                "SS_TLS__CIPHERS": "HIGH",
                "SS_TLS__TLS_VERSION": "PROTOCOL_TLS",
                "SS_USERNAME_PW__USERNAME": "u",
                "SS_USERNAME_PW__PASSWORD": "p",
                "SS_WILL__TOPIC": "t",
                "SS_WILL__PAYLOAD": "gone",
                "SS_RECONNECT_DELAY__MIN_DELAY": "1",
                "SS_MAX_QUEUED_MESSAGES__QUEUE_SIZE": "9",
                "SS_WS_OPTIONS__PATH": "/mqtt",
                "SS_TRANSPORT": "websockets",
            },
            id="mqtt",
        ),
        pytest.param(
            {
                "SS_TYPE": "s3",
                "SS_BROKERS": None,
                "SS_BUCKET": "pictures",
                "SS_PREFIX": "p",
                "SS_SUFFIX": ".jpg",
                "SS_NAME": "hour",
                "SS_UTC_OFFSET": "+0900",
            },
            id="s3",
        ),
    ],
)
def test_sinetstream_takes_the_route(given: dict[str, str | None]) -> None:
    """Its own writer and its real plugins, with the configuration in memory."""
    assert writer(loaded(given).publish.routes[Family.STILL])


def test_mqtts_login_reaches_paho() -> None:
    """Keys in the wrong place are silently ignored."""
    given = {
        "SS_TYPE": "mqtt",
        "SS_USERNAME_PW__USERNAME": "cam",
        "SS_USERNAME_PW__PASSWORD": "007",
        "SS_TLS": "1",
    }
    plugin = writer(loaded(given, SS_BROKERS="h").publish.routes[Family.STILL])
    paho = getattr(plugin, "_mqttc", None)
    assert (paho._username, paho._password) == (b"cam", b"007")
    assert paho._ssl is True
    assert (getattr(plugin, "host", ""), getattr(plugin, "port", 0), getattr(plugin, "qos", 0)) == (
        "h",
        8883,
        1,
    )
