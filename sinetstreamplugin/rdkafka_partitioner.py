"""A key and a number of partitions in, the partition out: the one that Java's default partitioner gives."""

from __future__ import annotations

from collections.abc import Sequence

_SEED = 0x9747B28C
_M = 0x5BD1E995
_MASK = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """MurmurHash2 (Austin Appleby), 32 bits, with the seed of Kafka's Java client; unsigned."""
    h = _SEED ^ len(data)
    end = len(data) & ~3
    for i in range(0, end, 4):
        k = int.from_bytes(data[i : i + 4], "little") * _M & _MASK
        k = (k ^ k >> 24) * _M & _MASK
        h = h * _M & _MASK ^ k
    if end < len(data):
        h = (h ^ int.from_bytes(data[end:], "little")) * _M & _MASK
    h = (h ^ h >> 13) * _M & _MASK
    return h ^ h >> 15


def partition_for(key: bytes, count: int) -> int:
    """The partition of `count` that librdkafka's `murmur2_random` gives a record with `key`."""
    return (murmur2(key) & 0x7FFFFFFF) % count


class KeyPartitioner:
    """For kafka-python's `partitioner=`: every record goes where `key` belongs, whatever its own key.

    SINETStream's Kafka plugin gives a record no key, and kafka-python then takes a partition at random:
    a topic with several partitions loses the order. `RdkafkaWriter` writes to the same partition with
    its option `message_key`.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self._hash = murmur2(key.encode()) & 0x7FFFFFFF

    def __call__(self, key: bytes | None, all_partitions: Sequence[int], available: Sequence[int]) -> int:
        """`all_partitions` is sorted, as kafka-python gives it."""
        return all_partitions[self._hash % len(all_partitions)]

    def __deepcopy__(self, memo: object) -> KeyPartitioner:
        """SINETStream copies its parameters; there is nothing here that can change."""
        return self
