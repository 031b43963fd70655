"""A user's options in, librdkafka's configuration and the plugin's own options out."""

from __future__ import annotations

import difflib
import logging
import math
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sinetstream.error import InvalidArgumentError

from sinetstreamplugin.rdkafka_options import OPTIONS, Kind, Option, Side, find
from sinetstreamplugin.rdkafka_partitioner import KeyPartitioner

_MAX_SOCKET_TIMEOUT_MS = 300_000  # librdkafka's limit; kafka-python's reader has 305000 by default
_MIN_CONNECT_TIMEOUT_MS = 1_000  # librdkafka's limit
_NODELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
_KEEPALIVE = (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
# librdkafka's own names without a dot, beside those that kafka-python has too
_PLAIN_NAMES = {"debug", "log_level", "oauth_cb", "stats_cb", "throttle_cb"}
_NAMES = tuple(dict.fromkeys(option.name for option in OPTIONS))
_logger = logging.getLogger(__name__)


@dataclass
class Translation:
    """`conf` is for librdkafka; `own` is what the plugin does itself, by option name."""

    conf: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)


def translate(options: Mapping[str, Any], side: Side) -> Translation:
    """Every option of `options`, checked and converted. None as a value means "not set", as in kafka-python.

    Raises `InvalidArgumentError` with a sentence that names the option.
    """
    result = Translation()
    for name, value in options.items():
        if "." in name or name in _PLAIN_NAMES:
            result.conf[name] = _as_librdkafka(value)
            continue
        option = find(name, side)
        if option is None:
            raise InvalidArgumentError(_unknown(name))
        if value is None or option.side not in (side, Side.BOTH):
            _logger.debug("option %s has no effect on a %s", name, side.value)
        elif option.kind is Kind.REFUSED:
            raise InvalidArgumentError(f"option {name} has no equivalent in librdkafka: {option.note}")
        else:
            _convert(option, value, result)
    _reconcile(result.conf)
    return result


def _convert(option: Option, value: Any, result: Translation) -> None:
    if option.kind in _SPECIAL:
        _SPECIAL[option.kind](option, value, result)
        return
    converted = _CONVERTERS[option.kind](option, value)
    for name in option.librdkafka:
        result.conf[name] = converted
    if not option.librdkafka:
        result.own[option.name] = converted


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, _NAMES, 1)
    meant = f"; did you mean {near[0]}?" if near else ""
    return f"option {name} is unknown to SINETStream's Kafka plugin{meant}"


def _bad(option: Option, value: Any) -> InvalidArgumentError:
    shown = "this value" if option.kind is Kind.SECRET else repr(value)
    return InvalidArgumentError(f"option {option.name} must be {option.kind.value}, not {shown}")


def _integer(option: Option, value: Any) -> int | float:
    try:
        number = float(value) if isinstance(value, str | int | float) and value is not True else math.nan
    except ValueError:
        raise _bad(option, value) from None
    if number == math.inf and option.name == "consumer_timeout_ms":
        return number
    if value is False or not number.is_integer():
        raise _bad(option, value)
    return int(number)


def _boolean(option: Option, value: Any) -> bool:
    text = str(value).strip().lower()
    if text in ("true", "yes", "on", "1"):
        return True
    if text in ("false", "no", "off", "0"):
        return False
    raise _bad(option, value)


def _text(option: Option, value: Any) -> str:
    if isinstance(value, bytes):  # SINETStream's encrypted values
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise _bad(option, value) from None
    if isinstance(value, bool):  # YAML's unquoted yes and no
        raise InvalidArgumentError(f"option {option.name} must be text: put it in quotes")
    if isinstance(value, str | int | float):
        return str(value)
    raise _bad(option, value)


def _servers(option: Option, value: Any) -> str:
    servers = value if isinstance(value, list | tuple) else [value]
    if not servers or not all(isinstance(server, str) and server for server in servers):
        raise _bad(option, value)
    return ",".join(servers)


def _acks(option: Option, value: Any) -> str:
    text = str(value).strip().lower()
    if text not in ("0", "1", "-1", "all"):
        raise _bad(option, value)
    return "all" if text == "-1" else text


def _choice(*allowed: str, **aliases: str) -> Callable[[Option, Any], str]:
    def convert(option: Option, value: Any) -> str:
        text = str(value).strip().lower()
        text = aliases.get(text, text)
        if text not in allowed:
            raise _bad(option, value)
        return text

    return convert


def _assignors(option: Option, value: Any) -> str:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple):
        raise _bad(option, value)
    # kafka-python takes classes, which carry Kafka's name for what they do
    names = [str(getattr(name, "name", name)).strip() for name in names]
    if not names or not set(names) <= {"range", "roundrobin", "cooperative-sticky"}:
        raise _bad(option, value)
    return ",".join(names)


