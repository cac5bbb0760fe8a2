"""A real browser without a window, driven over its own protocol; the screen is read from what it was sent."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pyte

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
KEYS = {"enter": ("Enter", 13, "\r"), "escape": ("Escape", 27, ""), "tab": ("Tab", 9, "")}


class Browser:
    """One page.  `screen` is the terminal that the page shows."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        self.requests: list[str] = []

    async def listen(self) -> None:
        """Reads what the browser tells until it is gone."""
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            elif told["method"] == "Network.webSocketFrameReceived":
                frame = told["params"]["response"]
                if frame["opcode"] == 2:
                    self._stream.feed(base64.b64decode(frame["payloadData"]))
            elif told["method"] == "Network.webSocketFrameSent":
                self._resized(told["params"]["response"]["payloadData"])
            elif told["method"] == "Network.requestWillBeSent":
                self.requests.append(told["params"]["request"]["url"])

    def _resized(self, text: str) -> None:
        with suppress(ValueError, TypeError, KeyError, IndexError):
            kind, size = json.loads(text)
            if kind == "resize":
                self.screen.resize(size["height"], size["width"])

    async def call(self, method: str, **params: Any) -> Any:
        """One command of the protocol."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        return await asyncio.wait_for(answer, 20)

    async def click(self) -> None:
        """Into the middle of the page, which gives the terminal the keyboard."""
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=500, y=500, button="left", clickCount=1)

    async def press(self, key: str) -> None:
        """One key, as from a keyboard."""
        name, code, text = KEYS[key] if key in KEYS else (key, ord(key.upper()), key)
        given = {"key": name, "windowsVirtualKeyCode": code, "text": text, "unmodifiedText": text}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **given)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=name, windowsVirtualKeyCode=code)

    async def type(self, text: str) -> None:
        """Letter by letter."""
        for letter in text:
            await self.press(letter)

    async def shows(self, words: str, *, seconds: float = 30) -> None:
        """Waits until the page shows these words."""
        for _ in range(int(seconds * 20)):
            if words in "\n".join(self.screen.display):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("\n".join(self.screen.display))


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Browser]:
    """A browser with one empty page."""
    import aiohttp

    assert CHROMIUM
    args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--no-first-run"]
    process = subprocess.Popen(
        [CHROMIUM, *args, f"--user-data-dir={folder}", "--window-size=1000,700", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        port_file = folder / "DevToolsActivePort"
        for _ in range(400):
            if port_file.exists() and port_file.read_text().strip():
                break
            await asyncio.sleep(0.05)
        port = port_file.read_text().splitlines()[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as told:
                page = next(one for one in await told.json() if one["type"] == "page")
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                one = Browser(socket)
                listening = asyncio.create_task(one.listen())
                await one.call("Network.enable")
                await one.call("Page.enable")
                await one.call("Emulation.setFocusEmulationEnabled", enabled=True)
                yield one
                listening.cancel()
    finally:
        process.terminate()
        process.wait(10)
