"""SINETStream's parameters in, a connected librdkafka client out: what the writers and the readers share."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Mapping
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer
from sinetstream import AT_LEAST_ONCE, EXACTLY_ONCE
from sinetstream.error import (
    ConnectionError,
    InvalidArgumentError,
    SinetError,
)

from sinetstreamplugin.rdkafka_errors import Connection, configuration_failure, refusal
from sinetstreamplugin.rdkafka_options import Side, find
from sinetstreamplugin.rdkafka_translation import translate

_CONNECT_TIMEOUT_MS = 10_000
_ASK_S = 0.5  # how long one question to the broker lasts, so that a refused password is seen soon
# SINETStream's own parameters, which stand beside the broker's options in configurations before version 3
_COMMON = {
    "brokers",
    "compression",
    "consistency",
    "crypto",
    "data_compression",
    "data_encryption",
    "message_format",
    "receive_timeout_ms",
    "service",
    "tls",
    "topic",
    "topics",
    "type",
    "user_data_only",
    "value_deserializer",
    "value_serializer",
    "value_type",
}
_TLS = {
    "ca_certs": "ssl_cafile",
    "certfile": "ssl_certfile",
    "keyfile": "ssl_keyfile",
    "ciphers": "ssl_ciphers",
    "check_hostname": "ssl_check_hostname",
}
_DEFAULTS: Mapping[str, Any] = {
    # a broker that is back is found within 2 s; librdkafka would wait up to 10
    "reconnect.backoff.max.ms": 1500,
    "socket.keepalive.enable": "true",
    # KIP-714: the broker may ask for figures, and the client wakes up for it
    "enable.metrics.push": "false",
    # what goes wrong with a connection is in problem(); from 3 on a consumer prints each try, 20 a second
    "log_level": 2,
}
_logger = logging.getLogger(__name__)


class _OwnLines:
    """In the place of librdkafka's standard error: what it would print there is in `problem()` too."""

    def log(self, level: int, words: str, *values: object) -> None:
        _logger.debug(words, *values)


class RdkafkaClient:
    """A writer or a reader before it speaks to a broker."""

    side: Side

    def __init__(self, confver: Any, params: dict[str, Any]) -> None:
        self._params = params
        self._options = _broker_options(confver, params)
        if params["consistency"] == EXACTLY_ONCE:
            _logger.warning("Kafka doesn't support EXACTLY_ONCE")
            _logger.warning("Fallbacked into AT_LEAST_ONCE")
            params["consistency"] = AT_LEAST_ONCE
        translation = translate(self._options, self.side)
        self._own = translation.own
        self._conf = {**_DEFAULTS, **self._defaults(translation.conf), **translation.conf}
        lowest_ms = int(self._conf.get("reconnect.backoff.ms", 100))
        self._conf["reconnect.backoff.max.ms"] = max(lowest_ms, int(self._conf["reconnect.backoff.max.ms"]))
        self._connection = Connection(str(self._conf.get("security.protocol", "plaintext")))
        self._statistics: Any = None

    def _defaults(self, conf: Mapping[str, Any]) -> dict[str, Any]:
        """What this side sets where the user says nothing; `conf` is what the user says."""
        raise NotImplementedError

    def _own_ms(self, name: str, default_ms: int) -> float:
        """One of the plugin's own options, in seconds."""
        return float(self._own.get(name, default_ms)) / 1000

    def problem(self) -> str | None:
        """What is wrong with the connection, as one sentence; None while nothing is known to be."""
        return self._connection.problem

    def denied(self) -> SinetError | None:
        """The broker's no to this client (user, password, rights) while it stands; librdkafka tries on."""
        error = self._connection.denied
        return None if error is None else refusal(error)

    def metrics(self) -> Any:
        """librdkafka's statistics, where `statistics.interval.ms` asks for them; else None."""
        return self._statistics

    def reset_metrics(self) -> None:
        """Nothing: librdkafka counts from its start."""

    def info(self, _name: Any, _kwargs: Any) -> None:
        """SINETStream's plugins know nothing more."""

    def _callbacks(self) -> dict[str, Any]:
        callbacks: dict[str, Any] = {"error_cb": self._connection.on_error}
        if not {"debug", "log_level"} & set(self._options):  # who asks for its lines gets them as they are
            callbacks["logger"] = _OwnLines()
        if "statistics.interval.ms" in self._conf and "stats_cb" not in self._conf:
            callbacks["stats_cb"] = self._keep_statistics
        return callbacks

    def _keep_statistics(self, text: str) -> None:
        self._statistics = json.loads(text)

    def _wait_for_broker(self, client: Producer | Consumer) -> None:
        """Return once a broker has answered, or at once with `connect_timeout_ms` 0.

        Raises SINETStream's ConnectionError, or AuthorizationError for a refused user.
        """
        timeout_s = self._own_ms("connect_timeout_ms", _CONNECT_TIMEOUT_MS)
        deadline_s = time.monotonic() + timeout_s
        while timeout_s and not self._answers(client, min(_ASK_S, timeout_s)):
            problem = f"cannot connect to {self._conf['bootstrap.servers']}: {self.problem() or 'no answer'}"
            if self._connection.denied is not None:
                raise refusal(self._connection.denied, problem)
            if time.monotonic() >= deadline_s:
                raise ConnectionError(problem)

    def _answers(self, client: Producer | Consumer, timeout_s: float) -> bool:
        """Ask a broker for the cluster's metadata. Serves `error_cb`."""
        try:
            client.list_topics(self._probe_topic(), timeout=timeout_s)
        except KafkaException:
            self._poll(client, 0)
            return False
        self._poll(client, 0)
        self._connection.is_up()
        return True

    def _poll(self, client: Any, timeout_s: float) -> None:
        """Serve librdkafka's callbacks."""
        client.poll(timeout_s)

    def _probe_topic(self) -> str:
        """One topic, so that the answer is small on a broker with thousands."""
        raise NotImplementedError


