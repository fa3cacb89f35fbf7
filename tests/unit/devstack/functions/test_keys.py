"""Keys: what each opens, that they last, and that a broken file says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from multidict import CIMultiDict

from devstack.functions.keys import Keys, KeysError, Level
from devstack.functions.messages import HostRequest


def sent(header: str | None = None, code: str | None = None) -> HostRequest:
    url = "http://host/api/x" + (f"?code={code}" if code is not None else "")
    return HostRequest("GET", url, CIMultiDict({"X-Functions-Key": header} if header is not None else {}))


def test_levels(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    own, host = keys.of_function("Books")["default"], keys.host()["default"]
    system = keys.system_key("durabletask_extension")
    assert keys.level(sent(header=keys.master), "books") == (Level.ADMIN, "_master")
    assert keys.level(sent(code=own), "books")[0] is Level.FUNCTION
    assert keys.level(sent(code=own), "others")[0] is Level.ANONYMOUS
    assert keys.level(sent(code=host), "others")[0] is Level.FUNCTION
    assert keys.level(sent(code=system)) == (Level.SYSTEM, "durabletask_extension")
    for wrong in ("", "x", keys.master[:-1], keys.master + "x", "ключ"):
        assert keys.level(sent(code=wrong), "books")[0] is Level.ANONYMOUS
    assert keys.level(sent(), "books")[0] is Level.ANONYMOUS


def test_the_header_goes_first(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    assert keys.level(sent(header="wrong", code=keys.master))[0] is Level.ANONYMOUS


def test_keys_last_and_are_private(tmp_path: Path) -> None:
    first = Keys(tmp_path)
    function = first.of_function("books")["default"]
    first.put(first.host(), "mobile", "chosen")
    again = Keys(tmp_path)
    assert (again.master, again.of_function("BOOKS")["default"], again.host()["mobile"]) == (
        first.master,
        function,
        "chosen",
    )
    assert again.path.stat().st_mode & 0o077 == 0
    assert again.remove(again.host(), "mobile")
    assert "mobile" not in Keys(tmp_path).host()
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


@pytest.mark.parametrize("content", ["{", "[]", '{"unknown": 1}'])
def test_a_broken_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)
    with pytest.raises(KeysError, match=r"secrets\.json"):
        Keys(tmp_path)
