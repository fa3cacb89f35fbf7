"""The import rule of the design, read from the source: never upwards, SDKs only where they belong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DEPLOYED = ("core", "blueprints", "orchestrations")
LAYERS = {"function_app": 3, "blueprints": 2, "orchestrations": 2, "core": 1, "platform": 0}
HTTP = "core.platform.http"


def imports(source: str) -> Iterator[str]:
    """Yield every imported module, those inside functions too; ``from a import b`` gives ``a.b``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide who imports whom"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module: str) -> int | None:
    if module.startswith("core.platform"):
        return LAYERS["platform"]
    return LAYERS.get(module.split(".")[0])


def violations(module: str, imported: str) -> Iterator[str]:
    mine, theirs = layer(module), layer(imported)
    here, there = module.split("."), imported.split(".")
    if there[0] in {"devstack", "bench", "tests"}:
        yield f"{module} imports {imported}: nothing deployed imports it"
    if mine is not None and theirs is not None and theirs > mine:
        yield f"{module} imports {imported}: that is upwards"
    if imported.startswith("azure.durable_functions") or there[0] == "durabletask":
        if here[0] not in {"orchestrations", "blueprints", "function_app"}:
            yield f"{module} imports {imported}: only orchestrations and blueprints may"
    elif imported.startswith("azure.functions") and not (
        here[0] in {"orchestrations", "blueprints", "function_app"} or module.startswith(HTTP)
    ):
        yield f"{module} imports {imported}: only blueprints, orchestrations and {HTTP} may"
    crosses = mine == 1 and theirs == 1 and here[1] != there[1]
    if crosses and len(there) > 2 and (ROOT / "/".join(there[:3])).with_suffix(".py").exists():
        yield f"{module} imports {imported}: reach a domain through its public module"


def deployed_modules() -> Iterator[tuple[str, Path]]:
    yield "function_app", ROOT / "function_app.py"
    for folder in DEPLOYED:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


@pytest.mark.parametrize(("module", "path"), [pytest.param(m, p, id=m) for m, p in deployed_modules()])
def test_deployed_modules_import_only_downwards(module: str, path: Path) -> None:
    found = [v for imported in imports(path.read_text()) for v in violations(module, imported)]
    assert found == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core.vault.service", "from blueprints import vault"),
        ("core.platform.cosmos", "from core.vault import Item"),
        ("core.vault.service", "import azure.functions as func"),
        ("core.platform.storage", "import azure.functions"),
        ("core.platform.http.endpoint", "import azure.durable_functions"),
        ("core.taste.jobs", "from durabletask import task"),
        ("core.vault.service", "from core.media.repository import load"),
        ("core.vault.service", "def f():\n    from core.media.service import get"),
        ("blueprints.vault", "from devstack import stack"),
        ("blueprints.vault", "import function_app"),
        ("core.platform.ids", "import tests.flatlay"),
    ],
)
def test_a_planted_violation_is_found(module: str, line: str) -> None:
    assert [v for imported in imports(line) for v in violations(module, imported)]
