"""Looking into a resource whose shape nobody vouches for: what has the wrong shape is a `FieldError` with its path."""

from __future__ import annotations

from typing import Any

from store.intake.checks import FieldError
from store.text import clean_line

Node = dict[str, Any]
"""A JSON object."""

US_NPI = "http://hl7.org/fhir/sid/us-npi"


def text(node: Node, key: str, path: str = "") -> str:
    """A string, '' if absent."""
    value = node.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise FieldError(_path(path, key), "is not text")
    return value


def child(node: Node, key: str, path: str = "") -> Node:
    """An object, empty if absent."""
    value = node.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise FieldError(_path(path, key), "is not an object")
    return value


def children(node: Node, key: str, path: str = "") -> list[Node]:
    """A list of objects, empty if absent; a lone object counts as a list of one."""
    value = node.get(key)
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise FieldError(_path(path, key), "is not a list of objects")
    return value


def texts(node: Node, key: str, path: str = "") -> list[str]:
    """A list of strings, empty if absent."""
    value = node.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise FieldError(_path(path, key), "is not a list of texts")
    return value


def codes(concept: Node, path: str = "") -> list[str]:
    """The codes of a CodeableConcept."""
    return [code for code in (text(coding, "code", path) for coding in children(concept, "coding", path)) if code]


def words(concept: Node, path: str = "") -> str:
    """What a CodeableConcept says to a person: its text, else the first display."""
    said = [text(concept, "text", path), *(text(one, "display", path) for one in children(concept, "coding", path))]
    return next((clean_line(word) for word in said if word), "")


def identifier(node: Node, *, system: str = "", kind: str = "", path: str = "") -> str:
    """The value of the first identifier with this system, or of this type code; '' if there is none."""
    for found in children(node, "identifier", path):
        right = text(found, "system", path) == system if system else kind in codes(child(found, "type", path), path)
        if right and text(found, "value", path):
            return clean_line(text(found, "value", path))
    return ""


def _path(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
