"""Chat over HTTP: a turn is posted once, and read while it is written by whoever has its id or a ticket."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import azure.functions as func
from pydantic import Field

from core import chat
from core.chat import Answer, NewTurn, RunTurn, Ticket, Turn, TurnFeedback
from core.identity import Auth
from core.media import PictureNotFound
from core.platform.examples import given_by, left_out
from core.platform.http import Call, Reply, endpoint
from core.platform.models import Wire


class TurnPath(Wire):
    """The id of a turn."""

    turn_id: Annotated[UUID, given_by("get_conversation", "/turns/0/turn_id")]


LinkPart = Annotated[str | None, left_out("Part of a ticket, which is followed as it is.")]


class EventsQuery(Wire):
    """Where to read on, and what a ticket carries."""

    last_event_id: Annotated[
        str | None, Field(description="As `Last-Event-ID`, which wins.", examples=["0"])
    ] = None
    uid: Annotated[LinkPart, Field(description="Whose turn; of a ticket.")] = None
    exp: Annotated[LinkPart, Field(description="Unix seconds at which the ticket ends.")] = None
    sig: Annotated[LinkPart, Field(description="Signature over path and the other parameters.")] = None


def turns_of(stylist: RunTurn) -> func.Blueprint:
    """Return the blueprint of turns that ``stylist`` answers."""
    bp = func.Blueprint()

    @bp.route(route="api/chat", methods=["POST"])
    @endpoint(
        auth=Auth.USER,
        body=NewTurn,
        returns={200: chat.MEDIA_TYPE},
        samples={chat.MEDIA_TYPE: chat.EXAMPLE},
        rate="model",
        problems=[
            chat.TurnNotFound,
            chat.ConversationNotFound,
            PictureNotFound,
            chat.TurnIdReused,
            chat.TooManyTurns,
            chat.TurnStillRunning,
        ],
    )
    async def chat_post(call: Call[NewTurn]) -> Reply:
        """Ask the stylist; the answer is the whole turn as an event stream.

        The same `turn_id` again replays the recorded turn. While it is written, read it at its events.
        """
        turn = Turn.of(call.user, call.body, key=call.idempotency_key)
        return _whole(await chat.post_turn(turn, stylist))

    @bp.route(route="api/chat/turns/{turn_id:guid}/events", methods=["GET", "HEAD"])
    @endpoint(
        auth=chat.TicketOrUser(),
        path=TurnPath,
        query=EventsQuery,
        returns={200: chat.MEDIA_TYPE, 204: None},
        samples={chat.MEDIA_TYPE: chat.EXAMPLE},
        problems=[chat.TurnNotFound, chat.InvalidOffset],
    )
    async def chat_turn_events(call: Call[None, EventsQuery, TurnPath]) -> Reply:
        """The turn while it is written: what comes after `Last-Event-ID`, as soon as there is any.

        Made for `EventSource`, which comes back by itself; 204 after the last event ends it. An event `turn`
        begins the answer, also when it is begun anew: forget what was shown of it before.
        """
        stream = await chat.events_of(
            call.user,
            str(call.path.turn_id),
            call.headers.get("last-event-id"),
            call.query.last_event_id,
            wait=call.method == "GET",
        )
        return Reply.no_content() if stream is None else Reply.file(stream, chat.CONTENT_TYPE)

    @bp.route(route="api/chat/turns/{turn_id:guid}/ticket", methods=["POST"])
    @endpoint(auth=Auth.USER, path=TurnPath, returns={200: Ticket}, problems=[chat.TurnNotFound])
    async def chat_turn_ticket(call: Call[None, None, TurnPath]) -> Ticket:
        """A link to the turn's events that needs no header, good for ten minutes, also before the post."""
        return await chat.ticket_for(call.user, str(call.path.turn_id))

    @bp.route(route="api/chat/turns/{turn_id:guid}/feedback", methods=["POST"])
    @endpoint(
        auth=Auth.USER,
        body=TurnFeedback,
        path=TurnPath,
        returns={200: TurnFeedback},
        problems=[chat.TurnNotFound],
    )
    async def chat_turn_feedback(call: Call[TurnFeedback, None, TurnPath]) -> TurnFeedback:
        """Say whether a finished answer was a good one; said again, the last word counts."""
        return await chat.give_feedback(call.user, str(call.path.turn_id), call.body)

    return bp


def _whole(answer: Answer) -> Reply:
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    return Reply.file(answer.stream, chat.CONTENT_TYPE, headers=headers)
