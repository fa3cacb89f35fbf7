"""Route templates: what matches, with which values, and what cannot be parsed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.functions.templates import Template, TemplateError

MATCHES = [
    ("api/books", "/api/books", {}),
    ("api/books", "/API/Books/", {}),
    ("/api/books", "/api/books", {}),
    ("api/books", "/api/book", None),
    ("api/books", "/api/books/1", None),
    ("api/books", "/api//books", None),
    ("", "/", {}),
    ("books/{id}", "/books/7", {"id": "7"}),
    ("books/{id}", "/books", None),
    ("books/{id}", "/books/", None),
    ("books/{id}", "/books/a%2Fb", {"id": "a%2Fb"}),
    ("books/{id:int}", "/books/seven", None),
    ("books/{id:int:range(1,9)}", "/books/10", None),
    ("books/{id?}", "/books", {}),
    ("books/{id?}", "/books/7", {"id": "7"}),
    ("books/{id:int?}", "/books", {}),
    ("books/{id:int?}", "/books/x", None),
    ("books/{id=1}", "/books", {"id": "1"}),
    ("books/{id:int=1}/{page=2}", "/books/5", {"id": "5", "page": "2"}),
    ("{a=x}/{b?}", "/", {"a": "x"}),
    ("files/{*path}", "/files/a/b/c.txt", {"path": "a/b/c.txt"}),
    ("files/{**path}", "/files/a/b", {"path": "a/b"}),
    ("files/{*path}", "/files", {}),
    ("files/{*path=index}", "/files", {"path": "index"}),
    ("files/{*path:regex(^a/)}", "/files/b/c", None),
    ("{a}-{b}", "/x-y-z", {"a": "x-y", "b": "z"}),
    ("v{major}.{minor}", "/v1.2", {"major": "1", "minor": "2"}),
    ("{name}.{kind?}", "/photo.png", {"name": "photo", "kind": "png"}),
    ("{name}.{kind?}", "/photo", {"name": "photo"}),
    (r"x/{n:regex(^\d{{3}}$)}", "/x/123", {"n": "123"}),
    (r"x/{n:regex(^\d{{3}}$)}", "/x/12", None),
    (r"x/{n:regex(^(a|b)$):length(1)}", "/x/b", {"n": "b"}),
    (r"x/{n:regex(^[a-z]+:[0-9]+$)}", "/x/ab:12", {"n": "ab:12"}),
    ("{{literal}}", "/{literal}", {}),
]


@pytest.mark.parametrize(("text", "path", "values"), MATCHES, ids=lambda value: str(value)[:30])
def test_matches(text: str, path: str, values: dict[str, str] | None) -> None:
    assert Template.parse(text).match(path) == values


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a/{b", "incomplete parameter"),
        ("a//b", "cannot appear consecutively"),
        ("a/{b}{c}", "consecutive parameters"),
        ("a/{*b}/c", "last segment"),
        ("a/x{*b}", "catch-all"),
        ("a/{b}/{B}", "more than one time"),
        ("a/{}", "is invalid"),
        ("a/{b?}x", "end of the segment"),
        ("a/{b=1?}", "cannot have default"),
        ("a/{*b?}", "cannot be marked optional"),
        ("a/{b:whole}", "'whole' could not be resolved"),
        ("a/{b:min(x)}", "min"),
        (r"a/{b:regex(^\d{3}$)}", "must be escaped"),
        ("a/{b:min(3}", "no closing"),
    ],
)
def test_refuses(text: str, says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        Template.parse(text)


word = st.text("abcxyz019-_ äß", min_size=1, max_size=8)


@given(st.lists(st.tuples(st.booleans(), word), min_size=1, max_size=6), st.data())
def test_a_path_made_from_a_template_gives_its_values_back(
    parts: list[tuple[bool, str]], data: st.DataObject
) -> None:
    """Literals in any case, one parameter per segment."""
    segments, path, values = [], [], {}
    for index, (is_parameter, text) in enumerate(parts):
        if is_parameter:
            segments.append(f"{{p{index}}}")
            values[f"p{index}"] = data.draw(word)
            path.append(values[f"p{index}"])
        else:
            segments.append(text)
            path.append(text.upper() if text.upper().lower() == text.lower() else text)
    template = Template.parse("/".join(segments))
    assert template.match("/" + "/".join(path)) == values
    assert template.match("/" + "/".join(path) + "/more") is None
    assert template.match("/" + "/".join(path[:-1])) is None
