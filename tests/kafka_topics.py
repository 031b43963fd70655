"""A broker's address in, topics and rights on it out, made with confluent-kafka's AdminClient."""
# mypy: disable-error-code="attr-defined"
# (confluent_kafka.admin re-exports these names without saying so)

from __future__ import annotations

import itertools
import os

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from tests.program import wait_until

_TIMEOUT_S = 15.0
_numbers = itertools.count(1)


def new_name(prefix: str = "t") -> str:
    """A topic name that no other test uses, on any broker."""
    return f"{prefix}-{os.getpid()}-{next(_numbers)}"


class Topics:
    """Makes topics and grants rights on one broker, through its unguarded listener."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self._admin = AdminClient({"bootstrap.servers": bootstrap})

    def make(self, name: str | None = None, *, partitions: int = 1, **config: object) -> str:
        """Create a topic and return its name; `max_message_bytes=1` sets max.message.bytes, and so on."""
        name = name or new_name()
        settings = {key.replace("_", "."): str(value) for key, value in config.items()}
        topic = NewTopic(name, num_partitions=partitions, replication_factor=1, config=settings)
        self._admin.create_topics([topic], request_timeout=_TIMEOUT_S)[name].result(_TIMEOUT_S)
        return name

    def delete(self, name: str) -> None:
        """Delete a topic."""
        self._admin.delete_topics([name], request_timeout=_TIMEOUT_S)[name].result(_TIMEOUT_S)

    def grow(self, name: str, partitions: int) -> None:
        """Give a topic more partitions."""
        self._admin.create_partitions([NewPartitions(name, partitions)])[name].result(_TIMEOUT_S)

    def grant(self, user: str, operation: str, name: str = "*", kind: str = "TOPIC") -> None:
        """Let `user` do `operation` (READ, WRITE, DESCRIBE, ..) on a topic, a GROUP or the BROKER.

        Returns once the broker knows: the controller, which takes it, tells it a moment later.
        """
        rule = self._rule(user, operation, name, kind)
        binding = AclBinding(*rule, AclPermissionType.ALLOW)
        self._admin.create_acls([binding], request_timeout=_TIMEOUT_S)[binding].result(_TIMEOUT_S)
        shown = AclBindingFilter(*rule, AclPermissionType.ALLOW)
        wait_until(
            lambda: bool(self._admin.describe_acls(shown).result(_TIMEOUT_S)), "the broker to know the right"
        )

    def revoke(self, user: str, operation: str, name: str = "*", kind: str = "TOPIC") -> None:
        """Take back what `grant` gave."""
        rule = AclBindingFilter(*self._rule(user, operation, name, kind), AclPermissionType.ALLOW)
        self._admin.delete_acls([rule], request_timeout=_TIMEOUT_S)[rule].result(_TIMEOUT_S)

    @staticmethod
    def _rule(
        user: str, operation: str, name: str, kind: str
    ) -> tuple[ResourceType, str, ResourcePatternType, str, str, AclOperation]:
        resource = ResourceType[kind]
        if kind == "BROKER":
            name = "kafka-cluster"
        return resource, name, ResourcePatternType.LITERAL, f"User:{user}", "*", AclOperation[operation]
