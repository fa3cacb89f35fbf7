import csv
from datetime import date
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vault import csv_file, rows
from core.vault.errors import TooManyRows, UnreadableCsv
from core.vault.models import NewItem
from core.vault.wears import MAX_WEARS
from tests.unit.vault.items import NOW, new_items, past, stored

wardrobes = st.lists(st.tuples(new_items, st.sets(past, max_size=3)), max_size=4)


def errors_of(row: csv_file.FileRow) -> list[str | None]:
    return [error.column for error in row.errors]


@given(wardrobes)
def test_what_is_exported_is_imported_exactly(wardrobe: list[tuple[NewItem, set[date]]]) -> None:
    items = [stored("a", -n, item, worn) for n, (item, worn) in enumerate(wardrobe)]
    read = csv_file.read(csv_file.write(items), now=NOW.replace(hour=16))
    assert [row.content and row.content.item for row in read] == [item for item, _ in wardrobe]
    assert [set(row.content.worn_on) for row in read if row.content] == [worn for _, worn in wardrobe]


@given(wardrobes)
def test_the_export_of_an_import_of_an_export_is_the_export(
    wardrobe: list[tuple[NewItem, set[date]]],
) -> None:
    first = csv_file.write(stored("a", n, item, worn) for n, (item, worn) in enumerate(wardrobe))
    imported = [
        stored("b", n, row.content.item, set(row.content.worn_on)).model_copy(
            update={"created_at": row.content.added_at}
        )
        for n, row in enumerate(csv_file.read(first, now=NOW.replace(hour=16)))
        if row.content
    ]
    assert without_ids(csv_file.write(reversed(imported))) == without_ids(first)


def without_ids(data: bytes) -> list[list[str]]:
    return [cells[1:] for cells in csv.reader(StringIO(data.decode(), newline=""))]


def test_no_cell_of_an_export_is_a_formula() -> None:
    item = NewItem(name='=HYPERLINK("http://x","y")', category="shirts", notes="@SUM(A1)\n\t-1", brand="+49")
    cells = list(csv.reader(StringIO(csv_file.write([stored("a", 0, item)]).decode(), newline="")))[1]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))]


SAME = [
    "name,category,notes\r\nCoat,coats,\"two\nlines; and, more\"\r\n",
    "\ufeffName;CATEGORY; notes \nCoat;coats;\"two\nlines; and, more\"\n",
    "notes,category,name,brand\n\"two\nlines; and, more\",Coats,Coat\n",
    "name,category,notes,\nCoat,coats,\"two\r\nlines; and, more\",\n\n,,\n",
]  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_files_as_spreadsheets_save_them(text: str) -> None:
    [row] = csv_file.read(text.encode(), now=NOW)
    assert row.number == 2
    assert row.content == rows.ItemRow(NewItem(name="Coat", category="coats", notes="two\nlines; and, more"))


def test_cells_are_read_as_people_type_them() -> None:
    header = "name,category,colours,seasons,price_amount,price_currency,worn_on,status"
    colours, worn = "#1d3557 night|Mustard|#ABC", "2026-01-03|2026-01-02"
    line = f"Jeans,Wide Leg Jeans,{colours},Winter|spring,2879.2,eur,{worn},Archived"
    [row] = csv_file.read(f"{header}\n{line}\n".encode(), now=NOW)
    assert row.content is not None
    item = row.content.item
    assert item.category == "wide-leg-jeans"
    assert [(c.hex, c.name) for c in item.colours] == [
        ("#1d3557", "night"),
        ("#d4a017", "Mustard"),
        ("#aabbcc", None),
    ]
    assert item.seasons == ["spring", "winter"]
    assert item.price is not None
    assert (item.price.amount, item.price.currency) == ("2879.20", "EUR")
    assert row.content.worn_on == (date(2026, 1, 2), date(2026, 1, 3))
    assert item.status == "archived"


