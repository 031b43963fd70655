"""The `SS_*` names that every broker type knows, and how old spellings of any are read.

The keys are those of SINETStream's configuration file, version 3 (its user guide, "Common
parameters", and sinetstream 1.10's `api.py`, `crypto.py`, `compression.py`).
"""

from __future__ import annotations

import base64
import binascii
import re

from ss_camera.settings.broker_addresses import BROKERS, without_login
from ss_camera.settings.declare import Bad, Kind, Setting
from ss_camera.settings.names import family_prefix
from ss_camera.settings.parsers import BOOLEAN, FILE, TEXT, choice, integer, matching, one_of

SECTION = "Broker, all types"
TYPES = ("kafka", "mqtt", "s3")
_TYPE_SPEC = "SS_TYPE_SPEC__"


def _key(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Bad("is not base64") from None


def _pem(text: str) -> str:
    if "-----BEGIN " not in text or "-----END " not in text:
        raise Bad("is not PEM")
    return text


PEM = Kind("PEM text, from -----BEGIN to -----END", _pem)
_LEVEL = integer(-1, 22)

BASIC = (
    Setting("SS_TYPE", choice(" ".join(TYPES)), "Type of the broker.", SECTION, "kafka"),
    Setting(
        "SS_BROKERS",
        BROKERS,
        "Addresses of the brokers. Required, but not for `s3`, which has `SS_ENDPOINT_URL` instead.",
        SECTION,
        show=without_login,
    ),
    Setting("SS_TOPIC", TEXT, "Topic that the pictures go to. Required.", SECTION),
    Setting(
        "SS_CONSISTENCY",
        choice("AT_MOST_ONCE AT_LEAST_ONCE EXACTLY_ONCE"),
        "How sure delivery is. `EXACTLY_ONCE` exists for `mqtt` only.",
        SECTION,
        "AT_LEAST_ONCE",
    ),
    Setting(
        "SS_VALUE_TYPE",
        choice("byte_array image"),
        "Kept from old files: pictures always travel as JPEG bytes, which readers of both types show.",
        SECTION,
    ),
    Setting(
        "SS_RECEIVE_TIMEOUT_MS",
        integer(0, 2**31 - 1, "whole milliseconds"),
        "Kept from old files: the viewer has its own.",
        SECTION,
    ),
    Setting("SS_TLS", BOOLEAN, "Encrypt the connection; implied by every `SS_TLS__*`.", SECTION, "false"),
)


def _common(name: str, kind: Kind, doc: str, default: str = "", *, secret: bool = False) -> Setting:
    return Setting("SS_" + name, kind, doc, SECTION, default, secret, part="common")


COMMON = (
    _common("CLIENT_ID", TEXT, "Name that the broker sees; made up when unset."),
    _common("DATA_COMPRESSION", BOOLEAN, "Compress each message. It gains nothing on JPEG.", "false"),
    _common("COMPRESSION__ALGORITHM", choice("gzip zstd lz4"), "How messages are compressed."),
    _common("COMPRESSION__LEVEL", _LEVEL, "How hard."),
    _common("COMPRESSION__GZIP__LEVEL", integer(-1, 9), "zlib's level."),
    _common("COMPRESSION__GZIP__WBITS", integer(-15, 47), "zlib's window and header."),
    _common("COMPRESSION__ZSTD__LEVEL", _LEVEL, "Zstandard's level."),
    _common("DATA_ENCRYPTION", BOOLEAN, "Encrypt each message; needs `SS_CRYPTO__*`.", "false"),
    _common("CRYPTO__ALGORITHM", choice("AES"), "Cipher."),
    _common(
        "CRYPTO__MODE",
        choice("CBC CFB OFB CTR OPENPGP EAX GCM", aliases={"OPENPGPCFB": "OPENPGP"}),
        "Mode of the cipher.",
    ),
    _common("CRYPTO__KEY_LENGTH", one_of(128, 192, 256), "Bits of the key (SINETStream: 128)."),
    _common(
        "CRYPTO__PADDING",
        choice("none NoPadding pkcs7"),
        "Filling of the last block; `CBC` needs `pkcs7`.",
    ),
    _common("CRYPTO__PASSWORD", TEXT, "Password that the key is made from.", secret=True),
    _common("CRYPTO__PASSWORD__VALUE", TEXT, "The same.", secret=True),
    _common("CRYPTO__PASSWORD__PATH", FILE, "File that holds that password."),
    _common(
        "CRYPTO__KEY", Kind("the key in base64", _key), "The key itself, instead of a password.", secret=True
    ),
    _common(
        "CRYPTO__KEY_DERIVATION__ALGORITHM",
        choice("pbkdf2 PBKDF2WithHmacSHA256"),
        "How a password becomes a key.",
    ),
    _common("CRYPTO__KEY_DERIVATION__SALT_BYTES", integer(1, 1024), "Bytes of salt (SINETStream: 8)."),
    _common("CRYPTO__KEY_DERIVATION__ITERATION", integer(1, 10**8), "Rounds (SINETStream: 10000)."),
    _common(
        "CRYPTO__KEY_DERIVATION__PRF",
        choice("HMAC-SHA256 HMAC-SHA384 HMAC-SHA512"),
        "Pseudo-random function of the rounds.",
    ),
    _common("TLS__CA_CERTS", FILE, "PEM file of the authorities that vouch for the broker."),
    _common("TLS__CERTFILE", FILE, "PEM file of this client's certificate."),
    _common("TLS__KEYFILE", FILE, "PEM file of this client's key."),
    _common("TLS__CA_CERTS_DATA", PEM, "The authorities themselves, instead of a file."),
    _common("TLS__CERTFILE_DATA", PEM, "The certificate itself."),
    _common("TLS__KEYFILE_DATA", PEM, "The key itself.", secret=True),
    _common("TLS__CIPHERS", TEXT, "Ciphers in OpenSSL's notation."),
    _common("TLS__CHECK_HOSTNAME", BOOLEAN, "Whether the broker's certificate must bear its name."),
    _common("MESSAGE_FORMAT", one_of(2, 3), "SINETStream's framing; readers of 1.6 and older need 2."),
    _common("USER_DATA_ONLY", BOOLEAN, "Send the bare JPEG, for readers without SINETStream."),
)

SETTINGS = (*BASIC, *COMMON)

TOPIC = matching(
    "(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}", "1 to 249 of the characters A-Z a-z 0-9 . _ -", "is no topic name"
)
# `[^#+]` would take lone surrogates, which no broker can be sent; a NUL cannot get here
MQTT_TOPIC = matching(
    "[^#+\\x00-\\x1f\\ud800-\\udfff]{1,1000}",
    "a topic without # and +, which stand for several topics and cannot be published to",
    "is no topic to publish to",
)

TOPIC_LENGTHS = {"kafka": 249, "mqtt": 1000, "s3": 249}
"""Characters of a topic, by the two above."""

# keys of configuration versions 1 and 2, as the sample's `.env` made them
_OLD = (
    (re.compile("^SS_S3__"), "SS_"),
    (re.compile("^SS_MAX_INFLIGHT_MESSAGES_SET__"), "SS_MAX_INFLIGHT_MESSAGES__"),
    (re.compile("^SS_MAX_QUEUED_MESSAGES_SET__"), "SS_MAX_QUEUED_MESSAGES__"),
    (re.compile("^SS_MESSAGE_RETRY_SET__"), "SS_MESSAGE_RETRY__"),
    (re.compile("^SS_WS_SET_OPTIONS__"), "SS_WS_OPTIONS__"),
    (re.compile("^SS_(TLS|TLS_INSECURE|USERNAME_PW|WILL|RECONNECT_DELAY)_SET__"), r"SS_\1__"),
)


def canonical(name: str) -> str:
    """The declared name for `name`: `SS_TYPE_SPEC__ACKS` and the keys of old configuration versions.

    The prefix of a family stays. A name that is of no broker is given back.
    """
    prefix = family_prefix(name)
    name = name.removeprefix(prefix)
    if name.startswith(_TYPE_SPEC):
        name = "SS_" + name[len(_TYPE_SPEC) :]
    for old, new in _OLD:
        name = old.sub(new, name)
    return prefix + name


def path(name: str) -> tuple[str, ...]:
    """The nested keys of a variable: `SS_CRYPTO__MODE` is `("crypto", "mode")`."""
    return tuple(name.removeprefix("SS_").lower().split("__"))
