"""Modules that load when they are first used: nobody can tell, but for when."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a package with two modules, ``bread`` and ``butter``, each of which needs the other."""
    name = f"breakfast_{uuid4().hex}"
    folder = tmp_path / name
    folder.mkdir()
    later = "from core.platform.later import submodules\n__getattr__ = submodules(__name__)\n"
    (folder / "__init__.py").write_text(later)
    (folder / "bread.py").write_text(
        f"from {name} import butter\nslices = 3\ndef spread(): return butter.grams * slices\n"
    )
    (folder / "butter.py").write_text(
        f"from {name} import bread\ngrams = 10\ndef on(): return bread.slices\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    for module in [module for module in sys.modules if module.startswith(name)]:
        del sys.modules[module]


def named(package: str, module: str) -> Any:
    return getattr(__import__(package, fromlist=[module]), module)


def test_a_module_is_loaded_by_the_first_name_asked_of_it(package: str) -> None:
    bread = named(package, "bread")
    assert f"{package}.bread" not in sys.modules
    assert bread.slices == 3
    assert f"{package}.bread" in sys.modules
    assert f"{package}.butter" not in sys.modules, "what it imports is loaded when that is used"
    assert bread.spread() == 30


def test_what_is_set_in_the_module_is_seen_through_its_stand_in_and_the_other_way_round(package: str) -> None:
    bread = named(package, "bread")
    assert bread.slices == 3
    loaded: Any = sys.modules[f"{package}.bread"]
    loaded.slices = 4
    assert (bread.slices, named(package, "butter").on()) == (4, 4)
    bread.slices = 5
    assert loaded.slices == 5


def test_a_name_that_is_no_module_and_one_that_no_module_has_are_refused(package: str) -> None:
    with pytest.raises(ImportError, match="cannot import name 'jam'"):
        exec(f"from {package} import jam")
    with pytest.raises(AttributeError, match=r"bread.* has no attribute 'crust'"):
        named(package, "bread").crust  # noqa: B018


def test_a_module_that_fails_to_load_fails_each_time_with_its_own_error(package: str) -> None:
    Path(str(__import__(package).__file__)).with_name("toast.py").write_text("raise ValueError('burnt')")
    toast = named(package, "toast")
    for _ in range(2):
        with pytest.raises(ValueError, match="burnt"):
            toast.slices  # noqa: B018


def test_threads_that_need_modules_of_each_other_all_get_them(package: str) -> None:
    bread, butter = named(package, "bread"), named(package, "butter")
    start = threading.Barrier(8)

    def eat(number: int) -> Any:
        start.wait(timeout=10)
        return bread.spread() if number % 2 else butter.on()

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(eat, range(8))) == [3] * 4 + [30] * 4
