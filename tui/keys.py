"""The one registry of keys: bindings, footer, help and palette are all read from these actions.

Same key, same meaning everywhere; a key of the grammar that means nothing on a screen says so there.  Lower case is
safe or can be undone.  A CAPITAL that sends, posts or closes says so in one line before it does; the other capitals
(on the coding desk: units, pointers, the order of the diagnoses) only set what `u` takes back.  Nothing is bound to the
keys that terminals, multiplexers and flow control take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.asks import Ask, Chosen

if TYPE_CHECKING:
    from store.work.record import Record
    from tui.calls import PracticeApi

Build = Callable[[Chosen], Sequence[object]]
"""Turns what was chosen into the store's commands, which run in order and are undone together."""

NEVER = frozenset({*(f"ctrl+{letter}" for letter in "abcdhijmqsz"), "ctrl+left_square_bracket", "ctrl+backslash"})
"""Keys that terminals use for signals, flow control and line ends, or multiplexers as their prefix."""

_SHOWN = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home",
    "end": "End", "enter": "Enter", "escape": "Esc", "space": "Space", "tab": "Tab", "shift+tab": "S-Tab",
}  # fmt: skip


class Place(StrEnum):
    """Where a key is pressed."""

    HOME = "home"
    LIST = "list"
    RECORD = "record"
    NOTE = "note"
    CODES = "codes"
    DESK = "desk"
    SEARCH = "search"
    REPORT = "report"


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing that a person can do.

    Without `build` it is the screen's or widget's own business: its method `do_<id>` (dots as underscores) is called.
    With `build` it changes records: `asks` are put one by one, then `confirm`, if any, states the effect.
    `many` acts on all marked rows, else on the focused one only.  `rank` orders the footer, 0 stays out of it.
    `open_only` needs the record to be leased.  `effect` states the effect with figures that only the store knows.
    `require` is asked of the store before anything is asked of a person, and refuses what could only be refused later.
    `on_view` acts on the view and needs no row.  Without a `key` it is reached by its name: `:` and the label.
    `shows` reads a record, which is shown until Esc.
    """

    id: str
    label: str
    help: str
    key: str = ""
    also: tuple[str, ...] = ()
    places: frozenset[Place] = frozenset({Place.LIST, Place.RECORD})
    asks: tuple[Ask, ...] = ()
    build: Build | None = None
    require: Callable[[PracticeApi, Chosen], None] | None = None
    confirm: Callable[[Chosen], str] | None = None
    effect: Callable[[PracticeApi, Chosen], str] | None = None
    shows: Callable[[PracticeApi, Chosen], Record] | None = None
    many: bool = False
    open_only: bool = False
    on_view: bool = False
    rank: int = 0

    def __post_init__(self) -> None:
        capital = len(self.key) == 1 and self.key.isupper()
        if self.build and capital and self.confirm is None and self.effect is None:
            raise ValueError(f"{self.id}: a capital must state its effect before it acts")
        if NEVER.intersection(self.keys):
            raise ValueError(f"{self.id}: {self.keys} holds a key that must stay free")

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key of the action, the one that is shown first; a keymap file has the last word."""
        return _REMAPPED.get(self.id) or tuple(key for key in (self.key, *self.also) if key)

    @property
    def first_key(self) -> str:
        """The key that footer and palette name, as a person knows it."""
        return shown_key(self.keys[0]) if self.keys else ""

    @property
    def typed(self) -> str:
        """What is typed after `:` for it: the label in one word."""
        return self.label.replace(", ", "-").replace(" ", "-")

    @property
    def method(self) -> str:
        """The name of the method that does it where there is no `build`."""
        return "do_" + self.id.replace(".", "_")

    @property
    def shown(self) -> str:
        """The keys as a person knows them."""
        return " ".join(map(shown_key, self.keys)) or f":{self.typed}"


_REMAPPED: dict[str, tuple[str, ...]] = {}


def remap(keys: Mapping[str, tuple[str, ...]]) -> None:
    """Gives actions other keys, by id, until the program ends; an empty mapping brings the shipped ones back."""
    _REMAPPED.clear()
    for action, given in keys.items():
        _REMAPPED[action] = given


def shown_key(key: str) -> str:
    """A key as a person knows it."""
    if key.startswith("ctrl+"):
        return f"Ctrl-{key.removeprefix('ctrl+').upper()}"
    return _SHOWN.get(key, key)


def pressed(key: str, character: str | None) -> str:
    """How the registry names a key press: the character itself, or the key's name."""
    if character and character.isprintable() and character != " ":
        return character
    return key


def find(actions: Iterable[Action], key: str) -> Action | None:
    """The action of a key."""
    return next((action for action in actions if key in action.keys), None)


