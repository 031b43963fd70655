"""Configurations and secrets in, a server out that speaks the protocol of SINETStream's config server.

What it answers follows what SINETStream 1.10 (`config_client.py`) asks for and the server's version 1.8
sends: an access token for a user's key, a configuration by its name, secrets sealed to the user's public key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from Cryptodome.Cipher import AES, PKCS1_OAEP
from Cryptodome.Hash import SHA256
from Cryptodome.PublicKey import RSA

_SEALED = b"\x00\x01\x01\x01"  # version 1; the key by RSA-OAEP with SHA-256, the data by AES-256-GCM
_API = "/api/v1/"
Answer = tuple[int, Mapping[str, object]]


@dataclass
class ConfigServer:
    """`configs`: what each name stands for; `secrets`: target and bytes by id. One user, one access key."""

    configs: dict[str, Mapping[str, object]] = field(default_factory=dict)
    secrets: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    broken: bool = False
    user: str = "cam"
    access_key: str = field(default_factory=lambda: secrets.token_hex(16))
    key: RSA.RsaKey = field(default_factory=lambda: RSA.generate(2048))
    tokens: set[str] = field(default_factory=set)
    address: str = ""

    @property
    def auth(self) -> str:
        """What the user downloads as `auth.json`."""
        access = {"address": self.address, "user": self.user, "secret-key": self.access_key}
        return json.dumps({"config-server": access})

    @property
    def private_key(self) -> str:
        """The private half of the key pair whose public half the user registered."""
        return self.key.export_key().decode()

    def put(self, name: str, services: Mapping[str, object], hidden: Mapping[str, tuple[str, bytes]]) -> None:
        """Keep a configuration; `hidden` are its secrets by id: the place of each in it, and its bytes."""
        self.secrets.update(hidden)
        self.configs[name] = {
            "name": name,
            "config": {"header": {"version": 3}, "config": services},
            "attachments": [],
            "secrets": [{"id": number, "target": target} for number, (target, _) in hidden.items()],
        }

    def log_in(self, asked: Mapping[str, object]) -> Answer:
        wanted = {"user": self.user, "secret-key": self.access_key, "strategy": "api-access"}
        if asked != wanted:
            return _refusal(401, "NotAuthenticated")
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        return 201, {"accessToken": token, "authentication": {"strategy": "api-access", "payload": {}}}

    def look_up(self, path: str, token: str, fingerprint: str) -> Answer:
        if token not in self.tokens:
            return _refusal(401, "jwt malformed")
        kind, _, name = path.partition("/")
        if self.broken:
            return _refusal(503, "Unavailable")
        if kind == "configs" and name in self.forbidden:
            return _refusal(403, "Forbidden")
        if kind == "configs" and name in self.configs:
            return 200, self.configs[name]
        if kind == "secrets" and name in self.secrets:
            if fingerprint != self._fingerprint():
                return _refusal(400, "The public key has not been registered.")
            target, plain = self.secrets[name]
            value = base64.b64encode(self._seal(plain)).decode()
            return 200, {"id": name, "target": target, "fingerprint": f"SHA256:{fingerprint}", "value": value}
        return _refusal(404, "NotFound")

    def _fingerprint(self) -> str:
        blob = base64.b64decode(self.key.public_key().export_key(format="OpenSSH").split()[1])
        return base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")

    def _seal(self, plain: bytes) -> bytes:
        once, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
        head = _SEALED + PKCS1_OAEP.new(self.key.public_key(), hashAlgo=SHA256).encrypt(once) + nonce
        cipher = AES.new(once, AES.MODE_GCM, nonce=nonce)
        cipher.update(head)
        sealed, tag = cipher.encrypt_and_digest(plain)
        return head + sealed + tag


def _refusal(code: int, message: str) -> Answer:
    return code, {"name": message, "message": message, "code": code, "className": message, "errors": {}}


@contextmanager
def serving(server: ConfigServer, port: int = 0) -> Iterator[ConfigServer]:
    """Answer on 127.0.0.1 for the length of the block; `server.address` is where."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = self.path == f"{_API}authentication"
            self._answer(*(server.log_in(asked) if known else _refusal(404, "NotFound")))

        def do_GET(self) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            fingerprint = self.headers.get("SINETStream-config-publickey", "")
            self._answer(*server.look_up(self.path.removeprefix(_API), token, fingerprint))

        def _answer(self, code: int, content: Mapping[str, object]) -> None:
            body = json.dumps(content).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: Any) -> None:
            """Nothing: a test looks at the client."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as http:
        server.address = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
