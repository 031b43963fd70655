"""Requests for clips in, their list, pictures and bytes out; of one that still comes, what is there yet."""

from __future__ import annotations

import asyncio
import re

from aiohttp import web

from viewer.clip_files import ClipFile
from viewer.clips import ARRIVING, Clips
from viewer.motions import Motions

CHUNK = 256 * 1024
MORE = 1024 * 1024
_RANGE = re.compile(r"bytes=(?!-$)([0-9]{0,18})-([0-9]{0,18})", re.ASCII)


class ClipPages:
    """The addresses `/api/clips`, `/clips/NUMBER.mp4` and `/clips/NUMBER.jpg`."""

    def __init__(self, clips: Clips, motions: Motions) -> None:
        self._clips = clips
        self._motions = motions

    def add_to(self, app: web.Application) -> None:
        """Let `app` answer them."""
        app.router.add_get("/api/clips", self._list)
        app.router.add_get(r"/clips/{number:\d{1,12}}.mp4", self._video)
        app.router.add_get(r"/clips/{number:\d{1,12}}.jpg", self._picture)

    async def _list(self, _request: web.Request) -> web.Response:
        newest = self._clips.newest()
        for about in newest:
            about["picture"] = self._motions.thumbnail(str(about.pop("event"))) is not None
        return web.json_response({"clips": newest})

    async def _picture(self, request: web.Request) -> web.Response:
        event = self._clips.event_of(int(request.match_info["number"]))
        data = self._motions.thumbnail(event) if event else None
        if data is None:
            raise web.HTTPNotFound(text="There is no picture of this clip.\n")
        return web.Response(body=data, content_type="image/jpeg")

    async def _video(self, request: web.Request) -> web.StreamResponse:
        found = self._clips.find(int(request.match_info["number"]))
        if found is None:
            raise web.HTTPNotFound(text="This clip is gone: newer ones took its place.\n")
        file, state, name = found
        headers = {"Accept-Ranges": "bytes", "X-Clip-State": state}
        if "from" in request.query:
            return await _more(file, request.query["from"], headers)
        if "download" in request.query:
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        size = file.size
        span = _span(request.headers.get("Range"), size)
        if span is None:
            headers["Content-Range"] = f"bytes */{size}"
            return web.Response(status=416, headers=headers)
        first, end = span
        status = 200
        if (first, end) != (0, size) or _RANGE.fullmatch(request.headers.get("Range", "").strip()):
            status, whole = 206, "*" if state == ARRIVING else size
            headers["Content-Range"] = f"bytes {first}-{end - 1}/{whole}"
        answer = web.StreamResponse(status=status, headers=headers)
        answer.content_type, answer.content_length = "video/mp4", end - first
        return await _send(request, answer, file, first, end)


async def _more(file: ClipFile, text: str, headers: dict[str, str]) -> web.Response:
    """What has come behind the first `from` bytes; 204 where nothing has, and X-Clip-State whether more will.

    A page that plays a clip as it comes asks again and again; a range that is not there is an error to it.
    """
    if not re.fullmatch("[0-9]{1,15}", text, re.ASCII):
        raise web.HTTPBadRequest(text="from= takes a number of bytes.\n")
    piece = await _read(file, int(text), MORE)
    if not piece:
        return web.Response(status=204, headers=headers)
    return web.Response(body=piece, content_type="video/mp4", headers=headers)


async def _read(file: ClipFile, offset: int, count: int) -> bytes:
    """A piece of a clip; nothing where its file is gone. A disk that sleeps holds up no other request."""
    try:
        return await asyncio.to_thread(file.read_at, offset, count)
    except OSError:
        return b""


async def _send(
    request: web.Request, answer: web.StreamResponse, file: ClipFile, first: int, end: int
) -> web.StreamResponse:
    """The bytes from `first` to before `end`, a piece at a time: a slow browser costs no memory."""
    await answer.prepare(request)
    while first < end and request.method != "HEAD":  # aiohttp would send what is written
        piece = await _read(file, first, min(CHUNK, end - first))
        if not piece:  # it was cut meanwhile: given up, without the half of a slice; or deleted
            break
        await answer.write(piece)
        first += len(piece)
    await answer.write_eof()
    return answer


def _span(text: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one behind the last, as RFC 9110 (14.1.2) has it for one range; None for none.

    Anything but one range is answered with the whole, which the RFC leaves open.
    """
    match = _RANGE.fullmatch(text.strip()) if text is not None else None
    if match is None:
        return 0, size
    if not match[1]:
        return (max(0, size - int(match[2])), size) if int(match[2]) and size else None
    first = int(match[1])
    last = min(int(match[2]), size - 1) if match[2] else size - 1
    return (first, last + 1) if first <= last else None
