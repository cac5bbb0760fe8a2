"""From a reference to the resource that it means, within one file."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from store.intake.checks import FieldError
from store.intake.fhir import look
from store.intake.fhir.look import Node
from store.text import clean_line

_HISTORY = re.compile(r"/_history/[^/]+$")
_TAIL = re.compile(r"(?:^|/)([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})$")
_QUERY = re.compile(r"([A-Z][A-Za-z]+)\?identifier=(?:([^|]*)\|)?(.+)")


@dataclass(slots=True)
class Links:
    """The resources of a file by everything that a reference may call them.

    Two resources of one name with different content make the name useless: following it is a `FieldError`, since a
    note would otherwise be laid into the wrong patient's record.
    """

    _by_name: dict[str, list[Node]] = field(default_factory=dict)
    _by_identifier: dict[tuple[str, str, str], list[Node]] = field(default_factory=lambda: defaultdict(list))

    def add(self, resource: Node, full_url: str = "") -> Node:
        """Make the resource known under its full URL, its type and id, and its identifiers.

        The answer is the resource itself, or the one that the file told before under that name with the same content.
        """
        kind = look.text(resource, "resourceType")
        key = look.text(resource, "id")
        names = [name for name in (f"{kind}/{key}" if key else "", full_url) if name]
        # The one told first stands for its repetitions under every name, so that what refers to any is together.
        known = [one for name in names for one in self._by_name.get(name, ()) if _same(one, resource)]
        first = known[0] if known else resource
        for name in names:
            _put(self._by_name.setdefault(name, []), first)
        for one in look.children(resource, "identifier"):
            value = look.text(one, "value")
            for system in (look.text(one, "system"), "") if value else ():
                _put(self._by_identifier[kind, system, value], first)
        return first

    def follow(self, reference: Node, home: Node, path: str) -> Node | None:
        """The resource that `reference`, standing in `home`, means; None if the file doesn't hold it."""
        target = look.text(reference, "reference", path)
        if target.startswith("#"):
            inside = [one for one in look.children(home, "contained") if look.text(one, "id") == target[1:]]
            return _one(inside, target, path)
        if target:
            return _one(self._named(_HISTORY.sub("", target)), target, path)
        logical = look.child(reference, "identifier", path)
        value = look.text(logical, "value", path)
        kind = look.text(reference, "type", path)
        if value and kind:
            return _one(self._by_identifier.get((kind, look.text(logical, "system", path), value), []), value, path)
        return None

    def _named(self, target: str) -> list[Node]:
        query = _QUERY.fullmatch(target)
        if query:
            return self._by_identifier.get((query[1], query[2] or "", query[3]), [])
        found = self._by_name.get(target)
        tail = _TAIL.search(target)
        if found is None and tail:
            return self._by_name.get(tail[1], [])
        return found or []


def npi_in(reference: Node, path: str) -> str:
    """An NPI that the reference itself tells, for a practitioner who is not in the file."""
    query = _QUERY.fullmatch(look.text(reference, "reference", path))
    if query and query[2] == look.US_NPI:
        return query[3]
    logical = look.child(reference, "identifier", path)
    return look.text(logical, "value", path) if look.text(logical, "system", path) == look.US_NPI else ""


def _put(resources: list[Node], resource: Node) -> None:
    # Two different ones are enough to know that the name is not one resource's.
    if len(resources) < 2 and not any(known is resource or _same(known, resource) for known in resources):
        resources.append(resource)


def _same(one: Node, other: Node) -> bool:
    """Whether two resources say the same; `meta` only tells when and how they were sent."""
    return one is other or _said(one) == _said(other)


def _said(resource: Node) -> Node:
    return {key: value for key, value in resource.items() if key != "meta"}


def _one(found: list[Node], target: str, path: str) -> Node | None:
    if len(found) > 1:
        raise FieldError(path, f"{clean_line(target)[:80]!r} stands for different resources of the file")
    return found[0] if found else None
