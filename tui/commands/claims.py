"""`superbill claims`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from store.text import how_many
from tui.commands.common import (
    DASH,
    Db,
    Json,
    Reason,
    opened,
    pairs_of,
    say,
    say_json,
    say_record,
    say_table,
    typed,
    typed_each,
)

if TYPE_CHECKING:
    from store.practice import Practice

Numbers = Annotated[list[str] | None, typer.Argument(help="Control numbers of claims.")]
Preprinted = Annotated[bool, typer.Option("--preprinted", help="The data alone, for pre-printed forms.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    claims = typer.Typer(help="Claims and claim files.", no_args_is_help=True)
    claims.command("build")(build)
    claims.command("list")(list_claims)
    claims.command("show")(show)
    claims.command("explain")(explain)
    claims.command("batch")(batch)
    claims.command("scrub")(scrub)
    claims.command("override")(override)
    claims.command("void")(void)
    claims.command("alarms")(alarms)
    claims.command("status")(status)
    claims.command("paper")(paper)
    claims.command("proof")(proof)
    claims.command("facility")(facility)
    claims.command("set")(set_fields)
    claims.command("fields")(fields)
    claims.command("split")(split)
    claims.command("retransmit")(retransmit)
    claims.command("route")(route)
    claims.command("return")(put_back)
    claims.command("edi")(edi)
    claims.command("messages")(messages)
    app.add_typer(claims, name="claims")
    rules = typer.Typer(help="Edits of the practice's own, written as TOML.", no_args_is_help=True)
    rules.command("list")(list_rules)
    rules.command("show")(show_rule)
    rules.command("example")(example_rule)
    rules.command("load")(load_rule)
    rules.command("try")(try_rule)
    rules.command("on")(switch_on)
    rules.command("off")(switch_off)
    app.add_typer(rules, name="rules")


def build(db: Db = None, as_json: Json = False) -> None:
    """Make claims of what is coded, and look again at those that an edit stopped."""
    from store.claims.correct import BuildClaims

    with opened(db) as practice:
        done = practice.do(BuildClaims())
    if as_json:
        say_json(done.result)
    else:
        say(done.said)


def list_claims(
    state: Annotated[str | None, typer.Option(help="Only claims in this state.")] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Every claim with its money; with --json all amounts are integer cents."""
    from store.claims.listing import list_claims as listed
    from store.money import show_cents
    from store.people.roles import Permission

    with opened(db) as practice:
        wanted = state.upper() if state else None
        found = practice.look("list", "claims", Permission.MONEY, lambda session: listed(session, state=wanted))
    if as_json:
        say_json(found)
        return
    rows = [
        (
            c["control_number"],
            c["state"],
            c["payer"],
            show_cents(c["charge"]),
            show_cents(c["paid"]),
            show_cents(c["patient_responsibility"]),
        )
        for c in found
    ]
    say_table(("claim", "state", "payer", "charge", "paid", "patient"), rows, right=(3, 4, 5))


def show(
    control_number: str,
    image: Annotated[bool, typer.Option("--837", help="Only its segments, as they will go.")] = False,
    db: Db = None,
) -> None:
    """One claim with its lines, versions, history, answers and postings."""
    from store.claims.image import claim_image
    from store.claims.listing import claim_id_of
    from store.people.roles import Permission

    with opened(db) as practice:
        with practice.reading() as session:
            claim_id = claim_id_of(session, control_number)
        if not image:
            say_record(practice.claim(claim_id))
            return
        segments = practice.look("claim", claim_id, Permission.MONEY, lambda session: claim_image(session, claim_id))
    for segment in segments:
        say(segment)


