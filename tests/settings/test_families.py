"""`CLIP_SS_*` and `EVENT_SS_*`: what a family inherits of `SS_*`, what it replaces, and what is told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ss_camera.media import Family
from ss_camera.settings import describe, load
from ss_camera.settings.model import Route
from tests.settings.loading import ENCRYPTION, LOGIN, environment, loaded, problem, problems
from tests.settings.test_clips import S3


def routes(given: Mapping[str, str | None] | None = None, **more: str | None) -> Mapping[Family, Route]:
    return loaded(given, MOTION="on", **more).publish.routes


def clip(given: Mapping[str, str | None] | None = None, **more: str | None) -> Route:
    return routes(given, **more)[Family.CLIP]


def refused(given: Mapping[str, str | None] | None = None, **more: str | None) -> str:
    return problem(given, MOTION="on", **more)


def test_a_family_without_settings_differs_in_its_topic_only() -> None:
    """Brokers, login, encryption and options are the stills'."""
    made = routes(LOGIN, **ENCRYPTION, SS_ACKS="1", SS_CONSISTENCY="AT_MOST_ONCE", SS_CLIENT_ID="cam")
    still = made[Family.STILL]
    assert still.type_spec["sasl_plain_password"] == "qwertzui"
    for family, topic in ((Family.CLIP, "camera.clip"), (Family.EVENT, "camera.event")):
        assert made[family] == Route(still.type, topic, still.consistency, still.common, still.type_spec)


def test_a_family_overrides_key_by_key() -> None:
    """And the others keep theirs."""
    made = routes(
        SS_ACKS="1", SS_LINGER_MS="5", CLIP_SS_ACKS="all", EVENT_SS_BROKERS="e:2", CLIP_SS_TOPIC="c"
    )
    assert [dict(made[f].type_spec) for f in Family] == [
        {"acks": 1, "linger_ms": 5},
        {"acks": "all", "linger_ms": 5},
        {"acks": 1, "linger_ms": 5},
    ]
    assert made[Family.EVENT].common["brokers"] == ["e:2"]
    assert made[Family.STILL].common["brokers"] == ["kafka.example.org:9092"]
    assert [made[f].topic for f in Family] == ["camera", "c", "camera.event"]


def test_old_spellings_serve_a_family_too() -> None:
    """`CLIP_SS_TYPE_SPEC__ACKS` is `CLIP_SS_ACKS`, and both at once are one too many."""
    assert clip(CLIP_SS_TYPE_SPEC__ACKS="1").type_spec == {"acks": 1}
    assert "is the same setting as CLIP_SS_" in refused(CLIP_SS_TYPE_SPEC__ACKS="1", CLIP_SS_ACKS="1")


def test_a_family_may_have_a_broker_of_another_type() -> None:
    """What only the stills' type knows, and the way to their broker, stay behind."""
    given = {**LOGIN, "SS_TLS": "true", "SS_ACKS": "1", "SS_CLIENT_ID": "cam", **S3}
    made = clip(given)
    assert (made.type, made.topic, made.common) == ("s3", "camera.clip", {"client_id": "cam"})
    assert set(made.type_spec) == {"bucket", "prefix", "suffix", "name"}
    assert routes(given)[Family.EVENT].type == "kafka"


def test_what_another_type_needs_is_missing_under_the_familys_name() -> None:
    """SS_BUCKET would be a wrong hint."""
    lines = problems({**S3, "CLIP_SS_BUCKET": None}, MOTION="on")
    assert lines == [
        "ss-camera: config: CLIP_SS_BUCKET (not set): it is required for s3; expected a bucket's name"
    ]
    assert "CLIP_SS_BROKERS (not set): it is required for mqtt" in refused(CLIP_SS_TYPE="mqtt")


def test_what_the_stills_lack_is_told_once() -> None:
    """Not once a family."""
    assert len(problems(MOTION="on", SS_BROKERS=None, SS_TOPIC=None)) == 2
    assert len(problems(LOGIN, MOTION="on", SS_SASL_PLAIN_PASSWORD=None)) == 1


def test_a_family_without_tls_drops_its_files() -> None:
    """The stills' keys of TLS have no place beside `CLIP_SS_TLS=false`."""
    made = routes(SS_TLS__CHECK_HOSTNAME="true", CLIP_SS_TLS="false")
    assert "tls" not in made[Family.CLIP].common
    assert "tls" in made[Family.EVENT].common


def test_a_family_without_a_login_drops_it() -> None:
    """As for a broker in the same room."""
    made = clip(LOGIN, CLIP_SS_SECURITY_PROTOCOL="PLAINTEXT", CLIP_SS_BROKERS="127.0.0.1")
    assert made.type_spec == {"security_protocol": "PLAINTEXT"}


def test_a_family_has_a_key_of_its_own() -> None:
    """Instead of the stills' password, not beside it."""
    crypto = clip(ENCRYPTION, CLIP_SS_CRYPTO__KEY="AAAAAAAAAAAAAAAAAAAAAA==").common["crypto"]
    assert crypto == {"algorithm": "AES", "mode": "GCM", "key": bytes(16)}


