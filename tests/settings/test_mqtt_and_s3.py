"""SS_* for MQTT and S3: what each type asks for, and old spellings of its keys."""

from __future__ import annotations

import pytest

from ss_camera.media import Family
from ss_camera.settings.model import Route
from tests.settings.loading import loaded, problem, problems

S3 = {
    "SS_TYPE": "s3",
    "SS_BROKERS": None,
    "SS_BUCKET": "pictures",
    "SS_PREFIX": "cam",
    "SS_SUFFIX": ".jpg",
    "SS_NAME": "day",
}


def mqtt(**given: str | None) -> Route:
    return loaded(SS_TYPE="mqtt", **given).publish.routes[Family.STILL]


def s3(**given: str | None) -> Route:
    return loaded(S3, **given).publish.routes[Family.STILL]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"SS_BROKERS": "a,b"}, "has 2 brokers, and mqtt takes one", id="52"),
        pytest.param(
            {"SS_BROKERS": "[::1]:1883"}, "which SINETStream's mqtt plugin cannot take", id="52-ipv6"
        ),
        pytest.param({"SS_BROKERS": None}, "it is required for mqtt; expected host[:port]", id="17"),
        pytest.param(
            {"SS_TOPIC": "a/#"}, "is no topic to publish to; expected a topic without # and +", id="53"
        ),
        pytest.param({"SS_TOPIC": "a/+/b"}, "is no topic to publish to", id="53-plus"),
        pytest.param({"SS_QOS": "0"}, "0 is less than SS_CONSISTENCY=AT_LEAST_ONCE needs", id="32"),
        pytest.param({"SS_QOS": "3"}, "expected one of 0, 1, 2", id="qos"),
        pytest.param({"SS_ACKS": "1"}, "is no setting for mqtt but for kafka", id="34"),
        pytest.param({"SS_FOO": "1"}, "is no setting for mqtt", id="34-unknown"),
        pytest.param({"SS_USERNAME_PW__PASSWORD": "x"}, "has no SS_USERNAME_PW__USERNAME beside it", id="47"),
        pytest.param({"SS_WILL__TOPIC": "t"}, "has no SS_WILL__PAYLOAD beside it", id="will"),
        pytest.param({"SS_CLEAN_START": "1"}, "exists in MQTTv5 only", id="v5"),
        pytest.param({"SS_USER_PROPERTY__SITE": "x"}, "exists in MQTTv5 only", id="v5-property"),
        pytest.param({"SS_PROTOCOL": "MQTTv5", "SS_CLEAN_SESSION": "1"}, "does not exist in MQTTv5", id="v3"),
        pytest.param({"SS_PROTOCOL": "MQTTv4"}, "expected one of MQTTv31, MQTTv311, MQTTv5", id="protocol"),
        pytest.param({"SS_WS_OPTIONS__PATH": "mqtt"}, "a path that begins with /", id="path"),
        pytest.param({"SS_KEEPALIVE": "0"}, "seconds from 1 to 65535", id="keepalive"),
    ],
)
def test_what_mqtt_cannot_take_is_told(given: dict[str, str | None], expected: str) -> None:
    """One line for one mistake."""
    assert expected in problem({"SS_TYPE": "mqtt", **given})


@pytest.mark.parametrize(
    ("given", "broker"),
    [
        ({}, "h:1883"),
        ({"SS_TLS": "true"}, "h:8883"),
        ({"SS_TRANSPORT": "websockets"}, "h:80"),
        ({"SS_TRANSPORT": "websockets", "SS_TLS": "true"}, "h:443"),
        ({"SS_TLS": "true", "SS_BROKERS": "h:1"}, "h:1"),
    ],
)
def test_mqtts_broker_is_one_text_with_the_port_of_its_transport(given: dict[str, str], broker: str) -> None:
    """SINETStream's plugin itself takes 1883 for TLS too."""
    assert mqtt(**{"SS_BROKERS": "h", **given}).common["brokers"] == broker


def test_mqtts_options_nest_and_have_their_types() -> None:
    """As sinetstream-mqtt hands them to paho."""
    made = mqtt(
        SS_TOPIC="site/1/camera",
        SS_USERNAME_PW__USERNAME="cam",
        SS_USERNAME_PW__PASSWORD="007",
        SS_BROKERS="localhost",
        SS_QOS="2",
        SS_RETAIN="on",
        SS_RECONNECT_DELAY__MIN_DELAY="1",
        SS_RECONNECT_DELAY__MAX_DELAY="60",
        SS_MAX_INFLIGHT_MESSAGES__INFLIGHT="20",
        SS_CONNECTION_TIMEOUT="2.5",
        SS_WILL__TOPIC="site/1/gone",
        SS_WILL__PAYLOAD="gone",
        SS_PROTOCOL="mqttv5",
        SS_USER_PROPERTY__SITE="x",
        SS_AUTH_DATA="abc",
    )
    assert made.topic == "site/1/camera"
    assert made.type_spec == {
        "username_pw": {"username": "cam", "password": "007"},
        "qos": 2,
        "retain": True,
        "reconnect_delay": {"min_delay": 1, "max_delay": 60},
        "max_inflight_messages": {"inflight": 20},
        "connection_timeout": 2.5,
        "will": {"topic": "site/1/gone", "payload": b"gone"},
        "protocol": "MQTTv5",
        "user_property": {"site": "x"},
        "auth_data": b"abc",
    }


