"""A broker type in, the package that has to be installed for it out; nothing is imported to find out."""

from __future__ import annotations

from importlib.util import find_spec

_NEEDS = {
    ("kafka", "librdkafka"): (("confluent_kafka",), "confluent-kafka"),
    ("kafka", "kafka-python"): (("sinetstreamplugin.kafka", "kafka"), "sinetstream-kafka kafka-python-ng"),
    ("mqtt", ""): (("sinetstreamplugin.mqtt", "paho"), "sinetstream-mqtt"),
    ("s3", ""): (("sinetstreamplugin.s3", "boto3"), "sinetstream-s3"),
}


def has_librdkafka() -> bool:
    """Whether Kafka's fast client is there; it has no wheels for 32-bit systems."""
    return find_spec("confluent_kafka") is not None


def lacking_for(broker: str, client: str) -> tuple[str, str] | None:
    """What is wrong and what to do about it, or None where all is installed."""
    modules, packages = _NEEDS[broker, client]
    if all(_is_there(module) for module in modules):
        return None
    name = f"{broker} ({client})" if client else broker
    return f"{name} needs a package that is not installed", f"it to be installed: pip install {packages}"


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the folder above it
        return False
