"""Work that is more than one transaction: files written beside the database, files taken in.

Each job is made of commands, each of which is whole by itself, so that a job that is cut off can be done again and
goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from store.claims import archive
from store.claims.acks import ImportAcks
from store.claims.alarms import RaiseAlarms
from store.claims.batch import MakeBatch, deliver
from store.claims.proof import write_proof
from store.claims.status import AskStatus, ImportStatus
from store.denials.letters import MakeLetter
from store.errors import Refused
from store.intake.load import ImportEncounters
from store.intake.plain_file import read_bytes
from store.intake.read import read_file
from store.intake.rejects import rejects_path, write_rejects
from store.intake.values import Intake
from store.new_file import make_folder, new_file
from store.people.roles import Permission
from store.remits.arrivals import KeepSecondArrival
from store.remits.money import ImportDeposits, is_deposits
from store.remits.take_in import Duplicate, ImportRemittance
from store.remits.unbalanced import KeepUnbalanced
from store.statements.files import Outcome, generate_through, run_through, send_through
from store.tables import ArchivedFile, Denial
from store.text import how_many
from store.variance.disputes import DisputeUnderpayments
from store.work.command import Job
from store.work.values import Done
from store.x12.balance import Unbalanced
from store.x12.kinds import kind_of

if TYPE_CHECKING:
    from store.practice import Practice


@dataclass(frozen=True, slots=True)
class SendBatch(Job):
    """Write every ready claim: one file a trading partner and kind, forms for payers that take paper.

    The files of batches that never got into a folder are written too; a partner's own drop folder comes before
    `folder`.
    """

    folder: Path
    permission: ClassVar[Permission] = Permission.SEND

    def carry_out(self, practice: Practice, key: str) -> Done:
        """The result names the first batch, all batches and the files."""
        make_folder(self.folder)
        practice.do(RaiseAlarms())
        late = deliver(practice, self.folder)
        done = first = practice.do(MakeBatch(), key=key)
        said, batches = [first.said], [first.result]
        while not done.repeated:
            try:
                done = practice.do(MakeBatch(), key=f"{key}:{len(batches)}")
            except Refused:
                break  # nothing else is ready
            said.append(done.said)
            batches.append(done.result)
        files = [str(path) for path in (*late, *deliver(practice, self.folder))]
        told = " ".join((*said, files[-1] if files else "")).strip()
        return Done(first.action_id, told, {"batch": first.result, "batches": batches, "files": files})


@dataclass(frozen=True, slots=True)
class PrintClaims(Job):
    """These ready claims as CMS-1500 forms in a folder, whatever way their payer wants."""

    claim_ids: tuple[int, ...]
    folder: Path

    def carry_out(self, practice: Practice, key: str) -> Done:
        """The result names the batch and the file."""
        make_folder(self.folder)
        done = practice.do(MakeBatch(self.claim_ids, paper=True), key=key)
        files = [str(path) for path in deliver(practice, self.folder)]
        return Done(
            done.action_id, f"{done.said} {files[-1] if files else ''}".strip(), {"batch": done.result, "files": files}
        )


@dataclass(frozen=True, slots=True)
class AskPayers(Job):
    """Ask after these claims, or after all that are overdue: a 276 for each trading partner, in a folder."""

    folder: Path
    claim_ids: tuple[int, ...] | None = None

    def carry_out(self, practice: Practice, key: str) -> Done:
        """The result names the batch and the files."""
        make_folder(self.folder)
        done = practice.do(AskStatus(self.claim_ids), key=key)
        files = [str(path) for path in deliver(practice, self.folder)]
        said = f"{done.said} {files[-1] if files else ''}".strip()
        return Done(done.action_id, said, {"batch": done.result, "files": files})


@dataclass(frozen=True, slots=True)
class ProveFiling(Job):
    """The proof of timely filing of a claim, as a PDF with the files, in a folder."""

    claim_id: int
    folder: Path
    of_denial: bool = False
    """Whether `claim_id` names a denial of the claim."""

    def carry_out(self, practice: Practice, key: str) -> Done:  # noqa: ARG002 - the folder is the key
        """The result names the files."""
        practice.require_money()
        practice.exported(f"proof of filing, {'denial' if self.of_denial else 'claim'}:{self.claim_id}", 1)
        with practice.reading() as session:
            claim_id = session.get_one(Denial, self.claim_id).claim_id if self.of_denial else self.claim_id
            paths = write_proof(session, claim_id, self.folder)
        return Done(0, f"{how_many(len(paths), 'file')} in {paths[0].parent}", {"files": [str(path) for path in paths]})


@dataclass(frozen=True, slots=True)
class SendStatements(Job):
    """Select, generate, write and send the statement run of a date."""

    as_of: date
    folder: Path
    permission: ClassVar[Permission] = Permission.STATEMENT

    def carry_out(self, practice: Practice, key: str) -> Done:  # noqa: ARG002 - the date is the key
        """A date that was run already sends nothing again."""
        return _sent(run_through(practice, self.as_of, self.folder))


@dataclass(frozen=True, slots=True)
class GenerateStatements(Job):
    """Make the pages of an approved run, part by part."""

    run_id: int
    permission: ClassVar[Permission] = Permission.STATEMENT

    def carry_out(self, practice: Practice, key: str) -> Done:  # noqa: ARG002 - the run knows how far it is
        """Doing it again goes on where it stopped."""
        return Done(0, generate_through(practice, self.run_id), self.run_id)


@dataclass(frozen=True, slots=True)
class SendStatementRun(Job):
    """Generate and send an approved run and write its files."""

    run_id: int
    folder: Path
    permission: ClassVar[Permission] = Permission.STATEMENT

    def carry_out(self, practice: Practice, key: str) -> Done:  # noqa: ARG002 - the run knows how far it is
        """Doing it again goes on where it stopped; nothing is sent twice."""
        return _sent(send_through(practice, self.run_id, self.folder))


@dataclass(frozen=True, slots=True)
class ReconcileFile(Job):
    """Take in a print vendor's file of what became of a run."""

    run_id: int
    path: Path | None
    permission: ClassVar[Permission] = Permission.STATEMENT

    def carry_out(self, practice: Practice, key: str) -> Done:
        """Without a file everything that did not come back was delivered."""
        from store.statements.results import ReconcileRun, read_results

        rows = read_results(self.path) if self.path is not None else ()
        return practice.do(ReconcileRun(self.run_id, rows, rest_delivered=self.path is None), key=key)