def test_a_will_of_text_stays_text() -> None:
    """SINETStream encodes it by its value type."""
    made = mqtt(SS_WILL__TOPIC="t", SS_WILL__PAYLOAD="gone", SS_WILL__VALUE_TYPE="text")
    assert made.type_spec["will"] == {"topic": "t", "payload": "gone", "value_type": "text"}


def test_the_keys_of_old_configuration_versions_are_taken() -> None:
    """The sample made a version-1 configuration, with paho's method names."""
    made = mqtt(
        SS_USERNAME_PW_SET__USERNAME="cam",
        SS_USERNAME_PW_SET__PASSWORD="x",
        SS_BROKERS="localhost",
        SS_TLS_SET__CIPHERS="HIGH",
        SS_MAX_QUEUED_MESSAGES_SET__QUEUE_SIZE="5",
        SS_WS_SET_OPTIONS__PATH="/mqtt",
    )
    assert made.type_spec == {
        "username_pw": {"username": "cam", "password": "x"},
        "max_queued_messages": {"queue_size": 5},
        "ws_options": {"path": "/mqtt"},
    }
    assert made.common["tls"] == {"ciphers": "HIGH"}
    assert s3(SS_BUCKET=None, SS_S3__BUCKET="other").type_spec["bucket"] == "other"


def test_mqtts_password_without_tls_is_warned_of() -> None:
    """But not with TLS, nor on this machine."""
    login = {"SS_TYPE": "mqtt", "SS_USERNAME_PW__USERNAME": "u", "SS_USERNAME_PW__PASSWORD": "p"}
    assert "crosses the network in clear" in loaded(login).warnings[0]
    assert not loaded(login, SS_TLS="true").warnings
    assert not loaded(login, SS_BROKERS="127.0.0.1").warnings


@pytest.mark.parametrize("consistency", ["AT_MOST_ONCE", "AT_LEAST_ONCE", "EXACTLY_ONCE"])
def test_mqtt_has_every_consistency(consistency: str) -> None:
    """They are its qualities of service."""
    assert mqtt(SS_CONSISTENCY=consistency).consistency == consistency


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"SS_BROKERS": "h:1"},
            "is not used with s3, and SINETStream refuses it there; expected SS_ENDPOINT_URL",
        ),
        ({"SS_BUCKET": None}, "SS_BUCKET (not set): it is required for s3"),
        ({"SS_NAME": "week"}, "expected one of day, hour, minute"),
        ({"SS_ENDPOINT_URL": "minio:9000"}, "expected http://host[:port]/... or https://host[:port]/..."),
        ({"SS_UTC_OFFSET": "JST"}, "expected +HHMM or -HHMM"),
        ({"SS_AWS_ACCESS_KEY_ID": "k"}, "has no SS_AWS_SECRET_ACCESS_KEY beside it"),
        ({"SS_AWS_SECRET_ACCESS_KEY": "k"}, "has no SS_AWS_ACCESS_KEY_ID beside it"),
        ({"SS_CONSISTENCY": "EXACTLY_ONCE"}, "is not available for s3"),
        ({"SS_TLS": "true"}, "is not used with s3; expected https:// in SS_ENDPOINT_URL"),
        ({"SS_VERIFY": "/no/such"}, "cannot be read: no such file or directory"),
    ],
)
def test_what_s3_cannot_take_is_told(given: dict[str, str | None], expected: str) -> None:
    """What sinetstream-s3 would only say at the first picture."""
    assert expected in problem({**S3, **given})


def test_all_that_s3_needs_is_asked_for_at_once() -> None:
    """One start, one list."""
    assert len(problems(SS_TYPE="s3", SS_BROKERS=None)) == 4


def test_s3s_options_have_their_types() -> None:
    """No brokers: SINETStream refuses them there."""
    made = s3(
        SS_ENDPOINT_URL="http://minio:9000",
        SS_UTC_OFFSET="+0900",
        SS_AWS_ACCESS_KEY_ID="0123",
        SS_AWS_SECRET_ACCESS_KEY="0456",
        SS_VERIFY="true",
    )
    assert not made.common
    assert made.type_spec == {
        "bucket": "pictures",
        "prefix": "cam",
        "suffix": ".jpg",
        "name": "day",
        "endpoint_url": "http://minio:9000",
        "utc_offset": "+0900",
        "aws_access_key_id": "0123",
        "aws_secret_access_key": "0456",
        "verify": True,
    }


def test_a_store_that_is_not_checked_is_warned_of() -> None:
    """It is taken, and said what it means."""
    assert "turns off the check of the store's certificate" in loaded(S3, SS_VERIFY="no").warnings[0]
