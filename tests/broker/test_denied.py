"""A broker that does not let the camera in: said in one sentence, tried slowly, and no picture is lost."""
# mypy: disable-error-code="attr-defined"
# (confluent_kafka.admin re-exports its names without saying so)

from __future__ import annotations

from pathlib import Path

import pytest
from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from scripts.kafka_node import KafkaNode
from tests.kafka_topics import Topics, new_name
from tests.program import DRAWN, Program, wait_until
from tests.subscriber import Subscriber


def settings(kafka: KafkaNode, topic: str, user: str, password: str) -> dict[str, str]:
    return {
        **DRAWN,
        "SS_BROKERS": kafka.bootstrap_sasl_ssl,
        "SS_TOPIC": topic,
        "SS_SECURITY_PROTOCOL": "SASL_SSL",
        "SS_SSL_CAFILE": str(kafka.tls.ca),
        "SS_SASL_MECHANISM": "SCRAM-SHA-256",
        "SS_SASL_PLAIN_USERNAME": user,
        "SS_SASL_PLAIN_PASSWORD": password,
    }


def set_password(kafka: KafkaNode, user: str, password: str) -> None:
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096)
    change = UserScramCredentialUpsertion(user, info, password.encode())
    for done in admin.alter_user_scram_credentials([change]).values():
        done.result(15)


def test_a_wrong_password_is_said_once_and_costs_no_picture(
    kafka: KafkaNode, topics: Topics, tmp_path: Path
) -> None:
    """It is tried again; once the password is right, all that was captured arrives in order."""
    topic, user = topics.make(), new_name("user")
    set_password(kafka, user, "another one")
    topics.grant(user, "WRITE", topic)
    with Program.camera(tmp_path, settings(kafka, topic, user, "the right one")) as camera:
        line = camera.wait_for("capture goes on")
        assert "does not let this client in" in line
        assert "check the user's name and password" in line
        set_password(kafka, user, "the right one")
        camera.wait_for("delivering again")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        assert camera.text.count("WARNING") == 1, camera.text
        assert "the right one" not in camera.text
        captured = camera.counts()["captured"]
    with Subscriber(brokers=kafka.bootstrap, topic=topic) as witness:
        wait_until(lambda: len(witness.messages) >= captured, "all of them")
        assert witness.seqs("cam") == list(range(captured))


@pytest.mark.parametrize("known", [False, True], ids=["topic unseen", "topic seen"])
def test_a_writer_without_rights_has_our_sentence_only(
    kafka: KafkaNode, topics: Topics, tmp_path: Path, known: bool
) -> None:
    """None of librdkafka's own lines; the pictures arrive once the right is given."""
    topic, user = topics.make(), new_name("user")
    set_password(kafka, user, "pw")
    if known:
        topics.grant(user, "DESCRIBE", topic)
    with Program.camera(tmp_path, settings(kafka, topic, user, "pw")) as camera:
        assert "does not allow this client to write" in camera.wait_for("capture goes on")
        topics.grant(user, "WRITE", topic)
        camera.wait_for("delivering again")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        assert all(line.startswith("20") for line in camera.lines), camera.text
        captured = camera.counts()["captured"]
    with Subscriber(brokers=kafka.bootstrap, topic=topic) as witness:
        wait_until(lambda: len(witness.messages) >= captured, "all of them")
        assert witness.seqs("cam") == list(range(captured))
