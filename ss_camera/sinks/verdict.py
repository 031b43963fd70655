"""An exception of SINETStream or of a broker client in, one of our sink errors out.

By the names of classes and codes, so that no client library is imported to judge another's error.
"""

from __future__ import annotations

from ss_camera.errors import MessageRefused, SinkDenied, SinkError, SinkUnavailable
from ss_camera.settings.model import MAX_REQUEST_BYTES, Route

_TOO_LARGE = {"MSG_SIZE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "MessageSizeTooLargeError", "EntityTooLarge"}
_INVALID = {"INVALID_MSG", "INVALID_RECORD", "CorruptRecordException", "InvalidMessageError"}
_NO_TOPIC = {"_UNKNOWN_TOPIC", "UNKNOWN_TOPIC_OR_PART", "UnknownTopicOrPartitionError", "TOPIC_EXCEPTION"}
_LOGIN = {"_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED"}
_DENIED = {
    "AuthorizationError",
    "TopicAuthorizationFailedError",
    "ClusterAuthorizationFailedError",
    "TOPIC_AUTHORIZATION_FAILED",
    "CLUSTER_AUTHORIZATION_FAILED",
    "AccessDenied",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
}


def judge(error: BaseException, route: Route, setting: str = "SS_MAX_REQUEST_SIZE") -> SinkError:
    """What `error` means for the message that met it, as one sentence that names the place and the remedy.

    `setting` is what the user knows the client's own limit of a message by.
    """
    names = _names(error)
    where = f"{place(route)}, topic {route.topic}"
    if names & _TOO_LARGE:
        return _too_large(error, route, where, setting)
    if names & _INVALID:
        return MessageRefused(f"{where} refuses the message as invalid: {_text(error)}")
    if names & _LOGIN:
        return SinkDenied(f"{place(route)} does not let this client in: {_text(error)}")
    if names & _DENIED:
        return SinkDenied(
            f"{where} does not allow this client to write: {_text(error)}; check rights and password"
        )
    if names & _NO_TOPIC:
        return SinkDenied(
            f"{place(route)} has no topic {route.topic} and does not create it; create it there"
        )
    if "NoSuchBucket" in names:
        bucket = route.type_spec.get("bucket")
        return SinkDenied(f"{place(route)} has no bucket {bucket}; create it there or change SS_BUCKET")
    return SinkUnavailable(f"{place(route)} is not reachable: {_text(error)}")


def place(route: Route) -> str:
    """The broker as the user named it."""
    brokers = route.common.get("brokers")
    if isinstance(brokers, list):
        brokers = ",".join(brokers)
    return f"{route.type} {brokers or route.type_spec.get('endpoint_url') or 'broker'}"


def _names(error: BaseException | None) -> set[str]:
    """Class names and codes of the error and of what caused it."""
    names: set[str] = set()
    for _ in range(8):
        if error is None:
            break
        names.update(cls.__name__ for cls in type(error).__mro__)
        kafka_error = getattr(error, "kafka_error", None)
        if kafka_error is not None:
            names.add(str(kafka_error.name()))
        response = getattr(error, "response", None)
        if isinstance(response, dict):  # botocore's ClientError
            names.add(str(response.get("Error", {}).get("Code")))
        error = error.__cause__
    return names


def _too_large(error: BaseException, route: Route, where: str, setting: str) -> MessageRefused:
    # kafka-python names its own option where it has not even asked the broker
    if getattr(error, "limit", None) == "client" or "max_request_size" in str(error):
        ours = route.type_spec.get("max_request_size", MAX_REQUEST_BYTES)
        return MessageRefused(
            f"it is larger than {setting} ({ours} bytes); raise that, and the broker's limit if it is lower",
            setting,
        )
    return MessageRefused(
        f"it is larger than {where} takes; raise message.max.bytes there "
        "(KAFKA_MESSAGE_MAX_BYTES in docker/kafka, max.message.bytes of the topic), or take smaller pictures"
    )


def _text(error: BaseException) -> str:
    if "NoBrokersAvailable" in _names(error):  # kafka-python says no more, whatever the cause
        return "no broker answers as it should; check address, TLS and password"
    return str(error) or str(error.__cause__ or "") or type(error).__name__
