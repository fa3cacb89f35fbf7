"""Reads an orchestrator's source for what would differ on replay: clock, chance, I/O, settings, logging.

A plain generator counts as an orchestrator too: it is what several of them share by ``yield from``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

IMPURE_MODULES = {
    "asyncio", "datetime", "logging", "os", "pathlib", "random", "requests", "secrets", "socket",
    "subprocess", "threading", "time", "urllib", "uuid",
    "aiohttp", "azure.cosmos", "azure.identity", "azure.storage", "openai",
    "core.platform.ai", "core.platform.clock", "core.platform.cosmos", "core.platform.settings",
    "core.platform.storage", "core.platform.web",
}  # fmt: skip
IMPURE_BUILTINS = {"open", "print", "input", "exec", "eval"}
IMPURE_CALLS = {"new_id"}
PURE_OF_IMPURE = {"datetime.timedelta", "datetime.datetime", "datetime.UTC"}
CLOCKS = {"now", "utcnow", "today"}


def orchestrators(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield what an ``orchestration_trigger`` or ``entity_trigger`` decorator makes, and plain generators."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            named = {_method(decorator) for decorator in node.decorator_list}
            if named & {"orchestration_trigger", "entity_trigger"} or _is_plain_generator(node):
                yield node


def _is_plain_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    yields = any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node))
    return isinstance(node, ast.FunctionDef) and yields


def impurities(source: str) -> list[str]:
    """Return what each orchestrator in ``source``, and every function of the module it calls, may not do."""
    tree = ast.parse(source)
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    origins = dict(_origins(tree))
    return [
        f"{root.name}, line {line}: {what}"
        for root in orchestrators(tree)
        for reached in _reached(root, functions)
        for line, what in _impure(reached, origins)
    ]


def _reached(root: ast.AST, functions: Mapping[str, ast.AST]) -> list[ast.AST]:
    """Return ``root`` and the module's functions reached by name from it."""
    found: list[ast.AST] = []
    queue = [root]
    while queue:
        node = queue.pop()
        if node in found:
            continue
        found.append(node)
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        queue += [functions[name] for name in used & functions.keys()]
    return found


def _impure(node: ast.AST, origins: dict[str, str]) -> Iterator[tuple[int, str]]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.AsyncFunctionDef | ast.Await):
            yield inner.lineno, "async code is not replayed"
        if isinstance(inner, ast.Global | ast.Nonlocal):
            yield inner.lineno, "keeps state outside the context"
        if isinstance(inner, ast.Import | ast.ImportFrom):
            yield inner.lineno, "imports while replaying"
        if isinstance(inner, ast.Name):
            what = _named(inner.id, origins)
            if what:
                yield inner.lineno, f"uses {what}"
        if isinstance(inner, ast.Attribute) and inner.attr in CLOCKS and isinstance(inner.value, ast.Name):
            yield inner.lineno, f"reads the clock by .{inner.attr}"


def _named(name: str, origins: dict[str, str]) -> str | None:
    origin = origins.get(name)
    if origin is None:
        return name if name in IMPURE_BUILTINS else None
    if origin in PURE_OF_IMPURE:
        return None
    roots = {origin, *(origin[:i] for i, letter in enumerate(origin) if letter == ".")}
    return origin if roots & IMPURE_MODULES or name in IMPURE_CALLS else None


def _origins(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((a.asname or a.name.split(".")[0], a.name) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((a.asname or a.name, f"{node.module}.{a.name}") for a in node.names)


def _method(node: ast.expr) -> str | None:
    """Return the method that is called, ``None`` where ``node`` calls none."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr
    return None
