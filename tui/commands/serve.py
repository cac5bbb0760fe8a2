"""`superbill serve`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from codesets.errors import Refused
from tui.commands.common import Db, ensure_codes, say


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8765,
    public_url: Annotated[str | None, typer.Option(help="Behind a proxy: how browsers reach it.")] = None,
    db: Db = None,
) -> None:
    """The same program in a browser, on this machine alone; it prints the address with its key."""
    try:
        from tui import serve as browser
    except ImportError:
        raise Refused(
            "What serves a browser is not installed.", do="Install it: pip install 'superbill[serve]'"
        ) from None
    from store.practice import Practice

    ensure_codes()
    Practice.open(db).close()  # refused here, and not on a page
    if host not in browser.LOOPBACK:
        said = "Everybody who can reach this address and has the key is you, and nothing is encrypted."
        say(f"Careful: {said} Use a proxy with TLS.")
        sys.stdout.flush()
    browser.serve(db, host, port, public_url)
