"""What people do with their digests: none there yet, said twice, said otherwise, nobody there any more."""

from __future__ import annotations

import pytest

from core import digest
from core.digest import making, repository, service, sweeping
from core.digest.models import Feedback
from core.digest.subscriptions import DEFAULT, NewPreferences
from core.platform import clock, cosmos
from core.platform.errors import Unavailable
from tests.integration.digest.conftest import SUNDAY, Reader, subscription_of


async def test_someone_elses_digest_and_the_one_before_the_first_are_not_there(reader: Reader) -> None:
    user_id, stranger = await reader(9), await reader()
    with pytest.raises(digest.DigestNotFound):
        await service.latest(user_id)
    with clock.frozen(SUNDAY):
        await sweeping.deliver(user_id)
    made = await service.latest(user_id)
    assert await service.get(user_id, made.id) == made
    like = Feedback(about="outfit-1", answer="like")
    for asked in (service.get(stranger, made.id), service.give_feedback(stranger, made.id, like)):
        with pytest.raises(digest.DigestNotFound):
            await asked


async def test_an_opinion_is_given_once_of_something_that_is_in_it(reader: Reader) -> None:
    user_id = await reader(48)
    with clock.frozen(SUNDAY):
        await sweeping.deliver(user_id)
    made = await service.latest(user_id)
    job = await service.give_feedback(user_id, made.id, Feedback(about="outfit-1", answer="love"))
    assert job.payload["evidence"][0]["answer"] == "love"
    with pytest.raises(digest.FeedbackGiven, match="love"):
        await service.give_feedback(user_id, made.id, Feedback(about="OUTFIT-1", answer="dislike"))
    with pytest.raises(digest.NotInDigest, match="outfit-1, outfit-2, outfit-3"):
        await service.give_feedback(user_id, made.id, Feedback(about="outfit-9", answer="love"))
    assert (await service.get(user_id, made.id)).opinions.keys() == {"outfit-1"}


async def test_preferences_are_changed_only_over_the_version_that_was_read(reader: Reader) -> None:
    user_id = await reader()
    before = await service.preferences(user_id)
    brisk = NewPreferences.model_validate({**DEFAULT, "tone": "brisk"})
    changed = await service.set_preferences(user_id, brisk, if_match=[service.etag(before)])
    with pytest.raises(digest.PreferencesChanged):
        await service.set_preferences(user_id, brisk, if_match=[service.etag(before)])
    assert service.etag(await service.preferences(user_id)) == service.etag(changed) != service.etag(before)


async def test_a_job_of_someone_who_left_meanwhile_writes_nothing(reader: Reader) -> None:
    user_id = await reader()
    job = await service.run(user_id)
    there = await subscription_of(user_id)
    await (await cosmos.container("digests")).delete_item(there.id, user_id)
    with pytest.raises(digest.DigestNotFound, match="left"):
        await service.work(job)
    assert await repository.subscription(user_id) is None


async def test_what_went_wrong_is_told_in_its_own_words_and_counted_even_if_it_cannot_be_noted(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = await reader()
    change = repository.change

    async def fails(*_: object) -> None:
        raise Unavailable("The model is on holiday.")

    async def unreachable(*_: object) -> None:
        monkeypatch.setattr(repository, "change", fails)
        await fails()

    monkeypatch.setattr(making, "serve", unreachable)
    with clock.frozen(SUNDAY):
        assert await sweeping.deliver(user_id) == "failed"
        monkeypatch.setattr(repository, "change", change)
        assert ((await subscription_of(user_id)).attempts, await failure_of(user_id)) == (1, None)
        monkeypatch.setattr(making, "serve", fails)
        assert await sweeping.deliver(user_id) == "failed"
    assert await failure_of(user_id) == "The model is on holiday."


async def failure_of(user_id: str) -> str | None:
    found = await subscription_of(user_id)
    return None if found.failure is None else found.failure.reason