def explain(control_number: str, db: Db = None, as_json: Json = False) -> None:
    """Each cent of a claim: paid, given up, the patient's or still open, with file and segment; JSON in cents."""
    from dataclasses import asdict

    from store.accounts.explain import explain as explained
    from store.money import show_cents
    from store.people.roles import Permission

    with opened(db) as practice:
        (claim_id,) = _ids(practice, [control_number])
        found = practice.look("claim", claim_id, Permission.MONEY, lambda session: explained(session, claim_id))
    if as_json:
        say_json([asdict(one) for one in found])
        return
    for one in found:
        say(f"{one.code or 'claim level'}: charge {show_cents(one.charge)}")
        rows = [(str(c.on), c.what, c.reason, c.payer, show_cents(c.cents), c.source) for c in one.causes]
        rows.append(("", "still open", "", "", show_cents(one.open), one.open_at))
        say_table(("since", "what", "reason", "payer", "amount", "where it is written"), rows, right=(4,))


def batch(
    out: Annotated[Path, typer.Option("--out", help="Folder for the claim file.")], db: Db = None, as_json: Json = False
) -> None:
    """Write every ready claim: an 837P or 837I file for each trading partner, forms for paper."""
    from store.jobs import SendBatch

    with opened(db) as practice:
        done = practice.do(SendBatch(out))
    if as_json:
        say_json({"said": done.said, "result": done.result})
    else:
        say(done.said)


def scrub(db: Db = None, as_json: Json = False) -> None:
    """Look again at every claim that waits to be sent, and list what was found; ends with 1 where one is stopped."""
    from store.claims.edit_work import RescrubClaims, clean_claim_rate
    from store.claims.listing import list_findings

    with opened(db) as practice:
        done = practice.do(RescrubClaims())
        with practice.reading() as session:
            found = list_findings(session)
            clean, first = clean_claim_rate(session)
    if as_json:
        say_json({"result": done.result, "findings": found, "first_clean": clean, "first_scrubbed": first})
    else:
        shown = ("claim", "severity", "code", "place", "value", "message", "fix", "overridden")
        say_table(shown, [tuple(str(one[name]) for name in shown) for one in found])
        say(done.said)
        if first:
            say(f"Clean at the first look: {clean} of {first} claims, {100 * clean // first}%.")
    if isinstance(done.result, dict) and done.result["stopped"]:
        raise typer.Exit(1)


def override(control_number: str, code: str, reason: Reason, db: Db = None) -> None:
    """Let a warning of a claim pass, with the reason; a stop can't be let pass."""
    from store.claims.edit_work import OverrideFinding
    from store.claims.listing import claim_id_of

    with opened(db) as practice:
        with practice.reading() as session:
            claim_id = claim_id_of(session, control_number)
        say(practice.do(OverrideFinding(claim_id, code, reason)).said)


def void(control_number: str, reason: Reason, db: Db = None) -> None:
    """Take an adjudicated claim back from its payer (frequency 8, with the payer's number)."""
    from store.claims.correct import VoidClaim
    from store.claims.listing import claim_id_of

    with opened(db) as practice:
        with practice.reading() as session:
            claim_id = claim_id_of(session, control_number)
        say(practice.do(VoidClaim(claim_id, reason)).said)


Out = Annotated[Path, typer.Option("--out", help="Folder; files are created there.")]


def alarms(db: Db = None, as_json: Json = False) -> None:
    """Look which answers are overdue: 999, 277CA, remittance.  For a timer of the system, once a day."""
    from store.claims.alarms import RaiseAlarms

    with opened(db) as practice:
        done = practice.do(RaiseAlarms())
    if as_json:
        say_json(done.result)
    else:
        say(done.said)


def status(out: Out, numbers: Numbers = None, db: Db = None, as_json: Json = False) -> None:
    """Ask payers after these claims, or after all that are overdue (276); import acks takes the 277."""
    from store.jobs import AskPayers

    with opened(db) as practice:
        done = practice.do(AskPayers(out, _ids(practice, numbers) if numbers else None))
    if as_json:
        say_json({"said": done.said, "result": done.result})
    else:
        say(done.said)