@pytest.mark.parametrize(
    ("header", "cells", "columns"),
    [
        ("name,category", ",shirts", ["name"]),
        ("name,category", "Shirt", ["category"]),
        ("name,category", "Shirt,shirts,more", [None]),
        ("name,category,colours", "Shirt,shirts,no colour", ["colours"]),
        ("name,category,price_amount", "Shirt,shirts,5", ["price_currency"]),
        ("name,category,price_amount,price_currency", "Shirt,shirts,5.001,EUR", ["price_amount"]),
        ("name,category,worn_on", "Shirt,shirts,2031-01-01", ["worn_on"]),
        ("name,category,worn_on,purchased_on", "A,b,yesterday,2026-13-01", ["worn_on", "purchased_on"]),
        ("name,category,added_at", "Shirt,shirts,2031-01-01T00:00:00Z", ["added_at"]),
        ("name,category,added_at", "Shirt,shirts,Tuesday", ["added_at"]),
        ("name,category,added_at", "Shirt,shirts,0001-01-01T00:00:00+14:00", ["added_at"]),
        ("name,category,added_at", "Shirt,shirts,9999-12-31T23:59:59-14:00", ["added_at"]),
        ("name,category,added_at", "Shirt,shirts,1899-12-31T23:59:59Z", ["added_at"]),
        ("name,category,seasons", "Shirt,shirts,monsoon", ["seasons"]),
        ("name,category,image_id", "Shirt,shirts,17", ["image_id"]),
        ("name,category", '"a\x00b",shirts', ["name"]),
        ("name,category,worn_on", f"Shirt,shirts,{'2026-01-01|' * (MAX_WEARS + 1)}", ["worn_on"]),
    ],
)  # fmt: skip
def test_a_bad_row_names_its_column_and_stops_no_other(
    header: str, cells: str, columns: list[str | None]
) -> None:
    before, bad, after = csv_file.read(f"{header}\nA,b\n{cells}\nC,d\n".encode(), now=NOW)
    assert before.content
    assert after.content
    assert bad.content is None
    assert bad.number == 3
    assert errors_of(bad) == columns


def test_a_header_without_end_is_refused_in_few_words() -> None:
    wide = ",".join(["x" * 50_000, *(f"more{n}" for n in range(100_000))])
    with pytest.raises(UnreadableCsv, match="and 99976 more") as refused:
        csv_file.read(f"{wide}\n".encode(), now=NOW)
    assert len(str(refused.value)) < 1_000


def test_a_stray_quote_costs_its_row_and_no_other() -> None:
    text = 'name,category\ngood1,t\n"Levi\'s "501"",jeans\ngood2,t\ngood3,t\n'
    read = csv_file.read(text.encode(), now=NOW)
    assert [row.content and row.content.item.name for row in read] == ["good1", None, "good2", "good3"]
    assert [row.number for row in read] == [2, 3, 4, 5]


def test_an_unclosed_quote_costs_only_what_follows_it() -> None:
    good, bad = csv_file.read(b'name,category\nA,b\n"C,d\nE,f\n', now=NOW)
    assert good.content
    assert (bad.number, errors_of(bad)) == (3, [None])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "lacks 'name', 'category'"),
        (b"name\nShirt\n", "lacks 'category'"),
        (b"name,category,colour\n", "unknown columns 'colour'"),
        (b"name,category,Name\n", "names twice 'name'"),
        ("name,category\nCafé,b\n".encode("cp1252"), "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
        (b'"name"s,category\nShirt,shirts\n', "header row cannot be read"),
    ],
)
def test_a_file_that_is_no_vault_csv_says_why(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableCsv, match=said) as caught:
        csv_file.read(data, now=NOW)
    assert [error.pointer for error in caught.value.errors] == ["/file"]


def test_rows_are_limited_and_blank_ones_do_not_count() -> None:
    many = "name,category\n" + "A,b\n\n" * csv_file.MAX_ROWS
    assert len(csv_file.read(many.encode(), now=NOW)) == csv_file.MAX_ROWS
    with pytest.raises(TooManyRows, match="5000"):
        csv_file.read((many + "A,b\n").encode(), now=NOW)
