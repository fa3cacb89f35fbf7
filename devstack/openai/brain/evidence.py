"""Everything that is known when a schema is to be filled or a sentence written.

Only what the person said, what their pictures show and what tools found counts as evidence. System
text is instruction: it is full of words (every enum value, say) that assert nothing.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from devstack.openai.brain.vision import ColourShare, Look
from devstack.openai.request import ChatRequest, Message

_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_ID_NAMES = ("id", "item_id", "itemId")
_TITLE_NAMES = ("name", "title", "label")
_REASON_NAMES = ("why", "reason", "explanation", "summary", "insight")


@dataclass(frozen=True)
class Thing:
    """Something a tool's answer names: a garment, an article, a job."""

    id: str | None
    name: str | None


@dataclass(frozen=True)
class Evidence:
    """``text`` is the person's last turn, ``findings`` the tools' answers to it, decoded if they are JSON."""

    text: str = ""
    looks: tuple[Look, ...] = ()
    findings: tuple[Any, ...] = ()
    colour: ColourShare | None = None

    def about(self, colour: ColourShare) -> "Evidence":
        """The same evidence with one of several colours in focus."""
        return replace(self, colour=colour)

    @property
    def colours(self) -> tuple[ColourShare, ...]:
        """The colours seen in the first picture, or the one in focus."""
        if self.colour is not None:
            return (self.colour,)
        return self.looks[0].colours if self.looks else ()

    @property
    def things(self) -> tuple[Thing, ...]:
        """What the findings name, each once, in their order."""
        return tuple(dict.fromkeys(thing for finding in self.findings for thing in _things(finding)))

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids in the findings, then ids the person wrote; each once."""
        found = [thing.id for thing in self.things if thing.id]
        return tuple(dict.fromkeys([*found, *_UUID.findall(self.text)]))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Explanations the findings carry."""
        return tuple(dict.fromkeys(text for finding in self.findings for text in _reasons(finding)))


def gather(request: ChatRequest, looks: tuple[Look, ...]) -> Evidence:
    """The evidence of a request; ``looks`` are its pictures in order of appearance."""
    turn = current_turn(request.messages)
    return Evidence(
        text="\n".join(message.text for message in turn if message.role == "user").strip(),
        looks=looks,
        findings=tuple(decoded(message.text) for message in turn if message.role == "tool"),
    )


def current_turn(messages: list[Message]) -> list[Message]:
    """The messages from the person's last one on."""
    last = max((place for place, message in enumerate(messages) if message.role == "user"), default=0)
    return messages[last:]


def decoded(text: str) -> Any:
    """A tool's answer as the value it encodes, or as its text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from _nodes(part)


def _things(finding: Any) -> Iterator[Thing]:
    for node in _nodes(finding):
        thing = Thing(_first_text(node, _ID_NAMES), _first_text(node, _TITLE_NAMES))
        if thing.id or thing.name:
            yield thing
        for name, value in node.items():
            if name.endswith("ids") and isinstance(value, list):
                yield from (Thing(entry, None) for entry in value if isinstance(entry, str))


def _reasons(finding: Any) -> Iterator[str]:
    for node in _nodes(finding):
        for name in _REASON_NAMES:
            value = node.get(name)
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and text.strip():
                    yield text.strip()


def _first_text(node: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((node[name] for name in names if isinstance(node.get(name), str) and node[name]), None)