def paper(out: Out, numbers: Numbers = None, preprinted: Preprinted = False, db: Db = None) -> None:
    """Ready claims as CMS-1500 forms, counted as sent; --preprinted prints the data alone and counts nothing."""
    from store.claims.listing import write_data_only
    from store.jobs import PrintClaims

    if not numbers:
        raise typer.BadParameter("Name the claims.")
    with opened(db) as practice:
        ids = _ids(practice, numbers)
        if preprinted:
            practice.exported("data of claims for printed forms", len(ids))
            with practice.reading() as session:
                say(f"Data for {how_many(len(ids), 'claim')} in {write_data_only(session, ids, out)}.")
        else:
            say(practice.do(PrintClaims(ids, out)).said)


def proof(control_number: str, out: Out, db: Db = None, as_json: Json = False) -> None:
    """Proof of timely filing: a PDF with every date, and each file that went out or came back."""
    from store.jobs import ProveFiling

    with opened(db) as practice:
        done = practice.do(ProveFiling(_ids(practice, [control_number])[0], out))
    if as_json:
        say_json(done.result)
    else:
        say(done.said)


def facility(
    encounter: str, file: Annotated[Path, typer.Argument(help="TOML: bill type, revenue codes, ...")], db: Db = None
) -> None:
    """Make an encounter institutional: its claim goes as an 837I."""
    from store.claims.facility import SetFacilityBill
    from tui.commands.payers import told_of

    with opened(db) as practice, told_of(file) as text:
        say(practice.do(SetFacilityBill(encounter, text)).said)


def set_fields(
    control_number: str,
    values: Annotated[
        list[str],
        typer.Argument(
            help="FIELD=VALUE, 2.FIELD=VALUE of line 2; empty takes it away; - reads lines of standard input.",
            callback=typed_each,
        ),
    ],
    db: Db = None,
) -> None:
    """Set fields of a claim (referring provider, drug, attachment, UB-04 codes, ...); its next version is made."""
    from store.claims.correct import CorrectClaim

    with opened(db) as practice:
        (claim_id,) = _ids(practice, [control_number])
        say(practice.do(CorrectClaim(claim_id, fields=pairs_of(values))).said)


def fields(control_number: Annotated[str, typer.Argument(help="Of this claim.")] = "", db: Db = None) -> None:
    """Every field that can be set and how it is written; of a claim with what it says now."""
    from store.claims.fields import fields_of, known_fields
    from store.people.roles import Permission
    from store.tables import Claim

    if not control_number:
        say_table(("field", "what it is", "for example"), [(f.name, f.label, f.example) for f in known_fields()])
        return
    with opened(db) as practice:
        (claim_id,) = _ids(practice, [control_number])
        found = practice.look(
            "claim", claim_id, Permission.CLAIM, lambda session: fields_of(session, session.get_one(Claim, claim_id))
        )
    say_table(("field", "what it is", "says"), [(f.name, f.label, f.value) for f in found])


def split(control_number: str, encounter: str, db: Db = None) -> None:
    """Take an encounter off a claim that it was put on with others: it gets a claim of its own."""
    from store.claims.split import SplitOff

    with opened(db) as practice:
        say(practice.do(SplitOff(_ids(practice, [control_number])[0], encounter)).said)


def retransmit(reason: Reason, numbers: Numbers = None, db: Db = None) -> None:
    """Send rejected or unanswered claims again as the records stand, with the reason."""
    from store.claims.rejection_work import RetransmitClaims

    with opened(db) as practice:
        say(practice.do(RetransmitClaims(_ids(practice, numbers or []), reason)).said)


def route(
    control_number: str,
    desk: str,
    question: Annotated[str, typer.Argument(help=f"What they should look at; {DASH}.", callback=typed)],
    days: int = 2,
    db: Db = None,
) -> None:
    """Ask a desk about a claim (coder, front desk, credentialing, biller); it comes back after some business days."""
    from store.claims.correct import RouteToCoder
    from store.claims.routing import RouteClaim

    with opened(db) as practice:
        claim_id = _ids(practice, [control_number])[0]
        coder = desk == "coder"
        say(practice.do(RouteToCoder(claim_id, question) if coder else RouteClaim(claim_id, desk, question, days)).said)


