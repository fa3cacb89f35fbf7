"""Modules that load when they are first used, so that indexing the app loads none of them (ADR 0013).

``from core import vault`` gives a stand-in, which the import system replaces by the module at the first name
that is asked of it. ``importlib.util.LazyLoader`` is not used: it puts the unloaded module where other
imports find it, under a lock that the import system does not know, so that two threads can wait for each
other for good.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any


class _Later:
    """A module that may not be loaded yet; once it is, their names are the same ones."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        module = import_module(self.__name__)
        self.__dict__ = module.__dict__
        return getattr(module, name)


def submodules(package: str) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of ``package`` (PEP 562): its submodules, by name, each loaded when used."""

    def named(name: str) -> Any:
        if find_spec(f"{package}.{name}") is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        later = _Later(f"{package}.{name}")
        setattr(sys.modules[package], name, later)
        return later

    return named
