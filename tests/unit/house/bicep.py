"""Bicep files as Python values, by Bicep's own grammar: what tests compare with the code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_bicep.language()))
_WORDS = {"true": True, "false": False}


@dataclass(frozen=True)
class Expression:
    """What is known only when it is deployed, as it is written."""

    text: str


@dataclass(frozen=True)
class Declaration:
    """``kind`` is param, var, resource, module or output; ``type`` a resource's type or a module's path."""

    kind: str
    name: str
    type: str
    value: Any


def parsed(path: Path) -> Node:
    """Return the syntax tree; a parameter file's assignments are read as variables."""
    text = path.read_text()
    if path.suffix == ".bicepparam":
        text = text.replace("\nparam ", "\nvar ").replace("using ", "// using ")
    return _PARSER.parse(text.encode()).root_node


def broken(node: Node) -> Iterator[str]:
    """Yield where the grammar does not hold: line, and what stands there."""
    if node.type == "ERROR" or node.is_missing:
        yield f"line {node.start_point.row + 1}: {_text(node)[:60]}"
    for child in node.children:
        yield from broken(child)


def declarations(root: Node) -> Iterator[Declaration]:
    """Yield what a file declares, in order."""
    for node in root.named_children:
        kind = node.type.removesuffix("_declaration").replace("parameter", "param").replace("variable", "var")
        if kind in {"param", "var", "resource", "module", "output"}:
            name, *rest = [child for child in node.named_children if child.type != "decorators"]
            told = _text(rest[0]).strip("'") if kind in {"resource", "module"} else ""
            yield Declaration(kind, _text(name), told, value(rest[-1]))


def value(node: Node) -> Any:
    """Return objects, lists and literals as such, of a loop its body, and all else as it is written."""
    if node.type == "object":
        pairs = (child.named_children for child in node.named_children if child.type == "object_property")
        return {_text(key).strip("'"): value(given) for key, given, *_ in pairs}
    if node.type == "array":
        return [value(child) for child in node.named_children if child.type != "comment"]
    if node.type == "for_statement":
        return value(node.named_children[-1])
    if node.type in {"number", "boolean"}:
        return _WORDS.get(_text(node)) if node.type == "boolean" else int(_text(node))
    plain = node.type == "string" and all(child.type != "interpolation" for child in node.named_children)
    return _text(node)[1:-1] if plain else Expression(_text(node))


def names(node: Node) -> Iterator[str]:
    """Yield the identifiers that an expression, or a file, refers to."""
    if node.type == "identifier":
        yield _text(node)
    children = node.named_children
    if node.type == "object_property":
        # A key names nothing, but a text of it may.
        children = [*children[0].named_children, *children[1:]]
    for child in children:
        yield from names(child)


def _text(node: Node) -> str:
    return (node.text or b"").decode()
