"""The stylist thinking: model, tools, model, until there is an answer, within bounded steps.

Everything the model writes passes the screen before the person sees it. What is wrong with a tool call is
told to the model; what is wrong with the model is raised.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from core.chat import prompts
from core.chat.desk import Desk
from core.chat.errors import AnswerWithheld
from core.chat.events import DeltaEvent, ToolCallEvent, ToolResultEvent, tell
from core.chat.screen import Named, Recited, Screen
from core.chat.toolbox import NotDone, Result, Tool, refused
from core.platform import ai_stream
from core.platform.ai import Message
from core.platform.ai_errors import ModelAnsweredRubbish
from core.platform.ai_stream import Called, Delta, Finished, Limits

PURPOSE = "chat"
UNKNOWN_ITEM = "(an item that is not in your wardrobe)"
"""What the person reads in place of an id that none of their items has."""
_MOST_CALLS = 5
_ANSWER_TOKENS = 1_500
_TURN_TOKENS = 80_000
"""Tokens after which a turn may call no more tools."""
_CUT = " …"
"""What stands behind an answer that had no tokens left."""
_BREAK = "\n\n"
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass
class Answer:
    """What has been said so far, and what it cost in tokens."""

    text: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    spoke: bool = field(default=False)
    """Whether the model call under way has said something."""


@dataclass
class Loop:
    """One turn's thinking. ``ends`` is the moment, of the event loop's clock, at which it must be over."""

    desk: Desk
    tools: Sequence[Tool]
    steps: int
    stall: float
    ends: float
    answer: Answer = field(default_factory=Answer)
    screen: Screen = field(default_factory=lambda: Screen(prompts.SYSTEM))

    async def run(self, messages: list[Message]) -> Answer:
        """Continue ``messages`` until the model has answered.

        Raises:
            ModelUnavailable, ModelRefused, BudgetSpent: as the model's stream does.
            ModelAnsweredRubbish: it said nothing, or wanted only tools.
            AnswerWithheld: it began to recite its instructions.
        """
        nudged = False
        for step in range(self.steps):
            ended = await self._listen(messages, may_call=step < self.steps - 1 and not self._spent)
            if ended.calls:
                messages += await self._carried_out(ended.calls)
            elif self.answer.text.strip():
                return self.answer
            elif nudged:
                break
            else:
                nudged = True
                messages.append({"role": "user", "content": prompts.ANSWER_NOW})
        raise ModelAnsweredRubbish("The stylist found no words. Try again, or ask in another way.")

    @property
    def _spent(self) -> bool:
        return self.answer.prompt_tokens + self.answer.completion_tokens >= _TURN_TOKENS

    async def say(self, text: str) -> None:
        """Show a piece of the answer."""
        if self.answer.text and not self.answer.spoke:
            text = _BREAK + text
        self.answer.spoke = True
        self.answer.text += text
        await tell(self.desk.emit, DeltaEvent(text=text))

    async def _listen(self, messages: list[Message], *, may_call: bool) -> Finished:
        """Hear one model call out, showing what it says; return how it ended."""
        self.answer.spoke, ended = False, None
        said = ai_stream.stream(
            messages,
            user_id=self.desk.user_id,
            purpose=PURPOSE,
            limits=Limits(self._left(), self.stall, _ANSWER_TOKENS),
            tools=[tool.offer for tool in self.tools],
            use_tools=may_call,
        )
        async with aclosing(said):
            async for event in said:
                if isinstance(event, Delta):
                    await self._show(event.text)
                else:
                    ended = event
        await self._pass(self.screen.finish())
        if ended is not None and ended.reason == "length" and self.answer.spoke:
            await self.say(_CUT)
        assert ended is not None, "a stream ends with Finished or an error"  # noqa: S101 - for the type
        self.answer.prompt_tokens += ended.prompt_tokens
        self.answer.completion_tokens += ended.completion_tokens
        return ended if may_call else Finished(ended.reason, (), 0, 0)

    async def _show(self, text: str) -> None:
        await self._pass(_screened(self.screen, text))

    async def _pass(self, segments: Sequence[str | Named]) -> None:
        for segment in segments:
            await self.say(await self._shown(segment))

    async def _shown(self, segment: str | Named) -> str:
        if isinstance(segment, str):
            return segment
        return segment.id if await self.desk.owns(segment.id) else UNKNOWN_ITEM

    async def _carried_out(self, calls: Sequence[Called]) -> list[Message]:
        """Carry out what the model wants called; return its wish and the answers as messages."""
        wish = [_wish(call) for call in calls]
        messages: list[Message] = [{"role": "assistant", "content": None, "tool_calls": wish}]
        for place, call in enumerate(calls):
            result = refused("Too many calls at once.") if place >= _MOST_CALLS else await self._call(call)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result.as_text()})
        return messages

    async def _call(self, call: Called) -> Result:
        """Carry out one call. Arguments are shown to the person only if they fit the tool."""
        tool = next((tool for tool in self.tools if tool.name == call.name), None)
        if tool is None:
            return await self._refuse("unknown", "There is no such tool.")
        try:
            arguments = tool.read(call.arguments)
            shown = await self._marked(arguments.model_dump(mode="json"))
            marked = tool.read(json.dumps(shown))
        except NotDone as wrong:
            return await self._refuse(tool.name, str(wrong))
        await tell(self.desk.emit, ToolCallEvent(name=tool.name, arguments=shown))
        async with asyncio.timeout(self._left()):
            result = await tool.answer(self.desk, marked)
        await self._report(tool.name, result)
        return result

    async def _refuse(self, name: str, reason: str) -> Result:
        await tell(self.desk.emit, ToolCallEvent(name=name, arguments={}))
        result = refused(reason)
        await self._report(name, result)
        return result

    async def _report(self, name: str, result: Result) -> None:
        await tell(self.desk.emit, ToolResultEvent(name=name, ok=result.ok, result=result.data))

    async def _marked(self, value: Any) -> Any:
        """Return what the model wrote as the person may see it: with no ids but those of their items."""
        if isinstance(value, dict):
            return {name: await self._marked(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [await self._marked(inner) for inner in value]
        if not isinstance(value, str):
            return value
        screen = Screen(prompts.SYSTEM)
        segments = [*_screened(screen, value), *screen.finish()]
        return "".join([await self._shown(segment) for segment in segments])

    def _left(self) -> float:
        return max(0.01, self.ends - asyncio.get_running_loop().time())


def _screened(screen: Screen, text: str) -> list[str | Named]:
    try:
        return screen.feed(text)
    except Recited:
        raise AnswerWithheld("The stylist went astray. Ask again, perhaps in other words.") from None


def _wish(call: Called) -> dict[str, Any]:
    """Return the call as part of the conversation; a name no function can have would be refused there."""
    name = call.name if _NAME.fullmatch(call.name) else "unknown"
    return {"id": call.id, "type": "function", "function": {"name": name, "arguments": call.arguments}}
