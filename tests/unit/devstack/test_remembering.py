"""The emulator notes what a person says of themselves, and nothing else."""

from __future__ import annotations

import pytest

from devstack.openai.brain.remembering import statements, tastes


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("I hate green.", [("dislikes", "green")]),
        ('{"message": "I now love green!"}', [("likes", "green")]),
        ("I love navy and camel because they last", [("likes", "navy"), ("likes", "camel")]),
        (
            "I don\N{RIGHT SINGLE QUOTATION MARK}t like hats, but I like scarves",
            [("dislikes", "hats"), ("likes", "scarves")],
        ),
        ("My shoe size is 42.", [("size", "shoe size")]),
        ("I'm allergic to wool", [("about", "allergic to wool")]),
        ("Do I like red?", []),
        ("My sister loves pink.", []),
        ("If I liked hats I would buy one.", []),
        ("I'd like an outfit", []),
        ("I like this one", []),
        ("You said I hate green.", []),
    ],
)
def test_statements(said: str, noted: list[tuple[str, str]]) -> None:
    assert [(one["kind"], one["subject"]) for one in statements(said)] == noted


def test_tastes_are_told_thing_by_thing() -> None:
    found = tastes("I love navy and wool. I hate hats! I never wear green. My shoe size is 42.")
    assert found == {
        "leanings": [],
        "likes": [{"subject": "colour", "word": "navy"}, {"subject": "material", "word": "wool"}],
        "dislikes": [{"subject": "category", "word": "hats"}],
        "avoids": [{"subject": "colour", "word": "green"}],
        "no_longer_avoids": [],
    }
