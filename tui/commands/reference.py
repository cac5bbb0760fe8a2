"""`superbill keys`, `superbill figures` and `superbill man`: the reference, made from the program itself."""

from __future__ import annotations

from textwrap import wrap
from typing import Annotated, Any

import typer

from tui.commands.common import Json, say_json


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("keys")(keys)
    app.command("man")(man)
    app.command("figures")(figures)


def keys(
    search: Annotated[str, typer.Argument(help="Only what holds these words.")] = "",
    as_markdown: Annotated[bool, typer.Option("--markdown", help="As a page.")] = False,
    as_toml: Annotated[bool, typer.Option("--toml", help="As a keymap file, everything commented out.")] = False,
    as_json: Json = False,
) -> None:
    """Every key and typed command: what it does, the right it needs, whether u takes it back."""
    from tui import reference
    from tui.commands.common import say
    from tui.queues import load_specs

    specs = load_specs()
    if as_markdown or as_toml:
        typer.echo(reference.markdown(specs) if as_markdown else reference.toml(specs), nl=False)
        return
    words = search.casefold().split()
    found = [
        (section.title, [one for one in section.entries if _holds(words, one.keys, one.label, one.help, one.id)])
        for section in reference.sections(specs)
    ]
    if as_json:
        fields = ("id", "keys", "label", "help", "right", "undo")
        say_json([{name: getattr(one, name) for name in fields} for _, entries in found for one in entries])
        return
    for title, entries in found:
        if entries:
            say(title)
        for one in entries:
            told = "".join((f"  [{one.right}]" if one.right else "", "  not undone by u" if one.undo == "no" else ""))
            say(f"  {one.keys:12} {one.label:16} {one.help}{told}")


def figures(
    search: Annotated[str, typer.Argument(help="Only what holds these words.")] = "",
    as_markdown: Annotated[bool, typer.Option("--markdown", help="As a page.")] = False,
    as_json: Json = False,
) -> None:
    """Every key figure: its name, what is counted over what, what is left out, and whose definition it is."""
    from store.reports.kpi import KPIS
    from store.reports.told import defined, formula

    words = search.casefold().split()
    found = [one for one in KPIS.values() if _holds(words, one.key, one.group, one.title, defined(one))]
    if as_json:
        fields = ("key", "group", "title", "exclusions", "source", "by", "needs", "better")
        say_json([{name: getattr(one, name) for name in fields} | {"formula": formula(one)} for one in found])
        return
    for group in dict.fromkeys(one.group for one in found):
        typer.echo(f"## {group}" if as_markdown else group)
        for one in (one for one in found if one.group == group):
            if as_markdown:
                typer.echo(f"* **{one.title}** (`{one.key}`): {defined(one)}")
                continue
            typer.echo(f"  {one.title} ({one.key})")
            for line in wrap(defined(one), 94):
                typer.echo(f"      {line}")


def man(context: typer.Context) -> None:
    """This manual as a man page: superbill man > superbill.1"""
    typer.echo(manual(context.find_root().command), nl=False)


def manual(command: Any) -> str:
    """The man page: every verb with its options, every key, every key figure."""
    from tui import reference
    from tui.queues import load_specs

    lines = [
        '.TH SUPERBILL 1 "" superbill "User Commands"', ".SH NAME",
        "superbill \\- the work queues of medical coders and billers in one terminal", ".SH SYNOPSIS",
        ".B superbill", "[\\fIverb\\fR] [\\fIoptions\\fR]", ".SH DESCRIPTION",
        "Without a verb the queues are opened. ? on any screen shows the keys that work there.", ".SH VERBS",
    ]  # fmt: skip
    for path, one in verbs(command):
        lines += [".TP", f".B {_roff(path)}", _roff(one.help or "").replace("\n\n", "\n.br\n")]
        for option in one.params:
            names = ", ".join((*getattr(option, "opts", ()), *getattr(option, "secondary_opts", ())))
            told = getattr(option, "help", None)
            if told and names:
                lines += [".RS", ".TP", f".I {_roff(names)}", _roff(told), ".RE"]
    for section in reference.sections(load_specs()):
        lines.append(f".SH {_roff(section.title.upper())}")
        for entry in section.entries:
            lines += [".TP", f".B {_roff(entry.keys)}", _roff(f"{entry.label}: {entry.help}")]
    lines += _figures_of_the_manual()
    lines += [
        ".SH ENVIRONMENT", ".TP", ".B SUPERBILL_DB", "The database's URL.", ".TP", ".B SUPERBILL_SETTINGS",
        "The folder of settings.toml and keys.toml.", ".TP", ".B NO_COLOR", "Draw without colour.",
        ".SH EXIT STATUS", "0 on success, 1 when something was refused or found wrong, 2 on wrong usage.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _figures_of_the_manual() -> list[str]:
    from store.reports.kpi import KPIS
    from store.reports.told import defined

    lines = [
        ".SH KEY FIGURES",
        _roff("superbill report kpi shows them, superbill report kpi NAME the rows behind one."),
    ]
    for one in KPIS.values():
        lines += [".TP", f".B {_roff(one.key)}", _roff(f"{one.title}: {defined(one)}")]
    return lines


def verbs(command: Any, path: str = "superbill") -> list[tuple[str, Any]]:
    """Every verb that does something, with its full name."""
    inner = getattr(command, "commands", None)
    if not inner:
        return [(path, command)]
    return [found for name, one in inner.items() for found in verbs(one, f"{path} {name}")]


def _roff(text: str) -> str:
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + safe if safe.startswith((".", "'")) else safe


def _holds(words: list[str], *texts: str) -> bool:
    text = " ".join(texts).casefold()
    return all(word in text for word in words)
