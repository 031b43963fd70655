"""A request in, whether it may pass out: Host, Origin and password are looked at before anything else.

Without a password the server listens on loopback only, and the danger is a web page elsewhere that makes the
user's own browser ask: by DNS rebinding (a foreign Host) or by a cross-site WebSocket (a foreign Origin).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from viewer.web.address import LOOPBACK_NAMES

FAILURE_S = 1.0
"""Seconds that a wrong password waits for its answer."""
MAX_FAILURES = 16
"""Wrong passwords that may wait at the same time; the next one is turned away at once."""

_COOKIE = "ss_camera_viewer"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Access:
    """The rules of one server. `hosts` are names it is reached by beside loopback; `password` opens it."""

    def __init__(self, hosts: Iterable[str] = (), password: str | None = None) -> None:
        self._hosts = LOOPBACK_NAMES | {host.lower() for host in hosts}
        self._password = password
        # Safari sends no Authorization with a WebSocket: a page that was opened gets a cookie as well
        self._session = secrets.token_urlsafe(32)
        self._failures = 0

    def middleware(self) -> Middleware:
        """The aiohttp middleware that holds these rules."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            refusal = self._refusal(request)
            if refusal is None and self._password is not None and not self._is_known(request):
                refusal = await self._ask(request)
            response = refusal or await handler(request)
            if not response.prepared and refusal is None and self._password is not None:
                response.set_cookie(_COOKIE, self._session, httponly=True, samesite="Strict")
            return response

        return guard

    @staticmethod
    async def dress(_request: web.Request, response: web.StreamResponse) -> None:
        """Add the security headers; for aiohttp's signal `on_response_prepare`, which no answer passes by."""
        if not isinstance(response, web.WebSocketResponse):
            response.headers.update(_HEADERS)

    def _refusal(self, request: web.Request) -> web.Response | None:
        host = _host_name(request.headers.get("Host", ""))
        # with a password any name will do: a browser sends it to the origin alone that asked for it
        if self._password is None and host not in self._hosts:
            return web.Response(status=421, text="This viewer is not reached by that name; see --web-host.\n")
        origin = request.headers.get("Origin")
        if origin is not None and not self._is_own(origin, request.headers.get("Host", "")):
            return web.Response(status=403, text="A page of another site may not read this viewer.\n")
        return None

    def _is_own(self, origin: str, host: str) -> bool:
        try:
            netloc = urlsplit(origin).netloc.lower()
        except ValueError:  # `http://[` and its like
            return False
        return netloc == host.lower() or _host_name(netloc) in self._hosts - LOOPBACK_NAMES

    def _is_known(self, request: web.Request) -> bool:
        cookie = request.cookies.get(_COOKIE, "")
        if _equal(cookie.encode("utf-8", "surrogateescape"), self._session.encode()):
            return True
        given = _basic_password(request.headers.get("Authorization", ""))
        return given is not None and _equal(given, (self._password or "").encode())

    async def _ask(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            if self._failures >= MAX_FAILURES:
                return web.Response(status=429, text="Too many wrong passwords; wait a second.\n")
            self._failures += 1
            try:
                await asyncio.sleep(FAILURE_S)
            finally:
                self._failures -= 1
        headers = {"WWW-Authenticate": 'Basic realm="ss-camera viewer", charset="UTF-8"'}
        return web.Response(status=401, headers=headers, text="This viewer asks for a password.\n")


def _equal(given: bytes, wanted: bytes) -> bool:
    """Compared in constant time; as hashes, so that the length takes no time either."""
    return hmac.compare_digest(hashlib.sha256(given).digest(), hashlib.sha256(wanted).digest())


def _host_name(netloc: str) -> str:
    """The name of `host:port`, brackets of IPv6 taken off; empty where it is none."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _basic_password(header: str) -> bytes | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        _user, colon, password = base64.b64decode(value, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return password if colon else None
