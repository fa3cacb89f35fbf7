"""The running app keeps its contract whatever it is sent: schemathesis over docs/openapi.json, all checks on.

The short form runs with all tests; ``make fuzz`` adds the coverage and stateful phases and more examples.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from devstack.openapi import TARGET
from tests.fixtures.app import FunctionsHost
from tests.scale import scale

HERE = Path(__file__).parent
PHASES = os.environ.get("FUZZ_PHASES", "fuzzing")
SINGLE = PHASES.removesuffix(",stateful")
"""The phases that need no operations which lead to one another."""
EXAMPLES = str(scale("FUZZ_EXAMPLES"))
SECONDS = scale("FUZZ_SECONDS")
LEAVING = ("erase_me", "auth_end_sessions", "auth_end_session", "auth_logout")
"""Operations that end the session of who asks: tried by somebody whom no other test needs."""
SEED = str(scale("FUZZ_SEED"))


async def fuzz(url: str, *options: str, phases: str = PHASES) -> tuple[int, str]:
    """Run schemathesis against ``url``; return its exit code (a kill's where it takes too long) and words."""
    schemathesis = Path(sys.executable).with_name("schemathesis")
    command = [
        *(str(schemathesis), "--no-color", "--config-file", str(HERE / "schemathesis.toml")),
        *("run", str(TARGET), "--url", url, "--checks", "all", "--mode", "all", "--warnings", "off"),
        *("--phases", phases, "--max-examples", EXAMPLES, "--seed", SEED, "--request-timeout", "40"),
        *options,
    ]
    with TemporaryFile() as printed:
        running = await asyncio.create_subprocess_exec(
            *command,
            cwd=HERE.parents[1],
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.contract.hooks"},
            stdout=printed,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            code = await asyncio.wait_for(running.wait(), SECONDS)
        except TimeoutError:
            running.kill()
            code = await running.wait()
        printed.seek(0)
        return code, printed.read().decode()


def told(code: int, printed: str) -> str:
    """Return the summary, or everything where something was found or it took too long."""
    return printed if code else printed[printed.find("API Operations") :]


def counts(printed: str) -> tuple[int, int]:
    """Return how many operations there are and how many were tried."""
    selected, tried = re.findall(r"(?:Selected|Tested): (\d+)", printed)
    return int(selected.split("/")[0]), int(tried)


def chosen(how: str, operations: Iterable[str]) -> list[str]:
    return [option for operation in operations for option in (f"--{how}-operation-id", operation)]


async def signed_in(api: ClientSession, email: str) -> list[str]:
    async with api.post("/api/auth/local", json={"email": email}) as answer:
        return ["-H", f"Authorization: Bearer {(await answer.json())['access_token']}"]


@pytest.mark.timeout(SECONDS + 30)
async def test_the_contract_holds_for_an_administrator_somebody_who_leaves_and_nobody(
    functions_host: FunctionsHost, api: ClientSession
) -> None:
    administrator = await signed_in(api, "admin@example.org")
    leaver = await signed_in(api, f"{uuid4()}@example.org")
    runs = await asyncio.gather(
        fuzz(functions_host.url, *administrator, *chosen("exclude", LEAVING)),
        fuzz(functions_host.url, *leaver, *chosen("include", LEAVING), phases=SINGLE),
        fuzz(functions_host.url),
    )
    for code, printed in runs:
        sys.stdout.write(told(code, printed))
        assert code == 0
        selected, tried = counts(printed)
        assert selected == tried > 0