def clashes(actions: Sequence[Action]) -> list[str]:
    """Keys that more than one action claims."""
    seen: dict[str, str] = {}
    found = []
    for action in actions:
        for key in action.keys:
            if key in seen:
                found.append(f"{key}: {seen[key]} and {action.id}")
            seen[key] = action.id
    return found


def footer(actions: Iterable[Action], *, most: int = 6) -> list[Action]:
    """The actions that the footer names, best first."""
    ranked = sorted((action for action in actions if action.rank), key=lambda action: action.rank)
    return ranked[:most]


def at(place: Place, actions: Iterable[Action]) -> tuple[Action, ...]:
    """The actions that work in a place."""
    return tuple(action for action in actions if place in action.places)


_ALL = frozenset({Place.HOME, Place.LIST, Place.RECORD, Place.REPORT, Place.DESK, Place.CODES})
_LISTS = frozenset({Place.HOME, Place.LIST, Place.REPORT})
_QUEUE = frozenset({Place.LIST})
_WORK = frozenset({Place.LIST, Place.RECORD, Place.DESK})
_READ = frozenset({Place.RECORD, Place.NOTE})
_NOTE = frozenset({Place.NOTE})
_CODES = frozenset({Place.CODES})
_SEARCH = frozenset({Place.SEARCH})
_MOVING = _LISTS | _READ | frozenset({Place.DESK, Place.CODES})

MOVES: tuple[Action, ...] = (
    Action(id="down", key="j", also=("down",), label="down", help="Down one line, or as many as the count before.",
           places=_MOVING),
    Action(id="up", key="k", also=("up",), label="up", help="Up one line, or as many as the count before.",
           places=_MOVING),
    Action(id="page_down", key="pagedown", label="page down", help="Down one screenful.", places=_MOVING),
    Action(id="page_up", key="pageup", label="page up", help="Up one screenful.", places=_MOVING),
    Action(id="top", key="g", also=("home",), label="top", help="The first line; 20g is line 20.",
           places=_MOVING),
    Action(id="bottom", key="G", also=("end",), label="bottom", help="The last line.", places=_MOVING),
)  # fmt: skip
"""Moving; the focused list or text does it."""

COMMON: tuple[Action, ...] = (
    Action(id="open", key="enter", label="open", help="Open the focused row.", places=_LISTS, rank=10),
    Action(id="back", key="escape", label="back", places=_ALL,
           help="Back one step; in a list first the count, the marks and the filter go."),
    Action(id="mark", key="space", label="mark", places=_QUEUE, rank=90,
           help="Mark the row and go down. Marks stay with their records through filter, sort and refresh."),
    Action(id="mark_all", key="*", label="mark all", help="Mark every row of the filter; again to drop all marks.",
           places=_QUEUE),
    Action(id="filter", key="/", label="filter", places=_LISTS, rank=60,
           help="Keep the rows that hold all these words; column:a,b keeps those values. Empty shows all."),
    Action(id="sort", key="s", label="sort", places=_LISTS, rank=95,
           help="Sort by a column; the last ones stay as second and third level; again turns it round. "
           "Or type all levels: den- slk+."),
    Action(id="view", key="v", label="view", places=_QUEUE,
           help="Choose a view: open, mine, deferred, or one that was kept; vv is your own work."),
    Action(id="next", key="n", label="next", places=_WORK | {Place.HOME}, rank=40,
           help="Take and open the item that comes first and nobody works on; on the board, of the queue there."),
    Action(id="why", key="y", label="why", places=_WORK | _CODES | _LISTS, rank=70,
           help="Why is this here, why is it blocked, why is it owed: with the rule and its source."),
    Action(id="claim", key="o", label="claim", help="Everything about the claim; Esc returns.",
           places=frozenset({Place.LIST, Place.RECORD})),
    Action(id="ledger", key="l", label="ledger", help="What is owed and paid on the account; Esc returns.",
           places=_WORK),
    Action(id="glass", label="read note", places=frozenset({Place.RECORD}),
           help="Read the encounter's note for half an hour, for a reason that the audit trail keeps and a supervisor "
           "is shown."),
    Action(id="undo", key="u", label="undo", places=_ALL, rank=80,
           help="Take the last thing back; 3u takes back three. What was taken back is said."),
    Action(id="repeat", key=".", label="repeat", places=_WORK,
           help="Do the last thing again here, with the same answers (asked before it writes over what you "
           "were not shown); 7. does it with that count."),
    Action(id="export", key="x", label="export", places=_LISTS,
           help="Write the rows of the view, or the marked ones, to a CSV file that only you can read."),
    Action(id="refresh", key="ctrl+l", label="redraw", help="Draw the screen again and read the rows again.",
           places=_ALL),
    Action(id="copy", key="ctrl+y", label="copy", places=_ALL,
           help="Copy the row's number, or the selected words, to your own clipboard, where the settings allow it."),
    Action(id="theme", label="theme", places=_ALL,
           help="Other colours: terminal, light, dark, high-contrast or none; settings.toml keeps the choice."),
    Action(id="mouse", label="mouse", places=_ALL, help="Take the mouse from the terminal, or give it back."),
    Action(id="lock", key="ctrl+x", label="lock", places=_ALL,
           help="Lock the screen now; it locks by itself after some minutes without a key press. "
           "superbill users pin sets what opens it."),
    Action(id="mask", key="ctrl+n", label="mask names", places=_ALL,
           help="Mask names, births, numbers, addresses and phones of patients on every screen, for one that is "
           "shared with others; again shows them."),
    Action(id="palette", key=":", label="command", help="Find any action or queue by its name.", places=_ALL,
           rank=98),
    Action(id="help", key="?", label="help", help="What the keys do here, and what the columns mean.", places=_ALL),
    Action(id="quit", key="q", label="quit", help="Leave the queue; on the first screen, leave the program.",
           places=_ALL),
)  # fmt: skip
"""The grammar that every screen shares."""