def put_back(control_number: str, answer: str, db: Db = None) -> None:
    """A desk that was asked has answered: the claim is the biller's again."""
    from store.claims.routing import ReturnClaim

    with opened(db) as practice:
        say(practice.do(ReturnClaim(_ids(practice, [control_number])[0], answer)).said)


def edi(control_number: str, db: Db = None) -> None:
    """The claim's segments as they went, what each file that came back says of it, and what happened when."""
    with opened(db) as practice:
        say_record(practice.edi(_ids(practice, [control_number])[0]))


def messages(
    rule: Annotated[str, typer.Option(help="With --pattern: file messages that match.")] = "",
    pattern: Annotated[str, typer.Option(help="A regular expression.")] = "",
    off: Annotated[bool, typer.Option("--off", help="Switch the rule off.")] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Messages that were filed by rule; with --rule and --pattern a rule is put on file."""
    from store.claims.listing import filed_messages
    from store.claims.rejection_work import SaveMessageRule
    from store.people.roles import Permission

    with opened(db) as practice:
        if rule:
            say(practice.do(SaveMessageRule(rule, pattern, not off)).said)
            return
        found = practice.look("list", "messages", Permission.MONEY, filed_messages)
    if as_json:
        say_json(found)
        return
    say_table(("claim", "at", "status", "text"), [tuple(str(cell) for cell in one.values()) for one in found])


def _ids(practice: Practice, numbers: list[str]) -> tuple[int, ...]:
    from store.claims.listing import claim_id_of

    with practice.reading() as session:
        return tuple(claim_id_of(session, number) for number in numbers)


def list_rules(db: Db = None, as_json: Json = False) -> None:
    """The practice's own rules, and how many open claims each would have hit when it was last tried."""
    from store.claims.rule_work import list_rules as listed

    with opened(db) as practice, practice.reading() as session:
        found = listed(session)
    if as_json:
        say_json(found)
        return
    rows = [
        (
            one["name"],
            one["severity"],
            "on" if one["active"] else "off",
            str(one["would_hit"]).replace("None", "not tried"),
        )
        for one in found
    ]
    say_table(("rule", "severity", "is", "would hit"), rows)


def _tried(would_hit: int | None) -> str:
    return "not tried" if would_hit is None else str(would_hit)


def show_rule(name: str, db: Db = None) -> None:
    """A rule as TOML."""
    from store.claims.rule_work import rule_named

    with opened(db) as practice, practice.reading() as session:
        typer.echo(rule_named(session, name).text, nl=False)


def example_rule() -> None:
    """How a rule is written: every field and test, with an example."""
    from store.claims.scrub.site_rules import HOW_TO

    typer.echo(HOW_TO)


def load_rule(
    file: Annotated[Path, typer.Argument(help="TOML: conditions, message, and cases.")], db: Db = None
) -> None:
    """Put a rule on file, switched off; its own cases have to come out as they say."""
    from store.claims.rule_work import SaveRule
    from tui.commands.payers import told_of

    with opened(db) as practice, told_of(file) as text:
        say(practice.do(SaveRule(text)).said)


def try_rule(name: str, db: Db = None, as_json: Json = False) -> None:
    """Count the open claims that a rule would have hit, before it is switched on."""
    from store.claims.rule_work import TryRule

    with opened(db) as practice:
        done = practice.do(TryRule(name))
    if as_json:
        say_json(done.result)
    else:
        say(done.said)


def switch_on(name: str, db: Db = None) -> None:
    """Switch a rule on that was tried."""
    _switch(name, db, on=True)


def switch_off(name: str, db: Db = None) -> None:
    """Switch a rule off."""
    _switch(name, db, on=False)


def _switch(name: str, db: str | None, *, on: bool) -> None:
    from store.claims.rule_work import SwitchRule

    with opened(db) as practice:
        say(practice.do(SwitchRule(name, on)).said)
