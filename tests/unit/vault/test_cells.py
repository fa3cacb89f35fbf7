import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vault.cells import guarded, joined, split, unguarded

tricky = st.text(st.sampled_from(list("'=+-@\t\r\n＝＋－＠a|\\ ")) | st.characters(exclude_categories=["Cs"]))  # noqa: RUF001


@given(tricky)
def test_guarding_a_cell_loses_nothing(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(tricky)
def test_no_guarded_cell_starts_a_formula(text: str) -> None:
    assert not guarded(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))  # noqa: RUF001


@given(tricky)
def test_plain_cells_are_left_alone(text: str) -> None:
    plain = "a" + text
    assert guarded(plain) == plain
    assert unguarded(plain) == plain


@given(st.lists(tricky.map(str.strip).filter(bool)))
def test_values_joined_in_a_cell_come_apart_again(values: list[str]) -> None:
    assert split(joined(values)) == values


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("", []),
        ("wool", ["wool"]),
        (" wool | silk ", ["wool", "silk"]),
        ("wool||silk|", ["wool", "silk"]),
        (r"a\|b|c\\", ["a|b", "c\\"]),
        ("ends in a stray \\", ["ends in a stray \\"]),
    ],
)
def test_cells_as_people_type_them(cell: str, values: list[str]) -> None:
    assert split(cell) == values
