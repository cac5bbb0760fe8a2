"""Making the demo practice: five months of its life, played through the same commands that people use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlmodel import Session, col, select

from store import clock
from store.claims import snapshot
from store.claims.acks import ImportAcks
from store.claims.batch import MakeBatch, MarkDelivered
from store.claims.states import ClaimState
from store.coding.flow import HoldEncounter
from store.coding.whole import CodeEncounter
from store.db import open_engine, sqlite_url, writer
from store.demo.answers import answer
from store.demo.encounters import DemoEncounter, demo_encounters
from store.demo.patients import leave_open, set_up, statement_run, work_accounts
from store.demo.practice import PRACTICE, fees, payer_limits, payers, providers, rows
from store.demo.variances import leave_variances, set_up_contracts
from store.demo.worked import cancel_one, take_back, work_denials
from store.errors import Refused
from store.intake.load import ImportEncounters
from store.new_file import make_folder
from store.people.identity import login_name
from store.people.users import found_practice
from store.practice import Practice
from store.tables import Batch, Claim, ClaimVersion, Encounter, Fee, Payer, Provider, StatementTemplate
from store.tables import Practice as PracticeRow
from store.x12.claim_values import FileControl, ProfessionalClaim

Progress = Callable[[int, int, str], None]

SUBMITTER = "LARKFIELD"
WAVE_DAYS = 14
CODING_LAG_DAYS = 4
STILL_TO_CODE_DAYS = 19
FORGOTTEN, HELD, FORGETFUL = 0.02, 0.02, 0.03
ANSWER_DAYS = 15


@dataclass(frozen=True, slots=True)
class Plan:
    """How big and from which seed; `today` is the day on which the demo is looked at."""

    encounters: int
    seed: int
    today: date


def make_demo(folder: Path, plan: Plan, progress: Progress) -> str:
    """Make the practice as `folder/practice.db` and return its URL.

    Refused when there is one already.  The same plan makes the same records.
    """
    path = folder / "practice.db"
    if path.exists():
        raise Refused("There is a practice here already.", where=str(path), do="Choose another folder.")
    make_folder(folder)
    url = sqlite_url(path)
    engine = open_engine(url)
    values = [_at_the_desk(value) for value in demo_encounters(plan.encounters, plan.seed, plan.today)]
    with _on(values[0].encounter.service_date):
        found_practice(engine, _practice(), login_name())
        _fill_tables(Session(writer(engine)))
    engine.dispose()
    practice = Practice.open(url)
    try:
        _Play(practice, plan, values, progress).run()
    finally:
        practice.close()
    return url


class _Play:
    """The months, wave by wave."""

    def __init__(self, practice: Practice, plan: Plan, values: list[DemoEncounter], progress: Progress) -> None:
        self.practice, self.plan, self.values, self.progress = practice, plan, values, progress
        self.rng = Random(f"play {plan.seed}")
        self.at_the_desk = Random(f"accounts {plan.seed}")
        self.by_source = {value.encounter.source_id: value for value in values}
        self.answers: list[tuple[date, int]] = []

    def run(self) -> None:
        """Each wave imports, codes, sends and posts what is due by its day."""
        days = list(self._waves())
        imported = 0
        with _on(days[0]):
            set_up(self.practice, days[0])
            set_up_contracts(self.practice, days[0])
        for number, day in enumerate(days):
            self.progress(number, len(days), f"{day:%B %d}")
            batch_of_values = [v for v in self.values[imported:] if v.encounter.service_date < day]
            imported += len(batch_of_values)
            with _on(day):
                self._import(batch_of_values)
                self._code(day)
            self._post_due(day)
            with _on(day, 15):
                if day < self.plan.today:
                    self._send(day, everything=day <= self.plan.today - timedelta(days=WAVE_DAYS))
                if number >= len(days) // 2 and (number - len(days)) % 2 and day < self.plan.today:
                    statement_run(self.practice, day)
                    work_accounts(self.practice, self.at_the_desk, day)
                work_denials(self.practice, self.rng)
        with _on(self.plan.today):
            self._import(self.values[imported:])
            self._leave_something_in_every_state()
        self.progress(len(days), len(days), "done")

    def _leave_something_in_every_state(self) -> None:
        """The last batch is read but not judged, another one just went, and one payment was taken back."""
        for _, batch_id in self.answers:
            claims, control = self._sent(batch_id)
            told = answer(
                claims, control, SUBMITTER, seed=self.plan.seed, received=self.plan.today, paid_on=self.plan.today
            )
            self.practice.do(ImportAcks(f"999_{batch_id:05d}.x12", told.ack999.encode()))
        self._send(self.plan.today, everything=False)
        take_back(self.practice, self.plan.seed, self.plan.today)
        cancel_one(self.practice)
        with _on(self.plan.today, 15):
            leave_open(self.practice, self.plan.today)
            leave_variances(self.practice, self.plan.today)

    def _waves(self) -> Iterator[date]:
        day = self.values[0].encounter.service_date + timedelta(days=WAVE_DAYS)
        while day < self.plan.today:
            yield day
            day += timedelta(days=WAVE_DAYS)
        yield self.plan.today

    def _import(self, values: list[DemoEncounter]) -> None:
        if values:
            self.practice.do(ImportEncounters("demo.ndjson", tuple(value.encounter for value in values)))

    def _code(self, day: date) -> None:
        """Code what is old enough; of the rest a few are held, a few forgotten, a few begun."""
        lag = STILL_TO_CODE_DAYS if day == self.plan.today else CODING_LAG_DAYS
        for encounter_id, source_id, service_date in self._ready():
            value = self.by_source[source_id]
            luck = Random(f"code {self.plan.seed} {source_id}").random()
            if service_date > day - timedelta(days=lag) or luck < FORGOTTEN:
                continue
            if luck < FORGOTTEN + HELD:
                until = self.plan.today + timedelta(days=5)
                self.practice.do(HoldEncounter(encounter_id, until, "operative report is missing"))
            else:
                self.practice.do(_coding(encounter_id, value))

    def _ready(self) -> list[tuple[int, str, date]]:
        with self.practice.reading() as session:
            query = select(Encounter).where(Encounter.state == "READY").order_by(col(Encounter.id))
            return [(row.id, row.source_id, row.service_date) for row in session.exec(query).all()]

    def _send(self, day: date, *, everything: bool) -> None:
        """Send what is ready; of the last wave only every other claim, so that some are left for you."""
        with self.practice.reading() as session:
            query = select(Claim.id).where(Claim.state == ClaimState.READY).order_by(col(Claim.id))
            ready = tuple(session.exec(query).all())
        try:
            batch_id = self.practice.do(MakeBatch(ready if everything else ready[::2])).result
        except Refused:
            return  # nothing was ready
        self.practice.do(MarkDelivered(int(str(batch_id))))
        self.answers.append((day + timedelta(days=ANSWER_DAYS), int(str(batch_id))))

    def _post_due(self, day: date) -> None:
        for paid_on, batch_id in [due for due in self.answers if due[0] <= day]:
            self.answers.remove((paid_on, batch_id))
            self._answer(batch_id, paid_on)

    def _answer(self, batch_id: int, paid_on: date) -> None:
        claims, control = self._sent(batch_id)
        received = paid_on - timedelta(days=ANSWER_DAYS - 1)
        told = answer(claims, control, SUBMITTER, seed=self.plan.seed, received=received, paid_on=paid_on, pend=0.03)
        with _on(received):
            self.practice.do(ImportAcks(f"999_{batch_id:05d}.x12", told.ack999.encode()))
            self.practice.do(ImportAcks(f"277ca_{batch_id:05d}.x12", told.ack277.encode()))
        with _on(paid_on):
            from store.remits.take_in import ImportRemittance

            for number, text in enumerate(told.remits, 1):
                self.practice.do(ImportRemittance(f"835_{batch_id:05d}_{number}.x12", text.encode()))

    def _sent(self, batch_id: int) -> tuple[list[ProfessionalClaim], FileControl]:
        with self.practice.reading() as session:
            batch = session.get_one(Batch, batch_id)
            query = select(ClaimVersion.content).where(ClaimVersion.batch_id == batch_id).order_by(col(ClaimVersion.id))
            claims = [snapshot.load(content) for content in session.exec(query).all()]
            control = FileControl(
                batch.interchange, batch.group, batch.set_control, batch.reference, batch.made_at, batch.usage
            )
        return claims, control


@contextmanager
def _on(day: date, hour: int = 9) -> Iterator[None]:
    with clock.held(datetime.combine(day, time(hour), UTC)):
        yield


def _at_the_desk(value: DemoEncounter) -> DemoEncounter:
    """Now and then the front desk forgets the member id, so that an edit has to stop the claim."""
    encounter = value.encounter
    if not encounter.coverages or Random(f"desk {encounter.patient.source_id}").random() > FORGETFUL:
        return value
    coverages = tuple(replace(coverage, member_id="") for coverage in encounter.coverages)
    return replace(value, encounter=replace(encounter, coverages=coverages))


def _coding(encounter_id: int, value: DemoEncounter) -> CodeEncounter:
    return CodeEncounter(
        encounter_id,
        tuple((code.code, code.start, code.end) for code in value.codes),
        tuple((line.code, line.modifiers, line.units, line.pointers) for line in value.lines),
    )


def _practice() -> PracticeRow:
    return PracticeRow(
        name=PRACTICE.name,
        npi=PRACTICE.npi,
        tax_id=PRACTICE.tax_id,
        taxonomy=PRACTICE.taxonomy,
        line1=PRACTICE.line1,
        city=PRACTICE.city,
        state=PRACTICE.state,
        zip=PRACTICE.zip,
        phone=PRACTICE.phone,
        pay_url="https://pay.larkfield.example",
        hours="Monday to Friday, 8 am to 5 pm",
        submitter_id=SUBMITTER,
        receiver_id="PRAIRIECH",
        receiver_name="PRAIRIE CLEARINGHOUSE",
    )


def _fill_tables(session: Session) -> None:
    with session:
        for clinician in providers():
            session.add(
                Provider(
                    npi=clinician.npi,
                    last=clinician.last,
                    first=clinician.first,
                    specialty=clinician.specialty,
                    taxonomy=clinician.taxonomy,
                )
            )
        for payer in payers():
            session.add(
                Payer(payer_id=payer.payer_id, name=payer.name, filing=payer.filing, limits=payer_limits(payer))
            )
        for fee in fees():
            session.add(
                Fee(code=fee.code, system=fee.system, title=fee.title, cents=fee.cents, valid_from=fee.valid_from)
            )
        session.add(StatementTemplate(language="es", field="hours", text="De lunes a viernes, de 8 a. m. a 5 p. m."))
        for row in rows("service_words.csv"):
            for language in ("en", "es"):
                if row[language]:
                    field = f"services.{row['code']}"
                    session.add(StatementTemplate(language=language, field=field, text=row[language]))
        session.commit()
