"""The browser is found, or its absence is told; nothing is installed where that cannot work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devstack import browser


def test_the_first_known_name_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find() is None
    for name in reversed(browser.NAMES):
        (tmp_path / name).touch(mode=0o755)
        assert browser.find() == tmp_path / name
    assert browser.install() == tmp_path / browser.NAMES[0]


def test_without_apt_or_rights_nothing_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.install() is None
    (tmp_path / "apt-get").touch(mode=0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert browser.install() is None


def test_an_apt_that_fails_leaves_no_browser_and_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\nexit 100\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert browser.install() is None
