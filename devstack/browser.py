"""A real browser for the tests that need one: Debian's Chromium, headless, with a profile of its own.

``python -m devstack.browser`` installs it through apt where that is possible (as root on Debian or Ubuntu).
Nothing but browser tests needs it; where it is missing they say so and are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "there is no Chromium: apt-get install chromium"
_FLAGS = (
    "--headless",
    "--no-sandbox",  # as root there is none; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_INSTALL_SECONDS = 300
_STOP_SECONDS = 10


def find() -> Path | None:
    """Return the browser's executable, ``None`` where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def install() -> Path | None:
    """Return the browser, installed through apt if need be and possible; ``None`` where it is not."""
    if (there := find()) is not None:
        return there
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    print("installing Chromium for the browser tests; up to a minute ...", flush=True)
    with suppress(subprocess.TimeoutExpired):  # without packages the tests are skipped, not broken
        for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", *command],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_INSTALL_SECONDS,
                check=False,
            )
    return find()


@contextmanager
def showing(url: str, browser: Path, profile: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Show ``url`` until the block is left; ``profile`` is a folder for its data, and gets its log."""
    profile.mkdir(parents=True, exist_ok=True)
    with (profile / "chromium.log").open("wb") as log:
        started = subprocess.Popen(
            [browser, *_FLAGS, f"--user-data-dir={profile / 'data'}", url],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


if __name__ == "__main__":
    if install() is None:
        print(f"the browser tests will be skipped: {MISSING}")
