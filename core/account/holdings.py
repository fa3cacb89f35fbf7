"""What is kept of a person, container by container, in words for the person: the contents of an export.

Everything is exported as it is stored, except what opens something: fingerprints of secrets, and answers and
links that carry a signature. A container without a line here fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.platform.containers import CosmosContainer, cosmos_containers

SCHEMA_VERSION = 1
"""Of the archive: grows when a file is renamed or changes its shape."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a container holds of a person; ``withheld`` are paths of fields that are left out."""

    what: str
    withheld: tuple[str, ...] = ()


@cache
def holdings() -> Mapping[str, Holding]:
    """Return what each container holds, those of jobs by the names in their settings."""
    from core.platform import settings

    jobs = settings.get(settings.JobSettings)
    signed = ("result.url",)
    return {
        "users": Holding("Your account: email, and when and how you signed up."),
        "refresh_tokens": Holding(
            "Your sessions: when each began, was last used and ended.",
            ("secret_hash", "previous_hash", "derived_with"),
        ),
        "sign_ins": Holding("Which sign-ins and addresses open your account, under hashes of them."),
        "vault": Holding("Your wardrobe: every item with its wears."),
        "media": Holding("Your photos: what was measured of them, and where their files are."),
        "profiles": Holding("Your taste profile, with what each event added to it."),
        "quizzes": Holding("The quizzes you took: cards and answers."),
        "conversations": Holding("Your conversations with the stylist, turn by turn."),
        "memory": Holding("What the stylist remembers of you."),
        "digests": Holding("Your weekly digests, your wishes for them, and when the next is due."),
        jobs.container: Holding("Background work done for you.", signed),
        jobs.dead_letter_container: Holding("Background work for you that was given up."),
        "idempotency": Holding(
            "Technical notes that keep a request sent twice from acting twice; gone within a day.",
            ("fingerprint", "headers", "body"),
        ),
        "ai_usage": Holding("What each call of the language model for you cost, in tokens."),
        "subscriptions": Holding("The fashion sources you follow, and when."),
        "reactions": Holding("How you reacted to items of your feed."),
        "rate_limits": Holding("How often you called what is limited, in the last two minutes."),
    }


def personal() -> list[CosmosContainer]:
    """Return the containers whose documents belong to people."""
    from core.platform.partitions import PERSONAL

    return [declared for declared in cosmos_containers() if declared.partition_key == PERSONAL]


def shown(container: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document as its person gets it."""
    found = deepcopy(dict(document))
    for path in holdings()[container].withheld:
        *parents, field = path.split(".")
        inner: Any = found
        for parent in parents:
            inner = inner.get(parent) if isinstance(inner, dict) else None
        if isinstance(inner, dict):
            inner.pop(field, None)
    return found


def readme() -> str:
    """Return the archive's README."""
    names = [declared.name for declared in personal()]
    files = "\n".join(f"data/{name}.json\n    {holdings()[name].what}" for name in names)
    return _README.format(version=SCHEMA_VERSION, files=files)


_README = """\
Your PluckIt account

This archive holds everything PluckIt keeps of you. Schema version {version}; export.json says when it was
made and lists its files.

images/originals/<image_id>
    Each photo, byte for byte as you uploaded it.
images/cutouts/<image_id>-<revision>.webp
    What was cut out of it.

Each file under data/ is a JSON array (UTF-8) of documents as they are stored. "id" is the document's id,
"userId" yours; times are RFC 3339 in UTC, money is a decimal text with a currency. An "image_id" names a
file in images/.

{files}

Left out: fingerprints of sign-in secrets, signatures of links, small pictures made from your photos, and the
streams in which answers of the stylist are sent, which are gone within a day.
"""
