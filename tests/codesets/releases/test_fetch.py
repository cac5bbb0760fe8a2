"""Fetching official files: resumable, checked, in one step; proven against a local server only."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from codesets import Refused, fetch, official_file, official_files
from codesets.library.fetch import OfficialFile
from codesets.library.kinds import KINDS

ORDER = "00001 A00     0 " + "Cholera".ljust(61) + "Cholera\r\n"


def archive_bytes(text: str = ORDER) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("icd10cm_order_2027.txt", text)
        archive.writestr("noise.bin", Random(7).randbytes(200_000))
    return buffer.getvalue()


class Server(ThreadingHTTPServer):
    """Serves one file; can break a connection after some bytes, change the file, refuse ranges."""

    content = b""
    tag = '"one"'
    breaks_after = 0
    status = 0
    seen: list[str]

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever was asked may hang up."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server, content = self.server, self.server.content
        wanted = self.headers.get("Range", "")
        server.seen.append(wanted)
        if server.status:
            self.send_error(server.status)
            return
        start = int(wanted[6:-1]) if wanted and self.headers.get("If-Range") == server.tag else 0
        self.send_response(206 if start else 200)
        self.send_header("ETag", server.tag)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        body = content[start:]
        if server.breaks_after:
            self.wfile.write(body[: server.breaks_after])
            server.breaks_after = 0
            self.close_connection = True
            return
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.content, running.seen = archive_bytes(), []
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def file(server: Server) -> OfficialFile:
    address = f"http://127.0.0.1:{server.server_address[1]}/files/order.zip"
    return replace(official_file("icd10cm-2027-order"), address=address, least=1_000, most=1_000_000)


def test_a_file_is_fetched_whole_and_checked(server: Server, file: OfficialFile, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = fetch(file, tmp_path, lambda done, total, _what: told.append((done, total)))
    assert path.read_bytes() == server.content
    assert [p.name for p in tmp_path.iterdir()] == ["order.zip"]
    assert told[-1] == (len(server.content), len(server.content))
    assert fetch(file, tmp_path) == path
    assert len(server.seen) == 1  # what is there is not fetched again


def test_a_broken_connection_is_taken_up_where_it_stopped(server: Server, file: OfficialFile, tmp_path: Path) -> None:
    server.breaks_after = 70_000
    with pytest.raises(Refused, match="goes on where it stopped"):
        fetch(file, tmp_path)
    assert not (tmp_path / "order.zip").exists()
    assert fetch(file, tmp_path).read_bytes() == server.content
    assert server.seen == ["", "bytes=70000-"]


def test_a_file_that_changed_meanwhile_starts_anew(server: Server, file: OfficialFile, tmp_path: Path) -> None:
    server.breaks_after = 70_000
    with pytest.raises(Refused):
        fetch(file, tmp_path)
    server.content, server.tag = archive_bytes(ORDER + "\r\n"), '"two"'
    assert fetch(file, tmp_path).read_bytes() == server.content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html>moved</html>", "18 bytes"),
        (b"<html>" + b"moved " * 1_000, "no file of the release"),
        (archive_bytes("words\r\n"), "no file of the release"),
        (archive_bytes()[:150_000], "damaged"),
        (bytes(1_000_001), "1,000,001 bytes"),
    ],
    ids=["a page", "a long page", "words", "cut off", "too long"],  # an archive carries the second it was made in
)
def test_what_is_not_the_file_is_refused_and_nothing_is_kept(
    server: Server, file: OfficialFile, tmp_path: Path, content: bytes, says: str
) -> None:
    server.content = content
    with pytest.raises(Refused, match=says):
        fetch(file, tmp_path)
    assert not (tmp_path / "order.zip").exists()
    assert not (tmp_path / "order.zip.part").exists()


def test_a_publisher_that_does_not_answer_is_told_with_what_to_do(
    server: Server, file: OfficialFile, tmp_path: Path
) -> None:
    server.status = 404
    with pytest.raises(Refused, match="answers 404"):
        fetch(file, tmp_path)
    with pytest.raises(Refused, match="can't be fetched"):
        fetch(replace(file, address="http://127.0.0.1:9/x.zip"), tmp_path)


def test_only_safe_addresses_are_asked(file: OfficialFile, tmp_path: Path) -> None:
    for address in ("http://example.org/x.zip", "ftp://example.org/x.zip", "file:///etc/passwd"):
        with pytest.raises(Refused, match="https only"):
            fetch(replace(file, address=address), tmp_path)


def test_every_official_file_says_its_licence_and_how_it_is_loaded() -> None:
    files = official_files()
    assert len({file.name for file in files}) == len(files) >= 4
    for file in files:
        assert file.address.startswith("https://")
        assert set(file.kinds) <= set(KINDS)
        assert "public domain" in file.licence
        assert 0 < file.least < file.most
    with pytest.raises(Refused, match="icd10cm-2027-order"):
        official_file("nothing")
