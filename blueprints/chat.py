"""Chat over HTTP: a turn is posted once, and read while it is written by whoever has its id or a ticket."""

from __future__ import annotations

from collections.abc import Callable

import azure.functions as func

from blueprints import access
from core import chat, media
from core.platform import ai_errors
from core.platform.http import Call, Reply, endpoint


def turns_of(stylist: Callable[[], chat.RunTurn]) -> func.Blueprint:
    """Return the blueprint of turns that ``stylist()`` answers."""
    bp = func.Blueprint()

    @bp.route(route="api/chat", methods=["POST"])
    @endpoint(
        auth=access.user,
        returns=lambda: {200: chat.MEDIA_TYPE},
        samples=lambda: {chat.MEDIA_TYPE: chat.EXAMPLE},
        events=lambda: chat.EVENTS,
        rate="model",
        problems=lambda: [
            chat.TurnNotFound,
            chat.ConversationNotFound,
            media.PictureNotFound,
            chat.TurnIdReused,
            chat.TooManyTurns,
            chat.TurnStillRunning,
            ai_errors.BudgetSpent,
        ],
        sends=["Idempotent-Replayed"],
    )
    async def chat_post(call: Call[chat.NewTurn]) -> Reply:
        """Ask the stylist; the answer is the whole turn as an event stream.

        The same `turn_id` again replays the recorded turn. While it is written, read it at its events.
        """
        turn = chat.Turn.of(call.user, call.body, key=call.idempotency_key)
        return _whole(await chat.post_turn(turn, stylist()))

    @bp.route(route="api/chat/turns/{turn_id:guid}/events", methods=["GET", "HEAD"])
    @endpoint(
        auth=access.ticket_or_user,
        returns=lambda: {200: chat.MEDIA_TYPE, 204: None},
        samples=lambda: {chat.MEDIA_TYPE: chat.EXAMPLE},
        events=lambda: chat.EVENTS,
        problems=lambda: [chat.TurnNotFound, chat.InvalidOffset],
    )
    async def chat_turn_events(call: Call[None, chat.EventsQuery, chat.TurnPath]) -> Reply:
        """The turn while it is written: what comes after `Last-Event-ID`, as soon as there is any.

        Made for `EventSource`, which comes back by itself; 204 after the last event ends it. An event `turn`
        begins the answer, also when it is begun anew: forget what was shown of it before.
        """
        stream = await chat.events_of(
            call.user,
            call.path.turn_id,
            call.headers.get("last-event-id"),
            call.query.last_event_id,
            wait=call.method == "GET",
        )
        return Reply.no_content() if stream is None else Reply.file(stream, chat.CONTENT_TYPE)

    @bp.route(route="api/chat/turns/{turn_id:guid}/ticket", methods=["POST"])
    @endpoint(auth=access.user, returns=lambda: {200: chat.Ticket}, problems=lambda: [chat.TurnNotFound])
    async def chat_turn_ticket(call: Call[None, None, chat.TurnPath]) -> chat.Ticket:
        """A link to the turn's events that needs no header, good for ten minutes, also before the post."""
        return await chat.ticket_for(call.user, call.path.turn_id)

    @bp.route(route="api/chat/turns/{turn_id:guid}/feedback", methods=["POST"])
    @endpoint(
        auth=access.user, returns=lambda: {200: chat.TurnFeedback}, problems=lambda: [chat.TurnNotFound]
    )
    async def chat_turn_feedback(call: Call[chat.TurnFeedback, None, chat.TurnPath]) -> chat.TurnFeedback:
        """Say whether a finished answer was a good one; said again, the last word counts."""
        return await chat.give_feedback(call.user, call.path.turn_id, call.body)

    return bp


def _whole(answer: chat.Answer) -> Reply:
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    return Reply.file(answer.stream, chat.CONTENT_TYPE, headers=headers)
