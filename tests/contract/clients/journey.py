"""The journey of docs/clients.md with the generated Python client alone: ``journey.py URL EMAIL PHOTO``."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from pluckit_client import AuthenticatedClient, Client
from pluckit_client.api.auth import auth_local
from pluckit_client.api.chat import chat_post
from pluckit_client.api.digest import get_latest_digest, run_digest
from pluckit_client.api.jobs import get_job
from pluckit_client.api.media import process_image
from pluckit_client.api.taste import (
    answer_taste_quiz,
    complete_taste_quiz,
    get_taste_profile,
    start_taste_quiz,
)
from pluckit_client.api.vault import add_vault_item, get_vault_item, log_vault_wear
from pluckit_client.models import (
    Answer,
    DeltaEvent,
    ItemColourInput,
    JobView,
    LocalSignIn,
    NewAnswer,
    NewItem,
    NewQuiz,
    NewTurn,
    NewWear,
    Problem,
    ProcessImageFilesBody,
)
from pluckit_client.types import File


def got[T](answer: T | Problem | None) -> T:
    """Return what was asked for; a problem says what to fix."""
    if answer is None or isinstance(answer, Problem):
        raise SystemExit(f"refused: {answer}")
    return answer


def over(api: AuthenticatedClient, job_id: str) -> JobView:
    """Poll a job until it is over."""
    while True:
        answer = get_job.sync_detailed(job_id, client=api)
        if answer.status_code != 202:
            return got(answer.parsed)
        time.sleep(0.1)


def said(stream: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of a stream with their data; a heartbeat is a block without an event."""
    for found in re.finditer(r"^event: (.*)\ndata: (.*)$", stream, re.MULTILINE):
        yield found[1], json.loads(found[2])


def main(url: str, email: str, photo: str) -> None:
    tokens = got(auth_local.sync(client=Client(url, timeout=60), body=LocalSignIn(email=email)))
    api = AuthenticatedClient(url, token=tokens.access_token, timeout=60, raise_on_unexpected_status=True)

    file = File(payload=BytesIO(Path(photo).read_bytes()), file_name="shirt.jpg", mime_type="image/jpeg")
    image = got(process_image.sync(client=api, body=ProcessImageFilesBody(image=file)))
    sand = ItemColourInput(hex_="#c8b68f")
    shirt = NewItem(name="Linen shirt", category="tops", colours=[sand], image_id=image.image_id)
    item = got(add_vault_item.sync(client=api, body=shirt))
    worn = got(log_vault_wear.sync(item.id, client=api, body=NewWear()))
    print(f"wears {worn.wear_count}")

    quiz = got(start_taste_quiz.sync(client=api, body=NewQuiz()))
    while quiz.card is not None:
        answer = NewAnswer(card_id=quiz.card.card_id, answer=Answer.LIKE)
        quiz = got(answer_taste_quiz.sync(quiz.quiz_id, client=api, body=answer))
    job = over(api, got(complete_taste_quiz.sync(quiz.quiz_id, client=api)).job_id)
    taste = got(get_taste_profile.sync(client=api))
    print(f"quiz {job.status}, opinions {'some' if taste.opinions['quiz'] else 'none'}")

    turn = str(got(chat_post.sync(client=api, body=NewTurn(message="What suits a warm evening?"))))
    events = list(said(turn))
    words = "".join(DeltaEvent.from_dict(data).text for event, data in events if event == "delta")
    print(f"chat {events[-1][0]}, {'words' if words else 'silence'}")

    over(api, got(run_digest.sync(client=api)).job_id)
    digest = got(get_latest_digest.sync(client=api))
    print("digest", "read" if digest.editorial.paragraphs else "empty")
    refused = get_vault_item.sync(job.job_id, client=api)
    print("problem", refused.type_ if isinstance(refused, Problem) else refused)


if __name__ == "__main__":
    main(*sys.argv[1:])
