"""A remembered fact put right by its person, whose words are read again like everything they say.

Kind and subject follow the words, so that "I love green" put right to "I hate green" does not go on as a
liking. Where they stand is where what was said of the same thing stands, so a correction takes that place and
leaves its old one. Words that say nothing of themselves are kept as neither liked nor disliked: under the old
subject if they speak of it, else as their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.chat import learning, memory_store
from core.chat.errors import FactNotFound
from core.chat.facts import Fact, FactKind, fact_id, speaks_of
from core.platform import clock, settings
from core.platform.ids import stable_id


async def correct(old: Fact, text: str) -> Fact:
    """Put ``text`` in the place of ``old``; return the fact as it then is, ``old`` where nothing changed.

    The taste profile is told first, by a key made of what is corrected, then the facts are written, then the
    old one goes: a crash in between is healed by the same correction again, which counts once.

    Raises:
        FactNotFound: it was forgotten while its correction was read, and stays so.
        ModelUnavailable, ModelAnsweredRubbish, BudgetSpent: nothing was changed.
    """
    if old.edited and old.text == text:
        return old
    now = clock.now()
    statements = await learning.read(old.user_id, text)
    if await memory_store.get(old.user_id, old.id) is None:
        raise FactNotFound.here()
    if (await memory_store.switch(old.user_id)).enabled:
        key = stable_id("correction", old.id, old.stated_at.isoformat(), text)
        await learning.tell_taste(old.user_id, statements, key=key, source_id=old.source_turn_id, at=now)
    facts = [_corrected(old, one.kind, one.subject, one.quote, now) for one in statements]
    if len(facts) < 2:
        facts = [facts[0].model_copy(update={"text": text}) if facts else _unread(old, text, now)]
    return await _take_the_place(old, facts, now)


async def _take_the_place(old: Fact, facts: Sequence[Fact], begun: datetime) -> Fact:
    for fact in facts:
        await memory_store.put(fact)
    if (await memory_store.switch(old.user_id)).forgot(begun):
        await learning.take_back(facts)
        raise FactNotFound.here()
    if all(fact.id != old.id for fact in facts):
        await memory_store.remove(old.user_id, old.id, etag=old.etag)
    await memory_store.keep_within(old.user_id, settings.get(settings.StylistSettings).memory_facts)
    return next((fact for fact in facts if fact.id == old.id), facts[0])


def _unread(old: Fact, text: str, now: datetime) -> Fact:
    if old.kind not in {"likes", "dislikes"}:
        return _corrected(old, old.kind, old.subject, text, now)
    return _corrected(old, "about", old.subject if speaks_of(text, old.subject) else text, text, now)


def _corrected(old: Fact, kind: FactKind, subject: str, text: str, now: datetime) -> Fact:
    changes = {
        "id": fact_id(old.user_id, kind, subject),
        "kind": kind,
        "subject": subject.strip(),
        "text": text.strip(),
        "confidence": 1.0,
        "stated_at": now,
        "edited": True,
        "etag": None,
    }
    return old.model_copy(update=changes)
