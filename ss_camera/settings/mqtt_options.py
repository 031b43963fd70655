"""The `SS_*` names for MQTT: what sinetstream-mqtt 1.10 hands to paho, each with its type."""

from __future__ import annotations

from ss_camera.settings.declare import Kind, Setting
from ss_camera.settings.parsers import BOOLEAN, TEXT, choice, integer, matching, number, one_of
from ss_camera.settings.sinetstream_options import MQTT_TOPIC

SECTION = "Broker, mqtt"
_SECONDS = integer(1, 86_400, "seconds")
_UINT32 = 2**32 - 1


def _option(name: str, kind: Kind, doc: str, *, secret: bool = False) -> Setting:
    return Setting("SS_" + name, kind, doc, SECTION, secret=secret, types=("mqtt",), part="type_spec")


SETTINGS = (
    _option("PROTOCOL", choice("MQTTv31 MQTTv311 MQTTv5"), "Version of the protocol (MQTTv311)."),
    _option("TRANSPORT", choice("tcp websockets"), "What carries it (tcp)."),
    _option("CLEAN_SESSION", BOOLEAN, "Forget the session at the end; not with MQTTv5."),
    _option("CLEAN_START", BOOLEAN, "Begin without the old session; MQTTv5."),
    _option("KEEPALIVE", integer(1, 65_535, "seconds"), "How often a silent client shows life (60)."),
    _option("CONNECTION_TIMEOUT", number(0.1, 3600, "seconds"), "How long connecting may take (10)."),
    _option("QOS", one_of(0, 1, 2), "Quality of service; else by `SS_CONSISTENCY`."),
    _option("RETAIN", BOOLEAN, "Let the broker keep the newest picture for new readers."),
    _option("USERNAME_PW__USERNAME", TEXT, "User."),
    _option("USERNAME_PW__PASSWORD", TEXT, "Password.", secret=True),
    _option("MAX_INFLIGHT_MESSAGES__INFLIGHT", integer(1, 65_535), "Messages without an answer (20)."),
    _option("MAX_QUEUED_MESSAGES__QUEUE_SIZE", integer(0, 1_000_000), "Messages that wait; 0 is no limit."),
    _option("MESSAGE_RETRY__RETRY", integer(0, 86_400, "seconds"), "Kept from old files; paho ignores it."),
    _option("RECONNECT_DELAY__MIN_DELAY", _SECONDS, "Shortest pause before connecting again (1)."),
    _option("RECONNECT_DELAY__MAX_DELAY", _SECONDS, "Longest such pause (120)."),
    _option("WS_OPTIONS__PATH", matching("/.*", "a path that begins with /"), "Path of the web socket."),
    _option("WS_OPTIONS__HEADERS__*", TEXT, "A header of the web socket's request.", secret=True),
    _option("TLS__CERT_REQS", choice("CERT_REQUIRED CERT_OPTIONAL CERT_NONE"), "Whether to check."),
    _option(
        "TLS__TLS_VERSION",
        choice("PROTOCOL_TLS PROTOCOL_TLS_CLIENT PROTOCOL_TLSv1_2"),
        "Python's name of a TLS version.",
    ),
    _option("TLS__KEYFILE_PASSWORD", TEXT, "Passphrase of `SS_TLS__KEYFILE`.", secret=True),
    _option("TLS_INSECURE__VALUE", BOOLEAN, "The opposite of `SS_TLS__CHECK_HOSTNAME`."),
    _option("WILL__TOPIC", MQTT_TOPIC, "Topic of the message that the broker sends when the camera is gone."),
    _option("WILL__PAYLOAD", TEXT, "That message."),
    _option("WILL__VALUE_TYPE", choice("byte_array text"), "Its SINETStream type (byte_array)."),
    _option("WILL__QOS", one_of(0, 1, 2), "Its quality of service."),
    _option("WILL__RETAIN", BOOLEAN, "Whether the broker keeps it."),
    _option("WILL__DELAY_INTERVAL", integer(0, _UINT32, "seconds"), "How long it waits; MQTTv5."),
    _option("SESSION_EXPIRY_INTERVAL", integer(0, _UINT32, "seconds"), "MQTTv5: life of the session."),
    _option("RECEIVE_MAXIMUM", integer(1, 65_535), "MQTTv5: messages without an answer."),
    _option("MAXIMUM_PACKET_SIZE", integer(1, _UINT32, "bytes"), "MQTTv5: largest packet taken."),
    _option("TOPIC_ALIAS_MAXIMUM", integer(0, 65_535), "MQTTv5: topic aliases taken."),
    _option("REQUEST_RESPONSE_INFO", one_of(0, 1), "MQTTv5: ask for response information."),
    _option("REQUEST_PROBLEM_INFO", one_of(0, 1), "MQTTv5: ask for reasons of problems."),
    _option("USER_PROPERTY__*", TEXT, "MQTTv5: a property of the connection."),
    _option("AUTH_METHOD", TEXT, "MQTTv5: authentication method."),
    _option("AUTH_DATA", Kind("text", str.encode), "MQTTv5: authentication data.", secret=True),
)

VERSION_5_ONLY = frozenset(
    [
        "SS_CLEAN_START",
        "SS_WILL__DELAY_INTERVAL",
        "SS_SESSION_EXPIRY_INTERVAL",
        "SS_RECEIVE_MAXIMUM",
        "SS_MAXIMUM_PACKET_SIZE",
        "SS_TOPIC_ALIAS_MAXIMUM",
        "SS_REQUEST_RESPONSE_INFO",
        "SS_REQUEST_PROBLEM_INFO",
        "SS_AUTH_METHOD",
        "SS_AUTH_DATA",
    ]
)
