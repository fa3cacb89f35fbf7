"""Orchestrators are pure, and the reader that says so can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import purity

ROOT = Path(__file__).parents[3]
PLANTED = """
import {module}
import azure.durable_functions as df
from datetime import datetime, timedelta
bp = df.Blueprint()

def helper(context):
    {inside_helper}

@bp.orchestration_trigger(context_name="context")
def flow(context):
    {inside}
    helper(context)
    yield context.create_timer(context.current_utc_datetime + timedelta(seconds=5))
"""


def planted(inside: str = "pass", inside_helper: str = "pass", module: str = "math") -> str:
    return PLANTED.format(inside=inside, inside_helper=inside_helper, module=module)


@pytest.mark.parametrize("path", sorted((ROOT / "orchestrations").rglob("*.py")), ids=lambda p: p.stem)
def test_orchestrators_are_pure(path: Path) -> None:
    assert purity.impurities(path.read_text()) == []


def test_a_generator_that_orchestrators_share_is_read_too() -> None:
    shared = "import time\ndef pause(flow):\n    yield flow.create_timer(time.time())\n"
    assert any("uses time" in impurity for impurity in purity.impurities(shared))


def test_a_pure_orchestrator_passes() -> None:
    assert purity.impurities(planted("x = math.sqrt(2)")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (planted("t = time.time()", module="time"), "uses time"),
        (planted("r = random.random()", module="random"), "uses random"),
        (planted("d = datetime.now()"), "reads the clock"),
        (planted("v = os.environ['X']", module="os"), "uses os"),
        (planted("print('x')"), "uses print"),
        (planted("f = open('x')"), "uses open"),
        (planted("logging.info('x')", module="logging"), "uses logging"),
        (planted(inside_helper="u = uuid.uuid4()", module="uuid"), "uses uuid"),
        (planted("import time"), "imports while replaying"),
        (planted("from core.platform import settings"), "imports while replaying"),
        (planted("global counter"), "keeps state"),
        (planted("s = core.platform.settings.get(1)", module="core.platform.settings"), "uses core"),
    ],
)
def test_a_planted_impurity_is_found(source: str, found: str) -> None:
    assert any(found in impurity for impurity in purity.impurities(source))
