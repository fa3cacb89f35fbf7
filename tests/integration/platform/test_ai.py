"""One structured answer from the model, and every way it can fail to give one."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, Field

from core.platform import ai, ai_errors, connections, ids, web
from core.platform.ai_usage import Usage
from core.platform.cosmos import Container
from core.platform.errors import Unavailable
from tests.fixtures.faults import Emulator
from tests.fixtures.tuning import Tune

pytestmark = pytest.mark.usefixtures("app_env")

USAGE = Container("ai_usage", Usage)


class Reading(BaseModel):
    colour: Literal["red", "blue", "unknown"]
    confidence: float = Field(ge=0, le=1)


async def read(user_id: str) -> Reading:
    return await ai.complete_structured(
        Reading,
        user_id=user_id,
        purpose="test",
        system="Read the garment.",
        content=[ai.text_part("A blue coat.")],
    )


async def test_an_answer_is_validated_and_its_cost_recorded(model: Emulator) -> None:
    person = ids.new_id()
    assert isinstance(await read(person), Reading)
    [usage] = [found async for found in USAGE.all(person, where="IS_DEFINED(c.purpose)")]
    assert (usage.purpose, usage.prompt_tokens > 0, usage.completion_tokens > 0) == ("test", True, True)


async def test_one_broken_answer_is_repaired_by_asking_once_more(model: Emulator) -> None:
    await model.fail("broken_json")
    person = ids.new_id()
    assert isinstance(await read(person), Reading)
    assert await model.asked("did not fit the schema") == 1
    assert len([found async for found in USAGE.all(person, where="IS_DEFINED(c.purpose)")]) == 2


async def test_two_broken_answers_are_an_error_and_no_third_is_asked_for(model: Emulator) -> None:
    await model.fail("broken_json", times=None)
    with pytest.raises(ai_errors.ModelAnsweredRubbish):
        await read(ids.new_id())
    assert await model.asked("Read the garment.") == 2


@pytest.mark.parametrize("kind", ["refusal", "content_filter"])
async def test_declining_is_final(model: Emulator, kind: str) -> None:
    await model.fail(kind, times=None)
    with pytest.raises(ai_errors.ModelRefused):
        await read(ids.new_id())
    assert await model.asked("Read the garment.") == 1


async def test_azures_prompt_filter_is_a_refusal_too(model: Emulator) -> None:
    await model.fail("content_filter", status=400)
    with pytest.raises(ai_errors.ModelRefused):
        await read(ids.new_id())


async def test_a_throttled_model_says_when_and_is_not_pressed(model: Emulator) -> None:
    await model.fail("rate_limit", retry_after=17, times=None)
    with pytest.raises(ai_errors.ModelUnavailable) as raised:
        await read(ids.new_id())
    assert raised.value.retry_after == 17
    assert await model.asked("Read the garment.") == 1


async def test_a_passing_fault_is_tried_again_once(model: Emulator) -> None:
    await model.fail("server_error")
    assert isinstance(await read(ids.new_id()), Reading)
    await model.fail("server_error", times=None)
    with pytest.raises(ai_errors.ModelUnavailable):
        await read(ids.new_id())
    assert await model.asked("Read the garment.") == 4


async def test_a_model_nobody_serves_is_down(tune: Tune, unused_tcp_port: int) -> None:
    await connections.close_all()
    tune("OPENAI_BASE_URL", f"http://127.0.0.1:{unused_tcp_port}/v1")
    with pytest.raises(ai_errors.ModelUnavailable):
        await ai.probe()
    with pytest.raises(Unavailable):
        await web.reachable(f"http://127.0.0.1:{unused_tcp_port}/segment")
    await connections.close_all()
