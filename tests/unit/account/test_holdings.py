"""What people are shown of their documents: all of it but what opens something."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.account import holdings

JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: st.dictionaries(st.sampled_from(["result", "url", "body", "x"]), inner, max_size=3),
    max_leaves=6,
)


def paths(document: Any, before: str = "") -> set[str]:
    if not isinstance(document, dict):
        return {before}
    return {path for key, value in document.items() for path in paths(value, f"{before}.{key}".lstrip("."))}


@settings(max_examples=80)
@given(st.sampled_from(sorted(holdings.holdings())), st.dictionaries(st.text("abc", min_size=1), JSON), JSON)
def test_exactly_the_withheld_fields_are_missing(container: str, rest: dict[str, Any], result: Any) -> None:
    withheld = holdings.holdings()[container].withheld
    document: dict[str, Any] = {**rest, "id": "1", "userId": "u", "result": result}
    document |= {path: "secret" for path in withheld if "." not in path}
    before = paths(document)
    shown = holdings.shown(container, document)
    gone = {path for path in before if any(path == one or path.startswith(f"{one}.") for one in withheld)}
    assert paths(shown) >= before - gone
    assert not paths(shown) & gone
    assert paths(document) == before


def test_the_readme_names_every_file_of_documents() -> None:
    readme = holdings.readme()
    assert all(f"data/{name}.json\n    {one.what}" in readme for name, one in holdings.holdings().items())