def _sent(outcome: Outcome) -> Done:
    files = [str(path) for path in outcome.files]
    return Done(0, f"{outcome.said} {files[0] if files else ''}".strip(), {"run": outcome.run_id, "files": files})


@dataclass(frozen=True, slots=True)
class TakeInEncounters(Job):
    """Import a file of encounters; refused rows go to a rejects file beside it."""

    path: Path

    def carry_out(self, practice: Practice, key: str) -> Done:
        """The result counts new, known and rejected encounters."""
        intake = read_file(self.path)
        done = practice.do(ImportEncounters(self.path.name, intake.encounters), key=key)
        counts = dict(done.result) if isinstance(done.result, dict) else {}
        said = " ".join((done.said, *intake.warnings[:3]))
        if intake.rejects:
            counts |= _keep_rejects(self.path, intake)
            first = intake.rejects[0]
            said += f" {len(intake.rejects)} refused, see {counts['rejects_file']}:"
            said += f" line {first.line}, {first.field}: {first.reason}"
        return Done(done.action_id, said, counts)


@dataclass(frozen=True, slots=True)
class TakeInAnswers(Job):
    """Import a file of answers to queries; all of it or nothing."""

    path: Path

    def carry_out(self, practice: Practice, key: str) -> Done:
        """The result counts new and known answers."""
        from store.queries.answer import ImportAnswers
        from store.queries.files import read_answers

        return practice.do(ImportAnswers(self.path.name, read_answers(self.path)), key=key)


