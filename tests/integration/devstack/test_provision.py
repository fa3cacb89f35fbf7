"""What stands in the way of an app's accounts is said in sentences that name it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from devstack import ports
from devstack.process import REPOSITORY
from devstack.stack import Stack


def _refusal(stack: Stack, **values: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "devstack.provision", "--check-settings"],
        cwd=REPOSITORY,
        env={**os.environ, **stack.settings, **values},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr


def test_every_wrong_setting_is_named_before_anything_starts(stack: Stack) -> None:
    words = _refusal(stack, TASTE_JOB_MAX_RETRIES="many", OIDC_ISSUERS="google")
    assert len(words.splitlines()) == 2
    assert "TASTE_JOB_MAX_RETRIES: Input should be a valid integer" in words
    assert "OIDC_ISSUERS: " in words


def test_what_cannot_be_made_is_named(stack: Stack) -> None:
    words = _refusal(stack, TASTE_JOB_QUEUE_NAME="My Queue!")
    assert words.startswith("cannot provision: queue 'My Queue!")
    assert len(words.splitlines()) == 1


def test_another_app_needs_none_of_ours(tmp_path: Path) -> None:
    only = ("azurite", "cosmos")
    with Stack(tmp_path / "state", asked=ports.spares(), only=only, app_dir=tmp_path, values={}) as other:
        assert "AUTH_SIGNING_KEYS" not in other.settings
