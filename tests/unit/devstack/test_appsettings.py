"""Which value of a setting wins, and what a first run writes."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from devstack import appsettings
from devstack.process import StackError


def test_an_emulator_gives_way_only_to_a_choice() -> None:
    shipped = {"A": "example", "B": "", "C": "example", "D": "example", "NEW": "since"}
    values = {"A": "example", "B": "", "C": "chosen", "OWN": "kept"}
    offered = {"A": "emulator", "B": "emulator", "C": "emulator", "D": "emulator"}
    assert appsettings.effective(values, shipped, offered) == {
        "A": "emulator",
        "B": "emulator",
        "C": "chosen",
        "D": "emulator",
        "OWN": "kept",
        "NEW": "since",
    }


def _write(file: Path, **values: str) -> None:
    file.write_text(json.dumps({"Values": values}))


def test_a_first_run_writes_the_example_with_secrets_of_its_own(tmp_path: Path) -> None:
    _write(tmp_path / appsettings.EXAMPLE, URL_SIGNING_KEY="", AUTH_SIGNING_KEYS="", PLAIN="x", EMPTY="")
    said: list[str] = []
    appsettings.ensure(tmp_path, said.append)
    made = appsettings.written(tmp_path)
    assert made.keys() == {"URL_SIGNING_KEY", "AUTH_SIGNING_KEYS", "PLAIN", "EMPTY"}
    assert len(made["URL_SIGNING_KEY"]) >= 32
    assert json.loads(made["AUTH_SIGNING_KEYS"])[0]["crv"] == "Ed25519"
    assert (made["PLAIN"], made["EMPTY"]) == ("x", "")
    assert stat.S_IMODE((tmp_path / "local.settings.json").stat().st_mode) == 0o600
    assert "AUTH_SIGNING_KEYS, URL_SIGNING_KEY" in said[0]
    assert made["URL_SIGNING_KEY"] not in said[0]
    appsettings.ensure(tmp_path, said.append)
    assert appsettings.written(tmp_path) == made
    assert len(said) == 1


def test_a_secret_that_came_later_is_added_and_all_else_kept(tmp_path: Path) -> None:
    _write(tmp_path / appsettings.EXAMPLE, URL_SIGNING_KEY="", AUTH_SIGNING_KEYS="")
    old = {"Host": {"LocalHttpPort": 7072}, "Values": {"AUTH_SIGNING_KEYS": "mine", "OWN": "1"}}
    (tmp_path / "local.settings.json").write_text(json.dumps(old))
    said: list[str] = []
    appsettings.ensure(tmp_path, said.append)
    now = json.loads((tmp_path / "local.settings.json").read_text())
    assert now["Host"] == old["Host"]
    assert len(now["Values"].pop("URL_SIGNING_KEY")) >= 32
    assert now["Values"] == old["Values"]
    assert said == ["added new secrets to local.settings.json: URL_SIGNING_KEY"]


def test_the_personal_file_wins(tmp_path: Path) -> None:
    _write(tmp_path / "local.settings.json", A="1", B="1")
    _write(tmp_path / "local.settings.local.json", B="2")
    assert appsettings.written(tmp_path) == {"A": "1", "B": "2"}


@pytest.mark.parametrize("text", ["", "[]", '{"Values": 3}', "{}"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "local.settings.json").write_text(text)
    with pytest.raises(StackError, match=r"local\.settings\.json is not JSON with an object"):
        appsettings.written(tmp_path)


def test_a_value_is_read_as_the_functions_host_reads_it(tmp_path: Path) -> None:
    marked = '\ufeff{"Values": {"ON": true, "SIZE": 3}}'  # as an editor on Windows saves it
    (tmp_path / "local.settings.json").write_text(marked)
    assert appsettings.written(tmp_path) == {"ON": "true", "SIZE": "3"}
    (tmp_path / "local.settings.json").write_text('{"Values": {"ADMIN_USER_IDS": ["ann"]}}')
    with pytest.raises(StackError, match=r"ADMIN_USER_IDS must be a string, not list"):
        appsettings.written(tmp_path)


def test_a_misspelt_setting_is_pointed_out(tmp_path: Path) -> None:
    _write(tmp_path / appsettings.EXAMPLE, COSMOS_DB_ENDPOINT="", OPENAI_BASE_URL="")
    _write(tmp_path / "local.settings.json", COSMOS_DB_ENDPIONT="https://x", AzureWebJobsFeatureFlags="y")
    said: list[str] = []
    appsettings.ensure(tmp_path, said.append)
    assert said == ["COSMOS_DB_ENDPIONT is no setting of this app: is COSMOS_DB_ENDPOINT meant?"]
