"""Mutants: the deployed code with one small mistake each, in the body of a function, as mutmut makes them.

Its own runner knows neither samples nor tests against emulators, so only its operators are used. Tables at
module level are left out, as mutmut leaves them out: a test of a table's cells would be the table again.
"""

from __future__ import annotations

import difflib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from libcst import FunctionDef, Module
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, create_mutations

from devstack.process import REPOSITORY


@dataclass(frozen=True)
class Mutant:
    """A module's source with a mistake that begins on one of ``lines``."""

    path: str
    lines: range
    before: str
    source: str

    @property
    def module(self) -> str:
        """The dotted name of the module."""
        return ".".join(Path(self.path).with_suffix("").parts).removesuffix(".__init__")

    def told(self) -> str:
        """The mistake as lines taken out and put in."""
        changes = difflib.unified_diff(self.before.splitlines(), self.source.splitlines(), n=0, lineterm="")
        shown = [line[0] + " " + line[1:].strip() for line in list(changes)[2:] if line[0] in "+-"]
        return f"{self.path}:{self.lines.start}\n" + "\n".join(f"    {line}" for line in shown)


def mistakes(path: str) -> Iterator[Callable[[], Mutant]]:
    """Yield every mistake that can be made in a module's functions; what is decorated stays as it is."""
    before = (REPOSITORY / path).read_text()
    module, mutations, _, _ = create_mutations(path, before)
    places = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)

    def made(mutation: Mutation) -> Mutant:
        place = places[mutation.original_node]
        mutated = module.deep_replace(mutation.original_node, mutation.mutated_node)
        assert isinstance(mutated, Module)
        return Mutant(path, range(place.start.line, place.end.line + 1), before, mutated.code)

    for mutation in mutations:
        if isinstance(mutation.contained_by_top_level_function, FunctionDef):
            yield partial(made, mutation)


def sample(package: str, number: int, seed: int) -> tuple[list[Mutant], int]:
    """Draw ``number`` mutants of a package (all where there are fewer); also return how many there are."""
    everyone = [
        mistake
        for path in sorted((REPOSITORY / package).rglob("*.py"))
        for mistake in mistakes(str(path.relative_to(REPOSITORY)))
    ]
    drawn = random.Random(f"{seed} {package}").sample(everyone, min(number, len(everyone)))
    return [make() for make in drawn], len(everyone)
