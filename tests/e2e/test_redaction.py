"""Nothing a person sends or holds shows in the host's log, also when everything behind it fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, FormData

from tests.fixtures.app import FunctionsHost
from tests.fixtures.faults import Emulator

PHOTO = Path(__file__).parents[1] / "data" / "astronaut-sideways-gps.jpg"


class Planter:
    """A person whose every word is a secret of its own."""

    def __init__(self, api: ClientSession) -> None:
        self.api = api
        self.planted: list[str] = []
        self.answers: list[tuple[int, str]] = []
        self.token = ""

    def secret(self) -> str:
        self.planted.append(f"planted{uuid4().hex}")
        return self.planted[-1]

    async def post(self, path: str, *, token: str | None = None, **sent: Any) -> str:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        async with self.api.post(path, headers=headers, **sent) as answer:
            text = await answer.text()
            self.answers.append((answer.status, text))
            return text

    async def sign_in(self) -> None:
        async with self.api.post("/api/auth/local", json={"email": f"{self.secret()}@example.org"}) as answer:
            tokens = await answer.json()
        self.token = tokens["access_token"]
        self.planted += [self.token, tokens["refresh_token"]]


async def test_planted_secrets_do_not_show_in_the_log_or_in_problems(
    functions_host: FunctionsHost, api: ClientSession, model: Emulator, segmentation: Emulator
) -> None:
    before = functions_host.log.stat().st_size
    somebody = Planter(api)
    await somebody.sign_in()

    await model.fail("server_error", times=None)
    await segmentation.fail("error", times=None)
    await somebody.post("/api/chat", json={"message": f"I love {somebody.secret()}"})
    photo = FormData()
    photo.add_field("image", PHOTO.read_bytes(), filename=f"{somebody.secret()}.jpg")
    await somebody.post("/api/process-image", data=photo)
    failures = list(somebody.answers)

    await model.reset()
    await somebody.post("/api/chat", json={"message": f"And now {somebody.secret()}, please"})
    await somebody.post("/api/vault/items", json={"name": "Coat", "category": somebody.secret()})
    await somebody.post("/api/vault/items", json={"name": 7, somebody.secret(): somebody.secret()})
    await somebody.post("/api/vault/items", data=somebody.secret(), params={"key": somebody.secret()})
    await somebody.post("/api/auth/refresh", json={"refresh_token": somebody.secret()})
    await somebody.post("/api/vault/import", data=f"name\n{somebody.secret()}\n")
    await somebody.post("/api/taste/quiz", token=somebody.secret(), json={})

    with functions_host.log.open() as log:
        log.seek(before)
        written = log.read()
    chat, photo_answer = failures
    assert "event: error" in chat[1]
    assert photo_answer[0] == 503
    assert "vault_add" in written or "add_vault_item" in written
    assert [secret for secret in somebody.planted if secret in written] == []
    problems = [text for status, text in somebody.answers if status >= 400]
    assert len(problems) >= 6
    assert [text for text in problems if somebody.token in text or "Traceback" in text] == []