@dataclass(frozen=True, slots=True)
class TakeInFile(Job):
    """Import a file of any kind that is known, told by its content: encounters, answers of payers, deposits."""

    path: Path

    def carry_out(self, practice: Practice, key: str) -> Done:
        """Refused with what it is when it is of no kind that is taken in."""
        content = read_bytes(self.path)
        if is_deposits(content):
            return practice.do(ImportDeposits(self.path.name, content), key=key)
        if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISA"):
            return TakeInEncounters(self.path).carry_out(practice, key)
        kind = kind_of(content, self.path.name)
        if kind == "835":
            return TakeInRemittance(self.path.name, content).carry_out(practice, key)
        if kind in {"999", "277CA", "TA1", "997"}:
            return practice.do(ImportAcks(self.path.name, content), key=key)
        if kind == "277":
            return practice.do(ImportStatus(self.path.name, content), key=key)
        raise Refused(f"This is an X12 {kind}; what is taken in is 835, 999, 277CA, 277 and TA1.", where=self.path.name)


@dataclass(frozen=True, slots=True)
class WriteLetters(Job):
    """Fill a letter for each of these denials, keep it, and write it as PDF into a folder."""

    denial_ids: tuple[int, ...]
    template: str
    how: str
    to: str
    reference: str
    folder: Path

    def carry_out(self, practice: Practice, key: str) -> Done:
        """What is kept is written again where an earlier try stopped; the result names the files."""
        make_folder(self.folder)
        files, said, action = [], "", 0
        for denial_id in self.denial_ids:
            letter = MakeLetter(denial_id, self.template, self.how, self.to, self.reference)
            done = practice.do(letter, key=f"{key}-{denial_id}")
            files.append(str(_write_kept(practice, int(str(done.result)), self.folder)))
            said, action = done.said, done.action_id
        return Done(action, f"{said} {len(files)} in {self.folder}", {"files": files})


@dataclass(frozen=True, slots=True)
class WriteDispute(Job):
    """Dispute these underpayments with their payer, and write the letter into a folder."""

    underpayment_ids: tuple[int, ...]
    how: str
    reference: str
    folder: Path

    def carry_out(self, practice: Practice, key: str) -> Done:
        """The result names the file."""
        make_folder(self.folder)
        done = practice.do(DisputeUnderpayments(self.underpayment_ids, self.how, self.reference), key=key)
        told = done.result if isinstance(done.result, dict) else {}
        path = _write_kept(practice, int(told["file"]), self.folder)
        return Done(done.action_id, done.said, {**told, "files": [str(path)]})


@dataclass(frozen=True, slots=True)
class TakeInRemittance(Job):
    """Import one 835 file; one that was posted before, or does not add up, is kept beside it to be read."""

    name: str
    content: bytes

    def carry_out(self, practice: Practice, key: str) -> Done:
        """Refused as the import refuses; what a person has to look at is kept first."""
        try:
            return practice.do(ImportRemittance(self.name, self.content), key=key)
        except Duplicate as refused:
            practice.do(KeepSecondArrival(self.name, self.content))
            what = "Its difference is under Payments and deposits."
            raise Duplicate(refused.what, where=refused.where, do=f"{refused.do} {what}") from refused
        except Unbalanced as refused:
            practice.do(KeepUnbalanced(self.name, self.content))
            what = "It is kept under Payments and deposits."
            raise Unbalanced(refused.what, where=refused.where, do=f"{refused.do} {what}") from refused


def _write_kept(practice: Practice, file_id: int, folder: Path) -> Path:
    """Write an archived file into a folder, if it isn't there yet."""
    with practice.reading() as session:
        file = session.get_one(ArchivedFile, file_id)
        path, content = folder / file.name, archive.content(file)
    if not path.exists():
        with new_file(path) as stream:
            stream.write(content)
    return path


def _keep_rejects(path: Path, intake: Intake) -> dict[str, Any]:
    where = rejects_path(path)
    write_rejects(where, intake.rejects)
    return {"rejected": len(intake.rejects), "rejects_file": str(where)}