def test_mqtt_clients_have_names_of_their_own() -> None:
    """A broker closes the older of two connections of one name; the camera's end is told by one of them."""
    given = {"SS_TYPE": "mqtt", "SS_CLIENT_ID": "cam", "SS_WILL__TOPIC": "w", "SS_WILL__PAYLOAD": "gone"}
    made = routes(given, EVENT_SS_CLIENT_ID="mine")
    assert [made[family].common["client_id"] for family in Family] == ["cam", "cam-clip", "mine"]
    assert ["will" in made[family].type_spec for family in Family] == [True, False, False]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("CLIP_SS_ACKS", "2", '"2" is no number of acknowledgements; expected 0, 1 or all'),
        ("EVENT_SS_BROKERS", "h:0", '"0" is not a port'),
        ("CLIP_SS_TOPIC", "a b", '"a b" is no topic name'),
        ("CLIP_SS_TOPICS", "c", "is no setting for kafka; did you mean CLIP_SS_TOPIC?"),
        ("EVENT_SS_QOS", "1", "is no setting for kafka but for mqtt"),
        ("CLIP_SS_CONSISTENCY", "EXACTLY_ONCE", "is not available for kafka"),
        ("CONTROL_SS_TOPIC", "c", "is for commands, which are not available in this version"),
    ],
)
def test_a_wrong_line_is_told_by_the_name_that_was_written(name: str, text: str, told: str) -> None:
    """CLIP_SS_X and not SS_X."""
    line = refused({name: text})
    assert line.startswith(f"ss-camera: config: {name} (environment): ")
    assert told in line


def test_options_are_judged_by_the_familys_own_type() -> None:
    """Also those that nobody knows."""
    mqtt = {"CLIP_SS_TYPE": "mqtt", "CLIP_SS_BROKERS": "m"}
    assert "CLIP_SS_ACKS (environment): is no setting for mqtt but for kafka" in refused(
        mqtt, CLIP_SS_ACKS="1"
    )
    assert "is no setting for mqtt; did you mean CLIP_SS_QOS?" in refused(mqtt, CLIP_SS_QOSS="1")


def test_a_warning_names_the_familys_setting() -> None:
    """And is told once where it is everybody's."""
    made = loaded(MOTION="on", SS_TLS="true", CLIP_SS_TLS__CHECK_HOSTNAME="false")
    (warning,) = made.warnings
    assert warning.startswith("CLIP_SS_TLS__CHECK_HOSTNAME turns off the check")
    assert len(loaded(MOTION="on", SS_TLS__CHECK_HOSTNAME="false").warnings) == 1


def test_a_topic_leaves_room_for_what_is_put_behind_it() -> None:
    """Kafka's 249 characters with `.event`; a topic of one's own needs no room."""
    longest = "t" * 243
    assert len(routes(SS_TOPIC=longest)[Family.EVENT].topic) == 249
    line = refused(SS_TOPIC=longest + "t")
    assert line.endswith(
        "has 244 characters, and events go to it with .event behind; expected at most 243, or "
        "EVENT_SS_TOPIC as well"
    )
    assert routes(SS_TOPIC=longest + "t", EVENT_SS_TOPIC="e")[Family.EVENT].topic == "e"


def test_the_rooms_rule_is_that_of_the_type() -> None:
    """MQTT takes more."""
    assert len(clip(SS_TYPE="mqtt", SS_TOPIC="t" * 900).topic) == 905


def test_secrets_of_a_family_are_secrets() -> None:
    """In `check` and in every line."""
    settings = loaded(LOGIN, MOTION="on", CLIP_SS_SASL_PLAIN_PASSWORD="geheimnis")
    assert settings.publish.routes[Family.CLIP].type_spec["sasl_plain_password"] == "geheimnis"
    printed = "\n".join(describe(settings))
    assert "geheimnis" not in printed
    assert "geheimnis" not in repr(settings)
    assert any(
        line.startswith("CLIP_SS_SASL_PLAIN_PASSWORD") and "<redacted, 9 chars>" in line
        for line in printed.splitlines()
    )


def test_families_without_motion_open_no_writer() -> None:
    """A stills-only program has one connection."""
    made = loaded(MOTION="off", CLIP_SS_TYPE="mqtt")
    assert set(made.publish.routes) == {Family.STILL}


def test_without_need_of_a_broker_none_is_asked_for() -> None:
    """To tune motion over a video takes no broker."""
    made = load(None, need_broker=False, environ={"MOTION": "on"}, secrets_dirs=())
    assert made.motion is not None
    assert not made.publish.routes


def test_the_config_server_has_one_topic_only() -> None:
    """Clips must not go to the stills' readers, which take them for broken pictures."""
    auth = '{"config-server": {"address": "h", "user": "u", "secret-key": "k"}}'
    line = refused(environment(SSCFG_NAME="n", SSCFG_AUTH=auth, SS_BROKERS=None, SS_TOPIC=None))
    assert "SSCFG_NAME (environment): names one topic, and MOTION=on needs one for stills" in line
