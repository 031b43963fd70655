"""The page's server: who may read it, what it sends, and that a slow page is never behind."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest

from tests.kafka_topics import new_name
from tests.program import wait_until
from tests.viewer.sender import Camera, Sender
from tests.viewer.serving import feed_of, serving, silent_feed
from viewer.web.access import Access
from viewer.web.audience import MAX_ON_THE_WAY
from viewer.web.server import MAX_VIEWERS

PASSWORD = "correct horse"
Answer = tuple[int, dict[str, str], str]


@pytest.fixture
def page() -> Iterator[str]:
    """A page without a password and without a broker."""
    with serving(silent_feed()) as url:
        yield url


@pytest.fixture
def guarded_page() -> Iterator[str]:
    """A page that asks for a password."""
    with serving(silent_feed(), Access(password=PASSWORD)) as url:
        yield url


def get(url: str, **headers: str) -> Answer:
    """Status, headers and body of one request; `Host_=` and so on, as keywords."""

    async def ask() -> Answer:
        named = {name.strip("_").replace("_", "-"): value for name, value in headers.items()}
        async with aiohttp.ClientSession() as session, session.get(url, headers=named) as answer:
            return answer.status, dict(answer.headers), await answer.text()

    return asyncio.run(ask())


def basic(password: str, user: str = "anyone") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize("path", ["", "page.css", "page.js", "api/state"])
def test_every_answer_forbids_what_the_page_does_not_need(page: str, path: str) -> None:
    """No inline script, nothing from elsewhere, no frame around it, nothing kept."""
    status, headers, body = get(page + path)
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "http://" not in body.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in body


def test_the_state_of_an_empty_viewer(page: str) -> None:
    """Counts of nothing, and that the broker is not there; the health answer says so too."""
    status, _, body = get(page + "api/state")
    state = json.loads(body)
    assert status == 200
    assert {key: state[key] for key in ("cameras", "received", "foreign", "connected")} == {
        "cameras": {},
        "received": 0,
        "foreign": 0,
        "connected": False,
    }
    assert get(page + "healthz")[0] == 503
    assert get(page + "nothing")[0] == 404
    assert "Content-Security-Policy" in get(page + "nothing")[1]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "[::", "a@b"]
)
def test_a_foreign_host_name_is_refused(page: str, host: str) -> None:
    """DNS rebinding: a page elsewhere whose name was turned to 127.0.0.1 reads nothing."""
    assert get(page + "api/state", Host_=host)[0] in (400, 421)


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "[::1]:8080", "127.0.0.1", "LOCALHOST"])
def test_a_name_of_this_machine_passes(page: str, host: str) -> None:
    """Also with another port, as through `ssh -L`."""
    assert get(page + "api/state", Host_=host)[0] == 200


def test_a_page_behind_a_proxy_has_a_name(page: str) -> None:
    """--web-host admits one further name, as Host and as Origin."""
    with serving(silent_feed(), Access(hosts=["cams.example.org"])) as url:
        assert get(url, Host_="cams.example.org")[0] == 200
        assert get(url, Origin="https://cams.example.org")[0] == 200
        assert get(url, Host_="other.example.org")[0] == 421
        assert get(url, Origin="https://other.example.org")[0] == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_a_page_of_another_origin_gets_no_websocket(page: str, origin: str) -> None:
    """Cross-site WebSocket hijacking: browsers send the Origin, and it must be our own."""

    async def connect() -> int:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(page + "live", headers={"Origin": origin})
            return refused.value.status

    assert asyncio.run(connect()) == 403


@pytest.mark.parametrize(
    "origin",
    ["http://[", "http://]", "http://[::1", "http://[x]:1", "//", "", "\u2100", "http://\u2100.c", "%"],
)
def test_an_origin_that_is_none_is_refused(page: str, origin: str) -> None:
    """Whatever a stranger writes there: 403, and no error of ours."""
    assert get(page + "api/state", Origin=origin)[0] == 403


def test_a_password_guards_everything(guarded_page: str) -> None:
    """Page, files, counts, health and WebSocket ask for it; any user name will do."""
    for path in ("", "page.js", "api/state", "healthz", "live"):
        status, headers, _ = get(guarded_page + path)
        assert status == 401
        assert headers["WWW-Authenticate"].startswith("Basic ")
    assert get(guarded_page, Authorization=basic(PASSWORD))[0] == 200
    assert get(guarded_page, Authorization=basic(PASSWORD, user=""))[0] == 200


@pytest.mark.parametrize(
    "header",
    [
        basic("wrong"),
        basic(""),
        basic(PASSWORD + "x"),
        "Basic",
        "Basic !!!",
        "Basic bm9jb2xvbg==",
        "Bearer x",
    ],
)
def test_a_wrong_password_is_refused(guarded_page: str, header: str) -> None:
    """Whatever form it has."""
    assert get(guarded_page + "api/state", Authorization=header)[0] == 401


def test_the_page_that_was_opened_may_open_its_websocket(guarded_page: str) -> None:
    """Safari sends no password with a WebSocket; the cookie of the page, hidden from scripts, opens it."""
    _, headers, _ = get(guarded_page, Authorization=basic(PASSWORD))
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert get(guarded_page + "api/state", Cookie=cookie.split(";")[0])[0] == 200
    assert get(guarded_page + "api/state", Cookie="ss_camera_viewer=guess")[0] == 401


def on_live(url: str, work: Callable[[aiohttp.ClientWebSocketResponse], Awaitable[None]]) -> None:
    """Run `work` with a WebSocket to the page."""

    async def connect() -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(url + "live", max_msg_size=0) as socket,
        ):
            await asyncio.wait_for(work(socket), 30.0)

    asyncio.run(connect())


async def next_picture(socket: aiohttp.ClientWebSocketResponse) -> tuple[dict[str, Any], bytes]:
    while True:
        message = await socket.receive()
        if message.type is aiohttp.WSMsgType.BINARY:
            length = int.from_bytes(message.data[:2], "big")
            return json.loads(message.data[2 : 2 + length]), message.data[2 + length :]
        assert message.type is aiohttp.WSMsgType.TEXT, message


async def states(socket: aiohttp.ClientWebSocketResponse, count: int) -> list[aiohttp.WSMessage]:
    """All messages up to the `count`th of counts: about as many seconds."""
    messages: list[aiohttp.WSMessage] = []
    while sum(message.type is aiohttp.WSMsgType.TEXT for message in messages) < count:
        messages.append(await socket.receive())
    return messages


def pictures(messages: list[aiohttp.WSMessage]) -> list[aiohttp.WSMessage]:
    return [message for message in messages if message.type is aiohttp.WSMsgType.BINARY]


def test_pictures_come_as_they_were_sent(mock_cluster: str) -> None:
    """Counts first; then the JPEG byte by byte behind a small header."""
    topic, camera = new_name("web"), Camera()
    payload = camera.payload()
    sender = Sender(mock_cluster, topic)
    sender.send(payload)
    sender.flush()

    async def look(socket: aiohttp.ClientWebSocketResponse) -> None:
        about, picture = await next_picture(socket)
        assert (about["camera"], about["seq"], about["width"], about["height"]) == ("gate", 0, 64, 48)
        assert about["age_s"] >= 0
        assert picture == payload

    with serving(feed_of(mock_cluster, topic)) as url:
        on_live(url, look)


def test_a_slow_page_is_never_behind(mock_cluster: str) -> None:
    """It gets two pictures without answering, then none; when it answers, the next is the newest of 300."""
    topic, fast, slow = new_name("slow"), Camera("fast"), Camera("slow")
    sender, feed = Sender(mock_cluster, topic), feed_of(mock_cluster, topic)
    sender.send(fast.payload())
    sender.flush()

    async def dawdle(socket: aiohttp.ClientWebSocketResponse) -> None:
        first, _ = await next_picture(socket)
        sender.send(fast.payload())
        second, _ = await next_picture(socket)
        for _ in range(299):
            sender.send(fast.payload())
        sender.send(slow.payload())
        sender.flush()
        other, _ = await next_picture(socket)
        assert (first["seq"], second["seq"], other["camera"]) == (0, 1, "slow")
        await asyncio.to_thread(wait_until, lambda: feed.cameras.received == 302, "all pictures at the feed")
        assert not [
            message for message in await states(socket, 2) if message.type is aiohttp.WSMsgType.BINARY
        ]
        await socket.send_json({"ack": first["number"]})
        newest, _ = await next_picture(socket)
        assert (newest["camera"], newest["seq"]) == ("fast", 300)

    assert MAX_ON_THE_WAY == 2
    with serving(feed) as url:
        on_live(url, dawdle)


def test_a_hidden_page_gets_no_pictures(mock_cluster: str) -> None:
    """Counts go on; when it is looked at again, the newest picture comes at once."""
    topic, camera = new_name("hidden"), Camera()
    sender, feed = Sender(mock_cluster, topic), feed_of(mock_cluster, topic)

    async def hide(socket: aiohttp.ClientWebSocketResponse) -> None:
        await socket.send_json({"paused": True})
        await states(socket, 2)  # the order has arrived by now: it was sent before the second counts
        for _ in range(20):
            sender.send(camera.payload())
        sender.flush()
        await asyncio.to_thread(wait_until, lambda: feed.cameras.received == 20, "all pictures at the feed")
        assert not [
            message for message in await states(socket, 2) if message.type is aiohttp.WSMsgType.BINARY
        ]
        await socket.send_json({"paused": False})
        assert (await next_picture(socket))[0]["seq"] == 19

    with serving(feed) as url:
        on_live(url, hide)


@pytest.mark.parametrize(
    "words", ["not JSON", "[1]", "7", '{"ack": "x"}', '{"ack": 99999}', "x" * 5000, '{"a":' * 200]
)
def test_a_strange_page_disturbs_nobody(page: str, words: str) -> None:
    """Anything but an acknowledgement or a pause is ignored or ends that one connection."""

    async def talk(socket: aiohttp.ClientWebSocketResponse) -> None:
        await socket.send_str(words)
        await socket.receive()

    on_live(page, talk)
    assert get(page + "api/state")[0] == 200


def test_the_number_of_pages_is_bounded(page: str) -> None:
    """One more than the bound is turned away, with a reason; after one has left there is room again."""

    async def crowd() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            sockets = [await session.ws_connect(page + "live") for _ in range(MAX_VIEWERS)]
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(page + "live")
            assert refused.value.status == 503
            await sockets[0].close()
            await (await session.ws_connect(page + "live")).close()

    asyncio.run(asyncio.wait_for(crowd(), 30.0))
