"""The same program in a browser, for one person on one machine.

Each page runs a program of its own as the person who started the server, so whoever reaches the page is that person.
Therefore: loopback unless told otherwise, a key in the address that nobody can guess, and no page of another origin
may talk to it.  There is no encryption: what goes over a network belongs behind a proxy that does that.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable

from aiohttp import web
from textual_serve.server import Server

LOOPBACK = ("127.0.0.1", "localhost", "::1")
COOKIE = "superbill"

_CONTENT = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_ELSEWHERE = re.compile(r"<link\b[^>]*https?://[^>]*>")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BrowserServer(Server):
    """Serves the program; `key` opens it, `names` are the host names under which it may be called."""

    def __init__(self, command: str, host: str, port: int, public_url: str | None = None) -> None:
        super().__init__(command, host=host, port=port, title="superbill", public_url=public_url)
        self.key = secrets.token_urlsafe(24)
        self.names = {self.public_url.split("://", 1)[1].rstrip("/")}
        if host in LOOPBACK:
            self.names |= {f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")}

    @property
    def address(self) -> str:
        """The address to open."""
        return f"{self.public_url}/?key={self.key}"

    def initialize_logging(self) -> None:
        """No line is written of what people type or see."""
        logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
        logging.getLogger("textual-serve").setLevel(logging.CRITICAL)

    async def on_startup(self, _app: web.Application) -> None:
        """The address is told when it can be opened."""

    def serve(self, debug: bool = False) -> None:  # noqa: ARG002 - the library's debugging would log what is typed
        """Serve until Ctrl-C."""
        self.initialize_logging()
        said = f"Open {self.address}\nCtrl-C ends it."
        web.run_app(
            self._make_app(), host=self.host, port=self.port, access_log=None,
            print=lambda *_: print(said, flush=True),  # noqa: T201
        )  # fmt: skip

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Lets in who has the key, from the page itself and under a known name, and nobody else."""
        origin = request.headers.get("Origin")
        if request.host not in self.names or (origin and origin.split("://", 1)[-1] not in self.names):
            raise web.HTTPForbidden(text="This page can't be called under that name.")
        given = request.query.get("key", request.cookies.get(COOKIE, ""))
        if not hmac.compare_digest(given.encode(), self.key.encode()):
            raise web.HTTPForbidden(text="The address lacks the key that superbill serve printed.")
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = _CONTENT
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["Cache-Control"] = "no-store"
            response.set_cookie(COOKIE, self.key, httponly=True, samesite="Strict", path="/")
        return response

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page, without what it would fetch from elsewhere."""
        response = await super().handle_index(request)
        if isinstance(response, web.Response):
            response.text = _ELSEWHERE.sub("", response.text or "")
        return response


def command_line(db: str | None) -> str:
    """The program that each page runs."""
    return shlex.join([sys.executable, "-m", "tui", *(("--db", db) if db else ())])


def serve(db: str | None, host: str, port: int, public_url: str | None) -> None:
    """Serve until Ctrl-C."""
    BrowserServer(command_line(db), host, port, public_url).serve()
