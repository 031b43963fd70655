"""The command line: what may be asked for, and one sentence for everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ss_camera.errors import SettingsError
from ss_camera.media import Family
from viewer.arguments import parse
from viewer.web.address import Address


def problem(*argv: str) -> str:
    with pytest.raises(SettingsError) as refused:
        parse(argv)
    (sentence,) = refused.value.problems
    return sentence


@pytest.fixture
def password(tmp_path: Path) -> str:
    path = tmp_path / "password"
    path.write_text("correct horse\n")
    return str(path)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8080", Address("127.0.0.1", 8080)),
        ("localhost:0", Address("localhost", 0)),
        ("[::1]:9000", Address("::1", 9000)),
        ("9000", Address("127.0.0.1", 9000)),
    ],
)
def test_forms_of_an_address(text: str, address: Address) -> None:
    """Host and port, IPv6 in brackets, or a port alone, which is loopback's."""
    assert parse(["--web", text]).web == address


def test_the_page_alone_is_on_loopback() -> None:
    """--web without an address listens where this machine alone can reach it."""
    assert parse(["--web"]).web == Address("127.0.0.1", 8080)
    assert parse([]).web is None


@pytest.mark.parametrize(
    "text", ["", ":8080", "host", "host:", "host:70000", "::1:80", "http://host:80", "a b:80", "h:-1"]
)
def test_what_is_no_address_is_named(text: str) -> None:
    """With the form that is expected."""
    assert "is no address; write HOST:PORT" in problem("--web", text)


@pytest.mark.parametrize("text", ["0.0.0.0:8080", "[::]:8080", "192.168.1.5:80", "cams.example.org:80"])
def test_the_network_sees_no_camera_without_a_password(text: str, password: str) -> None:
    """An address that others reach is refused, and served with a password."""
    assert "--web-password-file" in problem("--web", text)
    assert parse(["--web", text, "--web-password-file", password]).password == "correct horse"


@pytest.mark.parametrize("content", ["", "\n", "short\n", "two\nlines of it\n"])
def test_a_poor_password_is_refused(tmp_path: Path, content: str) -> None:
    """Empty, short, or more than a line; the words of the file are not repeated."""
    path = tmp_path / "password"
    path.write_text(content)
    sentence = problem("--web", "--web-password-file", str(path))
    assert "one line of 8 characters or more" in sentence
    assert "short" not in sentence


def test_a_password_file_that_is_not_there_is_named() -> None:
    """With its path and the reason."""
    assert "--web-password-file /nowhere/x cannot be read: No such file" in problem(
        "--web", "--web-password-file", "/nowhere/x"
    )


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--count", "0"], "is no number of pictures from 1"),
        (["--count", "-3"], "is no number of pictures"),
        (["--count", "1.5"], "is no number of pictures"),
        (["--count", "\u0661\u0662"], "is no number of pictures"),
        (["--count", "9" * 5000], "is no number of pictures"),
        (["--count", "5", "--timeout", "0"], "is no time"),
        (["--count", "5", "--timeout", "nan"], "is no time"),
        (["--count", "5", "--timeout", "soon"], "is no time"),
        (["--timeout", "5"], "--timeout belongs to --count"),
        (["--count", "5", "--web"], "exclude each other"),
        (["--web-host", "x"], "belong to --web"),
        (["-s", "a", "--env-file", "x"], "give one of the two"),
        (["--stills-only", "--clip-topic", "x"], "--stills-only leaves clips and events out"),
        (["--save", ""], "--save needs the path of a folder"),
        (["--save", "x", "--window", "--web"], "--window excludes --web and --count"),
        (["--web", "--clip-memory", "0"], "is no number of MiB from 1 to 65536"),
        (["--web", "--clip-memory", "1.5"], "is no number of MiB"),
        (["--web", "--clip-memory", "9" * 5000], "is no number of MiB"),
        (["-s"], "expected one argument"),
        (["--colour"], "unrecognized arguments"),
    ],
)
def test_each_wrong_argument_is_one_sentence(argv: list[str], words: str) -> None:
    """It names the argument, and what is wrong with it."""
    sentence = problem(*argv)
    assert words in sentence
    assert len(sentence) < 250


def test_topics_and_memory_may_be_named() -> None:
    """Of clips and events; what is not named is left to the settings."""
    named = parse(["--clip-topic", "c", "--event-topic", "e", "--clip-memory", "16"])
    assert [named.topic_of(family) for family in Family] == [None, "c", "e"]
    assert named.clip_bytes == 16 * 1024 * 1024
    assert [parse([]).topic_of(family) for family in Family] == [None, None, None]


@pytest.mark.parametrize(
    ("argv", "reads_all"),
    [
        ([], False),
        (["--web"], True),
        (["--count", "5"], True),
        (["--save", "x"], True),
        (["--save", "x", "--window"], True),
        (["--web", "--stills-only"], False),
    ],
)
def test_clips_are_read_where_they_are_of_use(argv: list[str], reads_all: bool) -> None:
    """The window alone shows none: a line to the broker shall not carry them for nothing."""
    assert parse(argv).reads_all is reads_all
