"""What people do about their digest: read it, ask for it now, say what they think, choose when it comes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from core import jobs, taste
from core.digest import subscriptions, traits
from core.digest.errors import DigestNotFound, FeedbackGiven, NotInDigest, PreferencesChanged
from core.digest.models import Digest, Feedback, Opinion
from core.digest.schedule import monday
from core.digest.subscriptions import FailureView, NewPreferences, Subscription
from core.jobs import Job
from core.platform import clock, langfuse
from core.platform.cursors import opened, sealed
from core.platform.errors import FieldError
from core.platform.models import ListQuery
from core.platform.zones import day_in

KIND: Final = "digest"
"""The kind of the jobs that make a digest now."""
_FAILURES: Final = "digest failures"


async def latest(user_id: str) -> Digest:
    """Return the person's last digest; raises ``DigestNotFound`` before the first."""
    found, _ = await history(user_id, ListQuery(limit=1))
    if not found:
        raise DigestNotFound("There is no digest yet. POST /api/digest/run makes one now.")
    return found[0]


async def history(user_id: str, query: ListQuery) -> tuple[list[Digest], str | None]:
    """Return one page of the person's digests, the latest first."""
    from core.digest import repository

    return await repository.page(user_id, query)


async def get(user_id: str, digest_id: str) -> Digest:
    """Return one digest; raises ``DigestNotFound``."""
    from core.digest import repository

    return _found(await repository.digest(user_id, digest_id))


async def run(user_id: str) -> Job:
    """Return the job that makes this week's digest now, or finds that it is there."""
    subscription = await preferences(user_id)
    week = monday(day_in(subscription.preferences.time_zone, clock.now()))
    return await jobs.submit(user_id, KIND, f"digest:{week}", {"week": week.isoformat()})


async def work(job: Job) -> dict[str, Any]:
    """Do a digest job: make the digest of its week, or find it; it counts as that week's.

    Raises:
        DigestNotFound: the person has left, and nothing of theirs is written any more.
    """
    from core.digest import making, repository

    subscription = await repository.subscription(job.user_id)
    if subscription is None:
        raise DigestNotFound("The person has left.")
    made, _ = await making.serve(subscription, date.fromisoformat(job.payload["week"]))
    return {"digest_id": made.id, "digest": f"/api/digest/{made.id}"}


async def give_feedback(user_id: str, digest_id: str, given: Feedback) -> Job:
    """Note what a person thinks of something in a digest; return the job that moves their taste.

    Noted first and with its time, so saying the same again, at once or next year, is the same event.

    Raises:
        DigestNotFound, NotInDigest, FeedbackGiven: nothing was changed.
    """
    from core.digest import repository

    said = Opinion(answer=given.answer, text=given.text, said_at=clock.now())

    def noted(digest: Digest) -> Digest:
        key = _key(digest, given.about)
        before = digest.opinions.get(key)
        if before is None:
            return digest.model_copy(update={"opinions": {**digest.opinions, key: said}})
        if (before.answer, before.text) != (given.answer, given.text):
            raise FeedbackGiven(f"You said {before.answer} of it; what was said has moved your taste.")
        return digest

    digest = _found(await repository.change_digest(user_id, digest_id, noted))
    key = _key(digest, given.about)
    langfuse.score(digest.id, key, "digest-feedback", given.answer)
    return await taste.submit(traits.event(digest, key, traits.about(digest, key), digest.opinions[key]))


async def preferences(user_id: str) -> Subscription:
    """Return the person's subscription; someone new gets the default one by this."""
    from core.digest import repository

    there = await repository.subscription(user_id)
    return there or await repository.ensure(subscriptions.new(user_id, clock.now()))


async def time_zone(user_id: str) -> str:
    """Return the IANA zone the person has told the digest they live in, ``UTC`` where they have not."""
    from core.digest import repository

    there = await repository.subscription(user_id)
    return "UTC" if there is None else there.preferences.time_zone


async def set_preferences(
    user_id: str, sent: NewPreferences, *, if_match: Collection[str] | None
) -> Subscription:
    """Replace the preferences; the next digest moves with them.

    Raises:
        PreferencesChanged: they are not at a version of ``if_match`` any more.
    """
    from core.digest import repository

    now = clock.now()

    def changed(found: Subscription) -> Subscription:
        if if_match is not None and etag(found) not in if_match:
            raise PreferencesChanged("Read the preferences again, then send them with their new ETag.")
        return subscriptions.changed(found, sent, now)

    await preferences(user_id)
    return await repository.change(user_id, changed) or await preferences(user_id)


async def failures(query: ListQuery) -> tuple[list[FailureView], str | None]:
    """Return one page of everyone's failed digests, the longest failing first: for administrators."""
    from core.digest import repository

    found = await repository.failing(opened(query.cursor, _FAILURES) or "", query.limit)
    more = sealed(found[-1].failed_position, _FAILURES) if len(found) == query.limit else None
    return [subscriptions.failure_view(one) for one in found], more


def etag(subscription: Subscription) -> str:
    """Return the version of the preferences: that a digest went out does not change it."""
    return f"preferences-{subscription.revision}"


def _found(digest: Digest | None) -> Digest:
    if digest is None:
        raise DigestNotFound("There is no digest with this id.")
    return digest


def _key(digest: Digest, name: str) -> str:
    key = traits.key_of(digest, name)
    if key is None:
        looks = ", ".join(look.key for look in digest.contents.looks)
        detail = f"This digest has no {name}. Name an item or a find in it, or one of: {looks or 'nothing'}."
        raise NotInDigest(detail, errors=[FieldError("/about", detail)])
    return key
