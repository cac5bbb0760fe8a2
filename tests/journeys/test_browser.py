"""The program in a real browser: one encounter is coded there, and only who has the key gets in."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from store.intake.read import read_file
from store.jobs import TakeInEncounters
from store.practice import Practice
from store.tables import Encounter, Patient
from tests.journeys.browser import CHROMIUM, browser
from tests.journeys.words import encounter_csv

aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
async def address(day: Path) -> AsyncIterator[str]:
    """The server, and the address that it prints."""
    del day
    port = str(_free_port())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tui", "serve", "--port", port, stdout=asyncio.subprocess.PIPE, env=dict(os.environ)
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    found = re.search(r"http://\S+", line)
    assert found, line
    yield found[0]
    process.terminate()
    await process.wait()


async def test_only_the_key_from_the_page_itself_and_under_its_name_gets_in(address: str) -> None:
    page, _, key = address.partition("/?key=")
    async with aiohttp.ClientSession() as session:

        async def status(path: str, **headers: str) -> int:
            async with session.get(page + path, headers=headers) as told:
                return int(told.status)

        assert await status("/") == 403
        assert await status("/ws") == 403
        assert await status("/?key=guess") == 403
        assert await status(f"/?key={key}", Host="evil.example") == 403
        assert await status(f"/ws?key={key}", Origin="http://evil.example") == 403
        async with session.get(address) as told:
            text = await told.text()
            assert told.status == 200
            assert "googleapis" not in text
            assert "default-src 'none'" in told.headers["Content-Security-Policy"]
            assert "HttpOnly" in told.headers["Set-Cookie"]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
async def test_an_encounter_is_coded_in_a_browser(address: str, day: Path, tmp_path: Path) -> None:
    encounter_csv(day / "visits.csv")
    practice = Practice.open()
    assert read_file(day / "visits.csv").encounters
    practice.do(TakeInEncounters(day / "visits.csv"))
    async with browser(tmp_path / "profile") as page:
        await page.call("Page.navigate", url=address)
        await page.shows("Claims to send", seconds=60)
        await page.click()
        await page.type(":queue coding")
        await page.press("enter")
        await page.shows("CODING")
        await page.type("/quillfeather")
        await page.press("enter")
        await page.shows("1/1")
        await page.press("enter")
        await page.shows("Quillfeather, Orla")
        await page.press("i")
        await page.shows("ICD-10-CM  ")
        await page.type("J45.31")
        await page.shows("J45.31", seconds=60)
        await page.press("enter")
        await page.shows("Added J45.31")
        await page.press("h")
        await page.shows("fee schedule")
        await page.type("ZZ112")
        await page.shows("ZZ112")
        await page.press("enter")
        await page.shows("Added ZZ112")
        await page.press("F")
        await page.shows("finished", seconds=60)
        assert not [url for url in page.requests if "127.0.0.1" not in url and not url.startswith(("data:", "about:"))]
    with practice.reading() as session:
        query = select(Encounter.state).join(Patient).where(Patient.last == "Quillfeather")
        assert session.exec(query.order_by(col(Encounter.id).desc())).first() == "RELEASED"
    practice.close()
