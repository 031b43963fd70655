"""A broker type in, the package that has to be installed for it out; nothing is imported to find out."""

from __future__ import annotations

from importlib.util import find_spec

_NEEDS = {
    ("kafka", "librdkafka"): (("confluent_kafka",), "confluent-kafka"),
    ("kafka", "kafka-python"): (("sinetstreamplugin.kafka", "kafka"), "sinetstream-kafka kafka-python-ng"),
    ("mqtt", ""): (("sinetstreamplugin.mqtt", "paho"), "sinetstream-mqtt"),
    ("mqtt", "will"): (("sinetstreamplugin.iostream",), "sinetstream-iostream"),
    ("compression", "lz4"): (("sinetstreamplugin.compression.lz4",), "sinetstream-comp-lz4"),
    ("s3", ""): (("sinetstreamplugin.s3", "boto3"), "sinetstream-s3"),
}


def kafka_client(wanted: str | None) -> str:
    """The client that KAFKA_CLIENT's value means here; librdkafka has no wheels for 32-bit systems."""
    if wanted not in (None, "auto"):
        return str(wanted)
    return "librdkafka" if _is_there("confluent_kafka") else "kafka-python"


def lacking_for(part: str, of_it: str = "") -> tuple[str, str] | None:
    """What is wrong and what to do about it, or None where all is installed.

    `part` is a type of broker or `compression`, `of_it` the client, feature or algorithm.
    """
    modules, packages = _NEEDS[part, of_it]
    if all(_is_there(module) for module in modules):
        return None
    name = f"{part} ({of_it})" if of_it else part
    return f"{name} needs a package that is not installed", f"it to be installed: pip install {packages}"


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the folder above it
        return False
