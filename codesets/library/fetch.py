"""Fetches free official files from their publishers: on request, resumable, checked, in one step.

Nothing else in the program opens a connection to the outside.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from codesets.errors import Refused
from codesets.library.build import Progress, silent
from codesets.library.kept import to_disk
from codesets.library.kinds import KINDS
from codesets.releases.files import members_of
from codesets.tables import read_table

_TIMEOUT = 30
_BLOCK = 1 << 16
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class OfficialFile:
    """A file that may be fetched: what it is, where it lies, how large it can be, and its licence."""

    name: str
    kinds: tuple[str, ...]
    what: str
    address: str
    least: int
    most: int
    page: str
    licence: str

    @property
    def file_name(self) -> str:
        """The name it is kept under."""
        return self.address.rsplit("/", 1)[-1]


def official_files() -> tuple[OfficialFile, ...]:
    """Everything that may be fetched."""
    return tuple(
        OfficialFile(
            row["name"],
            tuple(row["kinds"].split("|")),
            row["what"],
            row["address"],
            int(row["least"]),
            int(row["most"]),
            row["page"],
            row["licence"],
        )
        for row in read_table("official_files")
    )


def official_file(name: str) -> OfficialFile:
    """The file of a name."""
    known = {file.name: file for file in official_files()}
    if name not in known:
        raise Refused(f"{name[:40]!r} is not a file that can be fetched.", do=f"One of: {', '.join(known)}.")
    return known[name]


def fetch(file: OfficialFile, folder: Path, progress: Progress = silent) -> Path:
    """Fetch a file into a folder and return where it lies; one that is there already is only checked.

    What a broken connection left is taken up again where it stopped, unless the file has changed.
    Raises `Refused` when the publisher does not answer, or sends something of another size or form.
    """
    _safe(file.address)
    target = folder / file.file_name
    if target.is_file():
        _check_form(file, target)
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".part")
        _download(file, partial, progress)
        _check_size(file, partial.stat().st_size)
        _check_form(file, partial)
        to_disk(partial)
        os.replace(partial, target)
        to_disk(folder)
    except Refused:
        raise
    except OSError as error:
        raise Refused(f"The file can't be written ({error.strerror or error}).", where=str(folder)) from None
    finally:
        if target.is_file():
            _tag(target.with_name(target.name + ".part")).unlink(missing_ok=True)
    return target


def _safe(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Refused("Files are fetched over https only.", where=address[:200])


def _tag(partial: Path) -> Path:
    """Remembers which version of the file a part belongs to."""
    return partial.with_name(partial.name + ".tag")


def _download(file: OfficialFile, partial: Path, progress: Progress) -> None:
    have = partial.stat().st_size if partial.is_file() else 0
    tag = _read_tag(partial)
    if not tag:
        have = 0
    request = Request(file.address, headers={"User-Agent": "superbill"})
    if have:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", tag)
    try:
        with urlopen(request, timeout=_TIMEOUT) as response:  # the scheme is checked
            _safe(response.geturl())
            _receive(file, response, partial, have, progress)
    except HTTPError as error:
        if error.code == 416 and have:
            partial.unlink(missing_ok=True)
            _download(file, partial, progress)
            return
        raise _gone(file, f"its publisher answers {error.code}") from None
    except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", "") or error or "the connection broke"
        raise _gone(file, f"{reason}") from None


def _gone(file: OfficialFile, why: str) -> Refused:
    return Refused(
        f"{file.file_name} can't be fetched: {why}.",
        where=file.address,
        do=f"Try again later, it goes on where it stopped; or see {file.page} and load the file from there.",
    )


def _read_tag(partial: Path) -> str:
    try:
        return str(json.loads(_tag(partial).read_text(encoding="utf-8"))["tag"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _receive(file: OfficialFile, response: HTTPResponse | Any, partial: Path, have: int, progress: Progress) -> None:
    start, total = _span(response, have)
    _check_size(file, total)
    tag = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
    if tag and not tag.startswith("W/"):
        _tag(partial).write_text(json.dumps({"tag": tag}), encoding="utf-8")
    else:
        _tag(partial).unlink(missing_ok=True)
    with partial.open("r+b" if start else "wb") as handle:
        handle.seek(start)
        handle.truncate()
        done = start
        while block := response.read(_BLOCK):
            done += len(block)
            if done > total:
                raise _gone(file, "more came than was announced")
            handle.write(block)
            progress(done, total, f"fetching {file.file_name}")
    if done != total:
        raise _gone(file, "the connection broke")


def _span(response: HTTPResponse | Any, have: int) -> tuple[int, int]:
    """Where the answer starts and how long the whole file is."""
    if response.status == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
        if not found or int(found[1]) != have:
            raise Refused("The publisher's answer does not go on where the file stopped.", do="Try again.")
        return have, int(found[2])
    return 0, int(response.headers.get("Content-Length") or 0)


def _check_size(file: OfficialFile, size: int) -> None:
    if not file.least <= size <= file.most:
        raise Refused(
            f"{file.file_name} has {size:,} bytes; it should have {file.least:,} to {file.most:,}.",
            where=file.address,
            do=f"It is not the file that is meant; see {file.page}.",
        )


def _check_form(file: OfficialFile, path: Path) -> None:
    """Is at least one of its files what it should be?  What is not is thrown away."""
    try:
        for member in members_of(path):
            head = member.head()
            if any(KINDS[kind].fits(head, member.name) for kind in file.kinds):
                return
        problem = "it holds no file of the release"
    except Refused as refused:
        problem = refused.what
    path.unlink(missing_ok=True)
    raise Refused(
        f"What came as {file.file_name} is not it: {problem}.",
        where=file.address,
        do=f"See {file.page}; nothing was kept.",
    )
