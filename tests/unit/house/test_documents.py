"""Settings and problems are documented, and what is documented exists."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from core.platform import settings
from core.platform.errors import DomainError
from devstack import settings_page

ROOT = Path(__file__).parents[3]
OF_THE_PLATFORM = {"AzureWebJobsStorage"}
"""Settings the Functions host reads, not the app."""
GIVEN_BY_AZURE = {"WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID"}
"""Settings the platform puts there; nobody sets them."""


def declared() -> set[str]:
    return {str(f.alias) for kind in settings.Settings.__subclasses__() for f in kind.model_fields.values()}


def table(document: str) -> list[str]:
    """Return the first cell, a code span, of every table row of a page."""
    return re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / document).read_text(), re.MULTILINE)


def test_every_setting_is_in_the_example_and_none_besides() -> None:
    example = json.loads((ROOT / "local.settings.json.example").read_text())["Values"]
    assert set(example) - OF_THE_PLATFORM == declared() - GIVEN_BY_AZURE


def test_every_setting_is_in_the_operations_page_and_none_besides() -> None:
    documented = [name for name in table("operations.md") if re.fullmatch(r"[A-Za-z_]+", name)]
    assert set(documented) == declared() | OF_THE_PLATFORM
    assert len(documented) == len(set(documented))


def test_the_settings_tables_are_not_stale() -> None:
    assert settings_page.PAGE.read_text() == settings_page.rendered(), "run `make docs`"


def problems(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from problems(kind)


def test_every_problem_is_documented_and_every_documented_one_exists() -> None:
    for path in [*(ROOT / "core").rglob("*.py")]:
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    kinds: list[type[DomainError]] = [DomainError, *problems()]
    deployed = {kind.slug for kind in kinds if kind.__module__.startswith("core.")}
    assert deployed == set(table("problems.md"))


def test_every_slug_has_one_title() -> None:
    titles: dict[str, set[str]] = {}
    for kind in problems():
        if kind.__module__.startswith("core."):
            titles.setdefault(kind.slug, set()).add(kind.title)
    assert {slug: names for slug, names in titles.items() if len(names) > 1} == {}