def _kilobytes(option: Option, value: Any) -> int:
    return max(1, math.ceil(_integer(option, value) / 1024))


def _partitioner(option: Option, value: Any, result: Translation) -> None:
    if isinstance(value, KeyPartitioner):
        result.own["message_key"] = value.key
    elif isinstance(value, str):
        result.conf["partitioner"] = value
    else:
        raise InvalidArgumentError(
            f"option {option.name} cannot be a Python function with librdkafka: set message_key, or one of "
            "consistent_random, murmur2_random, fnv1a_random, random"
        )


def _version(option: Option, value: Any, result: Translation) -> None:
    """Brokers since 0.10 tell what they speak; only an older one must be told to librdkafka."""
    parts = str(value).split(".") if isinstance(value, str | int | float) else value
    try:
        numbers = tuple(int(part) for part in parts)
        if not numbers:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise _bad(option, value) from None
    if numbers < (0, 10):
        padded = [*numbers, *[0] * (4 - len(numbers))][: 4 if numbers[0] == 0 else 3]
        result.conf["broker.version.fallback"] = ".".join(str(number) for number in padded)
        result.conf["api.version.request"] = "false"


def _socket_options(option: Option, value: Any, result: Translation) -> None:
    try:
        wanted = [tuple(int(part) for part in entry) for entry in value]
    except (TypeError, ValueError, OverflowError):
        raise _bad(option, value) from None
    for entry in wanted:
        if entry == _KEEPALIVE:
            result.conf["socket.keepalive.enable"] = "true"
        elif entry != _NODELAY:  # which librdkafka sets by itself
            raise InvalidArgumentError(
                f"option {option.name}: librdkafka can set TCP_NODELAY and SO_KEEPALIVE only, not {entry}; "
                "buffers are send_buffer_bytes and receive_buffer_bytes"
            )


def _check_hostname(option: Option, value: Any, result: Translation) -> None:
    name = "ssl.endpoint.identification.algorithm"
    result.conf[name] = "https" if _boolean(option, value) else "none"


def _nothing(option: Option, value: Any, result: Translation) -> None:
    _logger.debug("option %s has no effect: %s", option.name, option.note)


def _as_librdkafka(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _reconcile(conf: dict[str, Any]) -> None:
    """Mend what the two clients limit differently, so that a valid old configuration stays valid."""
    if isinstance(timeout_ms := conf.get("socket.timeout.ms"), int):
        conf["socket.timeout.ms"] = min(timeout_ms, _MAX_SOCKET_TIMEOUT_MS)
    if isinstance(timeout_ms := conf.get("socket.connection.setup.timeout.ms"), int):
        conf["socket.connection.setup.timeout.ms"] = max(timeout_ms, _MIN_CONNECT_TIMEOUT_MS)
    if isinstance(backoff_ms := conf.get("retry.backoff.ms"), int) and backoff_ms > 1000:
        conf.setdefault("retry.backoff.max.ms", backoff_ms)
    if conf.get("batch.size") == 0:  # kafka-python: no batches
        conf["batch.size"] = 1
    for name in ("group.id", "group.instance.id"):
        if not conf.get(name, "-"):  # "" is kafka-python's way to say "none"
            del conf[name]
    if isinstance(fetch_bytes := conf.get("fetch.max.bytes"), int):
        # librdkafka wants it to be no less than message.max.bytes, which means nothing to a reader
        conf["fetch.max.bytes"] = max(fetch_bytes, 1000)
        conf.setdefault("message.max.bytes", min(max(fetch_bytes, 1000), 1_000_000))
    if "ssl.certificate.location" in conf:
        # Python's ssl looks for the key in the certificate's file
        conf.setdefault("ssl.key.location", conf["ssl.certificate.location"])


_CONVERTERS: dict[Kind, Callable[[Option, Any], Any]] = {
    Kind.INTEGER: _integer,
    Kind.BOOLEAN: lambda option, value: str(_boolean(option, value)).lower(),
    Kind.TEXT: _text,
    Kind.SECRET: _text,
    Kind.SERVERS: _servers,
    Kind.ACKS: _acks,
    Kind.COMPRESSION: _choice("none", "gzip", "snappy", "lz4", "zstd", false="none"),
    Kind.OFFSET_RESET: _choice(
        "earliest", "latest", "error", smallest="earliest", largest="latest", none="error"
    ),
    Kind.ASSIGNORS: _assignors,
    Kind.KILOBYTES: _kilobytes,
}
_SPECIAL: dict[Kind, Callable[[Option, Any, Translation], None]] = {
    Kind.PARTITIONER: _partitioner,
    Kind.VERSION: _version,
    Kind.SOCKET_OPTIONS: _socket_options,
    Kind.CHECK_HOSTNAME: _check_hostname,
    Kind.NOTHING: _nothing,
}
