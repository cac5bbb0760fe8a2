"""A damaged remittance is refused or exact: cut at each byte, each segment dropped, each separator changed.

And every public sample: what balances is posted to the cent, what does not is refused with the equation that fails.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store.errors import Refused
from store.remits.take_in import ImportRemittance
from store.tables import Claim, Remittance
from store.x12.remittance import read_remittance
from store.x12.remittance_values import RemittanceFile
from tests.store.eras import era, pays
from tests.store.remits.test_reversals import books
from tests.store.world import World
from tests.store.x12.test_public_samples import FOLDER, REFUSED_REMITTANCES, rows


class Trial:
    """Imports a file into the same practice again and again; whatever it changed is gone afterwards.

    What posting sees of a file is what was read of it: files that read the same are posted once.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._posted: dict[RemittanceFile, Any] = {}
        self.claim_id = world.sent()
        self.good = era(pays(world, self.claim_id, "CO-45 5500,PR-1 2000", "CO-16 3200"), plb="WO 500")
        (whole,) = read_remittance(self.good, "835").payments
        self.paid = whole.amount, sum(answer.paid for answer in whole.claims)
        world.engine.dispose()
        self._kept = world.path.with_suffix(".kept")
        shutil.copy(world.path, self._kept)
        self.expected = self.outcome(self.good)
        assert self.expected is not None

    def outcome(self, content: bytes) -> Any:
        """The books and states that the file leaves, None where it is refused."""
        command = ImportRemittance("835", content)
        try:
            command.prepare()
        except Refused:
            return None
        read = read_remittance(content, "835")
        if read not in self._posted:
            self._posted[read] = self._outcome(command)
        return self._posted[read]

    def _outcome(self, command: ImportRemittance) -> Any:
        try:
            self.world.do(command)
        except Refused:
            return None
        found = (books(self.world), [claim.state for claim in self.world.all(Claim)], self.world.faults())
        self.world.engine.dispose()
        for other in self.world.path.parent.glob(f"{self.world.path.name}-*"):
            other.unlink()
        shutil.copy(self._kept, self.world.path)
        return found

    def wrong(self, contents: Iterator[tuple[str, bytes]]) -> list[str]:
        """What was neither refused nor exact."""
        return [what for what, content in contents if self.outcome(content) not in (None, self.expected)]


@pytest.fixture
def trial(world: World) -> Trial:
    if not world.on_sqlite:
        pytest.skip("the practice is put back as a file")
    return Trial(world)


def test_a_file_that_is_refused_or_reads_the_same_is_so_through_the_whole_program(trial: Trial) -> None:
    """What the trial takes for granted: a damaged file never gets to the database, and only what is read counts."""
    before = trial.world.dump(everything=True)
    good = trial.good
    for damaged in (good[:-9], good.replace(b"CO*45*55", b"CO*45*54"), good.replace(b"CLP*", b"CLQ*")):
        with pytest.raises(Refused):
            trial.world.do(ImportRemittance("835", damaged))
    assert trial.world.dump(everything=True) == before
    assert trial._outcome(ImportRemittance("835", trial.good)) == trial.expected
    other = trial.good.replace(b"~", b"~\n")
    assert read_remittance(other, "835") == read_remittance(trial.good, "835")
    assert trial._outcome(ImportRemittance("835", other)) == trial.expected


def test_a_file_cut_at_each_byte_is_refused_or_exact(trial: Trial) -> None:
    assert trial.wrong((f"cut at {n}", trial.good[:n]) for n in range(len(trial.good))) == []


def test_a_file_with_each_segment_dropped_is_refused_or_exact(trial: Trial) -> None:
    """Dropped alone, and dropped with a count of segments that fits what is left."""
    assert trial.wrong(_without_segments(trial.good)) == []


def _without_segments(good: bytes) -> Iterator[tuple[str, bytes]]:
    parts = [part for part in good.decode().split("~") if part.strip()]
    for n, part in enumerate(parts):
        rest = [*parts[:n], *parts[n + 1 :]]
        yield f"without {part.strip()}", ("~".join(rest) + "~").encode()
        fitting = [re.sub(r"SE\*(\d+)", lambda m: f"SE*{int(m[1]) - 1}", one) for one in rest]
        yield f"without {part.strip()}, counted", ("~".join(fitting) + "~").encode()


@pytest.mark.parametrize("mark", ["|", "~", "*", ":", "A", " "])
def test_a_file_with_each_separator_changed_is_refused_or_exact(trial: Trial, mark: str) -> None:
    places = [n for n, byte in enumerate(trial.good) if chr(byte) in "*~:^"]
    changed = ((f"byte {n} is {mark}", trial.good[:n] + mark.encode() + trial.good[n + 1 :]) for n in places)
    assert trial.wrong(changed) == []


def test_a_file_with_all_separators_of_another_kind_is_exact(trial: Trial) -> None:
    for old, new in ((b"*", b"|"), (b":", b">"), (b"~", b"\x1d"), (b"~", b"~\r\n"), (b"~", b"~\n   ")):
        assert trial.outcome(trial.good.replace(old, new)) == trial.expected, new


def test_each_digit_of_an_amount_changed_is_refused_or_leaves_the_books_alone(trial: Trial) -> None:
    """Amounts enter an equation; other numbers (dates, control numbers, phone numbers) move no cent.

    Every change is read; of those that an element lets pass the first is posted.
    """
    good = trial.good
    seen: set[int] = set()
    for n in (n for n, byte in enumerate(good) if chr(byte).isdigit()):
        other = b"8" if good[n : n + 1] != b"8" else b"3"
        content = good[:n] + other + good[n + 1 :]
        try:
            (payment,) = ImportRemittance("835", content).prepare()
        except Refused:
            continue
        assert (payment.head.amount, sum(one.paid for one in payment.claims())) == trial.paid, n
        element = sum(byte in b"*~:" for byte in good[:n])
        if element in seen:
            continue
        seen.add(element)
        found = trial.outcome(content)
        if found is not None:
            assert found[2] == []
            cash = [row for row in found[0] if "cash" in row]
            assert sum(row[-1] for row in cash) == sum(row[-1] for row in trial.expected[0] if "cash" in row), n


# --- the public samples ---


@pytest.mark.parametrize("row", rows("835"), ids=lambda row: Path(row["file"]).stem)
def test_a_public_sample_is_posted_to_the_cent_or_refused_with_its_equation(world: World, row: dict[str, str]) -> None:
    content = (FOLDER / row["file"]).read_bytes()
    failing = [level for level in ("line", "claim", "transaction") if row[f"balance_{level}"] == "no"]
    before = world.dump(everything=True)
    if row["envelope_ok"] == "no" or row["file"] in REFUSED_REMITTANCES or failing:
        with pytest.raises(Refused) as refused:
            world.do(ImportRemittance(row["file"], content))
        if row["envelope_ok"] == "yes" and row["file"] not in REFUSED_REMITTANCES:
            assert any(f"does not balance at {level} level" in str(refused.value) for level in failing)
            assert "fails by" in str(refused.value)
        assert world.dump(everything=True) == before
        return
    world.do(ImportRemittance(row["file"], content))
    paid = sum(payment.amount for payment in read_remittance(content).payments)
    assert sum(one.amount for one in world.all(Remittance)) == paid
    assert world.sql("SELECT coalesce(sum(cents), 0) FROM posting WHERE book='cash'") == [(paid,)]
    assert world.faults() == []