def make_client(kind: type[Any], conf: Mapping[str, Any]) -> Any:
    """A Producer or a Consumer; raises SINETStream's InvalidArgumentError for what librdkafka refuses."""
    for name, path in conf.items():
        # librdkafka would tell of an x509 routine
        if name.endswith(".location") and not os.access(str(path), os.R_OK):
            raise InvalidArgumentError(f"{name} names {path}, which cannot be read")
    try:
        return kind(dict(conf))
    except KafkaException as error:
        raise configuration_failure(error) from error
    except (TypeError, ValueError) as error:  # a value of a type that confluent-kafka cannot pass on
        raise InvalidArgumentError(f"librdkafka refuses the configuration: {error}") from error


def _broker_options(confver: Any, params: Mapping[str, Any]) -> dict[str, Any]:
    """All that is said about the broker, by kafka-python's names."""
    brokers = params.get("brokers")
    if not brokers or not isinstance(brokers, str | list):
        raise InvalidArgumentError("brokers must be given: host:port, or a list of them")
    options = {"bootstrap_servers": brokers, **_tls_options(params.get("tls"))}
    if not confver.type_spec():
        options.update((name, value) for name, value in params.items() if name not in _COMMON)
        return options
    options["client_id"] = params.get("client_id")
    ignored = [
        name for name in params if name not in _COMMON and name != "client_id" and find(name, Side.BOTH)
    ]
    if ignored:
        _logger.warning("ignored outside of type_spec: %s", ", ".join(sorted(ignored)))
    options.update(params.get("type_spec") or {})
    return options


def _tls_options(tls: Any) -> dict[str, Any]:
    if isinstance(tls, str):
        tls = {"true": True, "false": False}.get(tls.strip().lower(), tls)
    if not tls:
        return {}
    options: dict[str, Any] = {"security_protocol": "SSL"}
    if isinstance(tls, Mapping):
        unknown = sorted(set(tls) - set(_TLS))
        if unknown:
            _logger.warning("unknown parameters in tls are ignored: %s", ", ".join(unknown))
        options.update((_TLS[name], value) for name, value in tls.items() if name in _TLS)
    elif tls is not True:
        raise InvalidArgumentError(f"tls must be true, false or a mapping, not {tls!r}")
    return options
