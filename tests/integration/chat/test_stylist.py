"""The stylist against the emulators: what it says, what it keeps, and what becomes of a model that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from core import digest, vault
from core.chat import Turn, context, history, history_store, run_turn
from core.chat.errors import ConversationNotFound
from core.chat.stream_errors import TurnIdReused
from core.digest import NewPreferences
from core.media import PictureNotFound
from core.platform import ai_budget, clock
from core.platform.ai_errors import BudgetSpent, ModelAnsweredRubbish, ModelRefused, ModelUnavailable
from core.platform.ids import new_id
from core.platform.models import ListQuery
from core.vault import NewItem
from tests.fixtures.faults import Emulator
from tests.fixtures.tuning import Tune
from tests.stylist import Person, told

pytestmark = pytest.mark.usefixtures("app_env", "model")


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def impatient(tune: Tune) -> None:
    tune("CHAT_STALL_SECONDS", "0.4")


async def own(person: Person, name: str = "Green coat", **fields: Any) -> str:
    item = NewItem.model_validate({"name": name, "category": "outerwear", **fields})
    return (await vault.add(person.user_id, item)).id


async def kept(person: Person) -> list[Any]:
    if person.conversation_id is None:
        page = await history.page(person.user_id, ListQuery())
        assert page.items == []
        return []
    return (await history.read(person.user_id, person.conversation_id, ListQuery())).turns


async def test_a_turn_searches_answers_and_is_kept(person: Person) -> None:
    await own(person)
    turn = await person.say("Find my green coat please")
    assert turn.failed is None
    assert turn.events == ["turn", "tool_call", "tool_result", "delta", "usage", "done"]
    assert turn.called == ["search_vault"]
    assert "Green coat" in turn.text
    assert turn.of("usage")[0]["total_tokens"] > 0
    [one] = await kept(person)
    assert (one.message, one.answer) == ("Find my green coat please", turn.text)
    [listed] = (await history.page(person.user_id, ListQuery())).items
    assert listed.title == "Find my green coat please"


async def test_outfits_are_proposed_from_what_the_person_owns(person: Person) -> None:
    owned = {
        await own(person, "White shirt", category="tops", subtype="shirt", colours=[{"hex": "#ffffff"}]),
        await own(
            person, "Navy trousers", category="bottoms", subtype="trousers", colours=[{"hex": "#1d2850"}]
        ),
        await own(person, "Brown brogues", category="shoes", subtype="brogues", colours=[{"hex": "#6f4628"}]),
    }
    turn = await person.say("Suggest an outfit for the office")
    assert turn.failed is None
    assert "propose_outfits" in turn.called
    outfits = turn.of("outfit")
    assert outfits
    for outfit in outfits:
        assert set(outfit["items"]) <= owned
        assert outfit["why"]
    [one] = await kept(person)
    assert [list(outfit.items) for outfit in one.outfits] == [outfit["items"] for outfit in outfits]
    assert (await told(turn.turn)).of("outfit") == outfits, "told again, they are shown again"


async def test_outfits_around_one_item_all_have_it(person: Person) -> None:
    for name in ("White shirt", "Blue shirt", "Striped shirt"):
        await own(person, name, category="tops", subtype="shirt", colours=[{"hex": "#ffffff"}])
    await own(person, "Navy trousers", category="bottoms", subtype="trousers", colours=[{"hex": "#1d2850"}])
    named = await own(person, "Grey skirt", category="bottoms", subtype="skirt", colours=[{"hex": "#808285"}])
    await own(person, "Brown brogues", category="shoes", subtype="brogues", colours=[{"hex": "#6f4628"}])
    turn = await person.say("Three ways to wear my grey skirt")
    assert turn.failed is None
    assert "ways_to_wear" in turn.called
    assert "propose_outfits" not in turn.called
    outfits = turn.of("outfit")
    assert outfits
    assert all(named in outfit["items"] for outfit in outfits)


async def test_outfits_around_somebody_elses_item_are_refused(person: Person) -> None:
    theirs = await own(Person(), "Grey skirt")
    turn = await person.say(f"Three ways to wear my grey skirt {theirs}")
    [result] = [one for one in turn.of("tool_result") if one["name"] == "ways_to_wear"]
    assert not result["ok"]
    assert not turn.of("outfit")


@pytest.mark.parametrize(
    ("message", "tool", "says"),
    [
        ("What is my taste profile?", "get_taste_profile", "profile"),
        ("Show my wardrobe statistics: what did I never wear?", "get_wardrobe_insights", "never_worn"),
    ],
)
async def test_taste_and_figures_are_looked_up(person: Person, message: str, tool: str, says: str) -> None:
    await own(person)
    turn = await person.say(message)
    assert turn.failed is None
    [result] = [result for result in turn.of("tool_result") if result["name"] == tool]
    assert result["ok"]
    assert says in result["result"]


async def test_a_repeated_turn_is_told_again_without_asking_the_model(
    person: Person, model: Emulator
) -> None:
    turn_id = new_id()
    first = await person.say("Hello there", turn_id=turn_id)
    asked = await model.asked()
    again = await told(first.turn)
    assert (again.text, again.events[-1]) == (first.text, "done")
    assert await model.asked() == asked
    assert len(await kept(person)) == 1


async def test_an_old_turn_id_is_not_told_again_for_another_question(person: Person) -> None:
    turn = (await person.say("Hello there")).turn
    for other in (
        replace(turn, message="Hello"),
        replace(turn, conversation_id=new_id()),
        replace(turn, image_ids=(new_id(),)),
    ):
        asked = await told(other)
        assert isinstance(asked.failed, TurnIdReused)
        assert asked.events == [], "nothing was emitted, so the turn never was"
    assert len((await history.page(person.user_id, ListQuery())).items) == 1


async def test_one_turn_run_many_times_at_once_leaves_one_answer(person: Person) -> None:
    first = await person.say("Hello there")
    runs = await asyncio.gather(*(told(first.turn) for _ in range(5)))
    assert {run.text for run in runs} == {first.text}
    assert len(await kept(person)) == 1


async def test_the_next_turn_knows_the_one_before(person: Person, model: Emulator) -> None:
    await person.say("My cousin marries in a velvet marquee")
    await model.reset()
    await person.say("And what now?")
    assert await model.asked("velvet marquee") >= 1
    assert [turn.message for turn in await kept(person)] == [
        "And what now?",
        "My cousin marries in a velvet marquee",
    ]


async def test_a_long_conversation_is_summarised_and_stays_within_its_tokens(
    person: Person, model: Emulator, tune: Tune
) -> None:
    tune("CHAT_CONTEXT_TOKENS", "800")
    for number in range(6):
        await person.say(f"Turn {number}: " + "something long about marmalade " * 12)
    header = await history_store.header(person.user_id, str(person.conversation_id))
    given = await context.of(header)
    assert context.tokens(given.turns) <= 800
    assert given.turns[-1].message.startswith("Turn 5:")
    assert given.summary == header.summary != ""
    assert await model.asked("summary_so_far") <= 3
    assert len(await kept(person)) == 6


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "rate_limit", "times": None}, ModelUnavailable),
        ({"kind": "rate_limit", "retry_after": 17, "times": None}, ModelUnavailable),
        ({"kind": "server_error", "times": None}, ModelUnavailable),
        ({"kind": "cut_stream", "after": 4}, ModelUnavailable),
        ({"kind": "refusal"}, ModelRefused),
        ({"kind": "content_filter"}, ModelRefused),
        ({"kind": "content_filter", "status": 400}, ModelRefused),
        ({"kind": "empty", "times": None}, ModelAnsweredRubbish),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else value.__name__,
)
async def test_a_model_fault_is_an_error_and_leaves_nothing(
    person: Person, model: Emulator, fault: dict[str, Any], error: type[Exception]
) -> None:
    await model.fail(**fault)
    turn = await person.say("Tell me something about scarves and hats and gloves")
    assert isinstance(turn.failed, error)
    assert "done" not in turn.events
    if fault.get("retry_after"):
        assert turn.failed.retry_after == 17
    await model.reset()
    assert await kept(person) == []
    again = await told(turn.turn)
    assert again.failed is None
    person.conversation_id = turn.turn.conversation_id
    assert [one.answer for one in await kept(person)] == [again.text]


@pytest.mark.parametrize("after", [None, 3])
async def test_a_stalled_model_holds_nobody(
    person: Person, model: Emulator, impatient: None, after: int | None
) -> None:
    await model.fail("hang", **({} if after is None else {"after": after}))
    async with asyncio.timeout(20):
        turn = await person.say("Tell me something about scarves and hats")
    assert isinstance(turn.failed, ModelUnavailable)
    assert await kept(person) == []


async def test_a_model_that_dawdles_is_given_up_in_time(person: Person, model: Emulator, tune: Tune) -> None:
    tune("CHAT_TURN_SECONDS", "0.8")
    pace = {"first_token": 0, "per_token": 0.3}
    async with model.control.post("/__control/delay", json=pace) as answer:
        assert answer.status == 200
    try:
        async with asyncio.timeout(20):
            turn = await person.say("Tell me something about scarves and hats")
    finally:
        async with model.control.post("/__control/delay", json=dict.fromkeys(pace, 0)) as answer:
            assert answer.status == 200
    assert isinstance(turn.failed, ModelUnavailable)
    assert turn.text, "it had begun"
    assert await kept(person) == []


async def test_one_failure_before_the_first_word_is_survived(person: Person, model: Emulator) -> None:
    await model.fail("server_error")
    assert (await person.say("Hello there")).failed is None


async def test_an_empty_answer_is_asked_for_once_more(person: Person, model: Emulator) -> None:
    await model.fail("empty")
    turn = await person.say("Hello there")
    assert turn.failed is None
    assert turn.text.strip()


async def test_broken_arguments_go_back_to_the_model(person: Person, model: Emulator) -> None:
    await own(person)
    await model.fail("broken_json")
    turn = await person.say("Find my green coat please")
    assert turn.failed is None
    assert turn.of("tool_call")[0] == {"name": "search_vault", "arguments": {}}
    assert turn.of("tool_result")[0]["ok"] is False
    assert turn.text.strip()
    assert len(await kept(person)) == 1


async def test_a_wear_is_logged_only_after_the_persons_own_yes(person: Person) -> None:
    coat = await own(person)
    asked = await person.say("Log that I wore the green coat")
    assert "log_wear" in asked.called
    assert "Shall I record that you wore Green coat" in asked.text
    assert (await vault.get(person.user_id, coat)).wear_count == 0
    answered = await person.say("Yes please!")
    assert answered.called[0] == "log_wear"
    assert "Shall I record" not in answered.text
    assert (await vault.get(person.user_id, coat)).last_worn_on == clock.now().date()
    await person.say("yes")
    assert (await vault.get(person.user_id, coat)).wear_count == 1


async def test_a_yes_to_something_that_is_gone_meanwhile_is_answered_and_logs_nothing(person: Person) -> None:
    coat = await own(person)
    await person.say("Log that I wore the green coat")
    await vault.remove(person.user_id, coat)
    answered = await person.say("Yes please!")
    assert answered.failed is None
    assert answered.of("tool_result")[0]["ok"] is False


async def test_today_is_the_day_where_the_person_lives(person: Person) -> None:
    there = {
        "enabled": True,
        "weekday": "sunday",
        "hour": 17,
        "time_zone": "Pacific/Auckland",
        "tone": "warm",
    }
    await digest.set_preferences(person.user_id, NewPreferences.model_validate(there), if_match=None)
    with clock.frozen(datetime(2026, 7, 1, 21, 30, tzinfo=UTC)):  # the 2nd, half past nine, in Auckland
        coat = await own(person)
        asked = await person.say("Log that I wore the green coat today")
        assert "Shall I record that you wore Green coat on 2026-07-02" in asked.text
        await person.say("Yes")
        assert (await vault.get(person.user_id, coat)).last_worn_on == date(2026, 7, 2)
        told = await person.say("Show my wardrobe statistics: what did I never wear?")
    [figures] = [one["result"] for one in told.of("tool_result") if one["name"] == "get_wardrobe_insights"]
    assert figures["never_worn"]["items"] == []


async def test_anything_but_a_yes_lets_the_question_lapse(person: Person) -> None:
    coat = await own(person)
    await person.say("Log that I wore the green coat")
    await person.say("No, it was the other one")
    await person.say("Yes")
    assert (await vault.get(person.user_id, coat)).wear_count == 0


async def test_someone_elses_conversation_is_unknown(person: Person) -> None:
    await person.say("Hello there")
    stranger = Person(conversation_id=person.conversation_id)
    assert isinstance((await stranger.say("Let me in")).failed, ConversationNotFound)
    assert len(await kept(person)) == 1


async def test_a_deleted_conversation_is_gone_and_takes_no_turn(person: Person) -> None:
    await person.say("Hello there")
    assert person.conversation_id is not None
    await history.delete(person.user_id, person.conversation_id)
    with pytest.raises(ConversationNotFound):
        await kept(person)
    assert isinstance((await person.say("Are you there?")).failed, ConversationNotFound)


async def test_someone_elses_photo_is_unknown(person: Person) -> None:
    assert isinstance((await person.say("Look", images=(new_id(),))).failed, PictureNotFound)


async def test_the_days_budget_counts_all_calls_and_ends_with_the_day(person: Person, tune: Tune) -> None:
    noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
    with clock.frozen(noon) as time:
        await person.say("Hello there")
        tune("AI_DAILY_TOKEN_BUDGET", "10")
        turn = await person.say("Hello again")
        assert isinstance(turn.failed, BudgetSpent)
        assert turn.frames == [], "so the post itself is answered 429"
        assert turn.failed.retry_after == 12 * 3600
        time.advance(seconds=12 * 3600)
        assert (await person.say("Hello again")).failed is None


async def test_concurrent_charges_all_count() -> None:
    user = new_id()
    with clock.frozen(datetime(2026, 5, 4, 12, tzinfo=UTC)):
        await asyncio.gather(*(ai_budget.charge(user, 7) for _ in range(12)))
        day = await ai_budget._days.get(user, "day-2026-05-04")
    assert day is not None
    assert day.day_tokens == 84


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", ["turn", "tool_call", "tool_result", "delta", "usage", "done"])
async def test_a_crash_at_any_frame_leaves_a_whole_answer_or_none_and_the_turn_can_be_run_again(
    person: Person, at: str
) -> None:
    await own(person)
    whole = (await person.say("Find my green coat please")).turn
    turn = replace(whole, turn_id=new_id(), is_new_conversation=False)

    async def emit(event: str, data: Mapping[str, Any]) -> None:
        if event == at:
            raise Crash

    with pytest.raises(Crash):
        await run_turn(turn, emit)
    assert len(await kept(person)) == (2 if at == "done" else 1)
    again = await told(turn)
    assert again.events[-1] == "done"
    assert [one.turn_id for one in await kept(person)] == [turn.turn_id, whole.turn_id]


async def test_a_turn_written_without_its_header_is_completed_when_it_comes_again(person: Person) -> None:
    first = await person.say("Hello there")
    await history_store._headers.delete(person.user_id, first.turn.conversation_id)
    again = await told(first.turn)
    assert (again.text, again.failed) == (first.text, None)
    [listed] = (await history.page(person.user_id, ListQuery())).items
    assert listed.title == "Hello there"


async def test_a_turn_running_while_its_conversation_is_deleted_leaves_nothing(person: Person) -> None:
    await person.say("Hello there")
    conversation = str(person.conversation_id)

    async def emit(event: str, data: Mapping[str, Any]) -> None:
        if event == "usage":
            await history.delete(person.user_id, conversation)

    turn = Turn(person.user_id, new_id(), "And now?", conversation, is_new_conversation=False)
    with pytest.raises(ConversationNotFound):
        await run_turn(turn, emit)
    assert await history_store.find_turn(person.user_id, turn.turn_id) is None