NOTE: tuple[Action, ...] = (
    Action(id="find", key="/", label="find", help="Find words in the text.", places=_READ | _CODES,
           rank=60),
    Action(id="find_next", key="]", label="next match", help="The next place where the words stand.",
           places=_NOTE, rank=61),
    Action(id="find_previous", key="[", label="previous match", help="The place before.", places=_NOTE),
    Action(id="select", key="v", label="select", places=_NOTE, rank=21,
           help="Start selecting at a word; again to drop the selection."),
    Action(id="word", key="w", label="next word", help="Move the selection to the next word.", places=_NOTE),
    Action(id="word_back", key="b", label="word before", help="Move the selection to the word before.",
           places=_NOTE),
    Action(id="wider", key="right", label="wider", help="Select one word more.", places=_NOTE),
    Action(id="narrower", key="left", label="narrower", help="Select one word less.", places=_NOTE),
)  # fmt: skip
"""Keys of a note that has the focus; j and k select by lines while a selection is on."""

REPORT: tuple[Action, ...] = (
    Action(id="look", key="v", label="view", places=frozenset({Place.REPORT}), rank=30,
           help="The rows, or their picture: the trend, or a bar for each. Ageing: from which day."),
    Action(id="period", key="=", label="period", places=frozenset({Place.REPORT}), rank=20,
           help="Another period: the last 30, 90, 180 or 365 days, or a first and a last day."),
)  # fmt: skip
"""Keys of a report."""

BOOK: tuple[Action, ...] = (
    Action(id="book.open", key="enter", also=("right",), label="open", places=_CODES, rank=10,
           help="Go to the level or the index line under the cursor; on the code itself, take it for the encounter."),
    Action(id="book.up", key="left", also=("h",), label="up", places=_CODES, rank=20, help="One level up."),
    Action(id="book.before", key="[", label="before", places=_CODES, rank=30, help="The neighbour before."),
    Action(id="book.after", key="]", label="after", places=_CODES, rank=40, help="The neighbour after."),
    Action(id="book.index", key="i", label="index", places=_CODES, rank=50,
           help="Look a term up in the Alphabetic Index; Enter goes on to the tabular list."),
    Action(id="book.code", key="o", label="code", places=_CODES, rank=55,
           help="Open a code, block or chapter by name."),
    Action(id="book.pane", key="tab", label="notes", places=_CODES, help="Between the tree and the notes."),
)  # fmt: skip
"""Keys of the code book."""

SEARCH: tuple[Action, ...] = (
    Action(id="search.turn", key="ctrl+t", label="set", places=_SEARCH, help="Search the next code set."),
    Action(id="search.favourite", key="ctrl+g", label="favourite", places=_SEARCH,
           help="Make the focused code a favourite of yours, or no longer; f on the desk adds one."),
    Action(id="search.forget", key="ctrl+r", label="forget", places=_SEARCH,
           help="Forget what was picked for the typed phrase."),
)  # fmt: skip
"""Keys of the search of codes on the desk, while letters are typed: none of them is a letter."""

SEARCHING: tuple[Action, ...] = (
    Action(id="search.add", key="enter", label="add", places=_SEARCH, rank=10, help="Add the focused code."),
    Action(id="search.choose", key="down", label="choose", places=_SEARCH, rank=20, help="The next code."),
    Action(id="search.close", key="escape", label="back", places=_SEARCH, rank=30, help="Back without a code."),
)
"""What its line does itself, for the footer; letters are typed, `?` too."""

REGISTRY: tuple[Action, ...] = MOVES + COMMON + NOTE + REPORT + BOOK + SEARCH
"""Everything that isn't particular to a queue."""
