"""Topic names in, a consumer that reads all of their partitions out, also those that appear later."""

from __future__ import annotations

import time

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaError, KafkaException, TopicPartition

from sinetstreamplugin.rdkafka_errors import is_denied, kafka_error, read_failure

_MISSING_S = 1.0  # between two looks for a topic that does not exist yet
_GROWN_S = 5.0  # and for partitions that were added, at most
_ASK_S = 0.5
_OFFSET_S = 2.0


class TopicWatch:
    """Assigns partitions without a group.

    What is there at the first answer is read from its end (or its beginning); what appears later has
    been written since, and is read from its beginning.
    """

    def __init__(self, consumer: Consumer, topics: list[str], *, from_beginning: bool, age_s: float) -> None:
        self._consumer = consumer
        self._topics = topics
        self._from_beginning = from_beginning
        self._grown_s = min(age_s, _GROWN_S)
        self._partitions: dict[str, set[int]] = {}  # of each topic that has been answered for
        self._due_s = 0.0

    def is_due(self) -> bool:
        """Whether it is time for `look`."""
        return time.monotonic() >= self._due_s

    def look(self) -> bool:
        """Ask which partitions there are and read the new ones. Whether there was an answer for all topics.

        Raises SINETStream's AuthorizationError for a topic that may not be read.
        """
        answers = [self._look_at(topic) for topic in self._topics]  # all of them, whatever the first says
        answered = all(answers)
        complete = answered and all(self._partitions.get(topic) for topic in self._topics)
        self._due_s = time.monotonic() + (self._grown_s if complete else _MISSING_S)
        return answered

    def forget(self, topic: str) -> None:
        """The topic does not exist, or no more: once it is made, it is read from its beginning."""
        if gone := self._partitions.get(topic):
            self._consumer.incremental_unassign([TopicPartition(topic, number) for number in gone])
        self._partitions[topic] = set()

    def seek(self, offset: int) -> bool:
        """Go on at OFFSET_BEGINNING or OFFSET_END everywhere; False while a topic is not answered for."""
        if any(topic not in self._partitions for topic in self._topics):
            self.look()
            return False
        places = [
            TopicPartition(topic, number, offset if offset == OFFSET_BEGINNING else self._end(topic, number))
            for topic, numbers in self._partitions.items()
            for number in sorted(numbers)
        ]
        # anew, and not seek(): that wants the partition to be fetched already. What was fetched is dropped.
        self._consumer.assign(places)
        return True

    def _look_at(self, topic: str) -> bool:
        try:
            found = self._consumer.list_topics(topic, timeout=_ASK_S).topics[topic]
        except KafkaException:
            return False
        if found.error is not None:
            return self._answered_with(topic, found.error)
        known = self._partitions.get(topic)
        new = sorted(set(found.partitions) - (known or set()))
        if new:
            first = known is None and not self._from_beginning
            places = [
                TopicPartition(topic, number, self._end(topic, number) if first else OFFSET_BEGINNING)
                for number in new
            ]
            self._consumer.incremental_assign(places)
        self._partitions[topic] = (known or set()) | set(new)
        return True

    def _answered_with(self, topic: str, error: KafkaError) -> bool:
        if is_denied(error):
            raise read_failure(error, f"topic {topic}")
        if error.code() in (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC):
            self.forget(topic)
            return True
        return False  # it has no leader yet, or the like: ask again

    def _end(self, topic: str, number: int) -> int:
        """Where the next message will stand, as a number: so that one written right after is not missed."""
        place = TopicPartition(topic, number)
        try:
            _, end = self._consumer.get_watermark_offsets(place, timeout=_OFFSET_S)
        except KafkaException as exception:
            if is_denied(kafka_error(exception)):
                raise read_failure(kafka_error(exception), f"topic {topic}") from exception
            return OFFSET_END
        return end
