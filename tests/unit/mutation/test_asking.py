"""What the long checks are asked for on the command line is refused before anything is started."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.mutation.__main__ import wanted as mutation
from tests.soak.__main__ import wanted as soak


@pytest.mark.parametrize(
    ("ask", "bad"),
    [
        *((mutation, f"--{name}={bad}") for name in ("mutants", "places") for bad in ("-1", "0", "1.5", "")),
        *((ask, f"--seconds={bad}") for ask in (mutation, soak) for bad in ("-1", "0", "nan", "inf", "long")),
        *((soak, f"--people={bad}") for bad in ("-1", "0", "two")),
        (mutation, "--seed=one"),
        (soak, "--seed=one"),
        (mutation, "--package=core/nothing"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_name(
    ask: Callable[[list[str]], object], bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        ask([bad])
    assert f"argument {bad.partition('=')[0]}: " in capsys.readouterr().err


def test_what_is_asked_for_is_what_is_done() -> None:
    asked = mutation(["--mutants=7", "--places=1", "--seconds=0.5", "--seed=-3", "--package=core/jobs"])
    assert vars(asked) == {"mutants": 7, "places": 1, "seconds": 0.5, "seed": -3, "package": ["core/jobs"]}
    assert vars(soak(["--people=1", "--seconds=20"])) == {"people": 1, "seconds": 20.0, "seed": None}
