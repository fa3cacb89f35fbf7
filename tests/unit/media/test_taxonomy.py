import re

import pytest

from core.media import taxonomy


def test_words_are_slugs_and_each_subtype_has_one_category() -> None:
    words = [*taxonomy.categories(), *taxonomy.subtypes()]
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word) for word in words)
    assert len(set(taxonomy.subtypes())) == len(taxonomy.subtypes())


def test_every_word_has_a_number_of_google_and_its_path() -> None:
    for category in taxonomy.categories():
        assert taxonomy.google_category(category).path.startswith("Apparel & Accessories")
    for subtype in taxonomy.subtypes():
        found = taxonomy.google_category(taxonomy.category_of(subtype), subtype)
        assert found.path.split(" > ")[0] in ("Apparel & Accessories", "Luggage & Bags")


@pytest.mark.parametrize(
    ("category", "subtype", "number", "path"),
    [
        ("dresses", None, 2271, "Apparel & Accessories > Clothing > Dresses"),
        ("outerwear", "coat", 5598, "Apparel & Accessories > Clothing > Outerwear > Coats & Jackets"),
        (
            "traditional",
            "kimono",
            5343,
            "Apparel & Accessories > Clothing > Traditional & Ceremonial Clothing > Kimonos",
        ),
        (
            "head-coverings",
            "turban",
            5939,
            "Apparel & Accessories > Clothing Accessories > Headwear > Turbans",
        ),
        ("bags", "backpack", 100, "Luggage & Bags > Backpacks"),
    ],
)
def test_known_numbers(category: str, subtype: str | None, number: int, path: str) -> None:
    found = taxonomy.google_category(category, subtype)
    assert (found.id, found.path) == (number, path)


def test_garments_of_many_places_have_their_own_words() -> None:
    wanted = (
        "sari kurta hanbok kimono abaya hijab thobe agbada cheongsam dashiki lehenga ao-dai huipil kilt "
        "dirndl kebaya barong-tagalog boubou salwar-kameez gele turban keffiyeh rebozo"
    )
    assert set(wanted.split()) <= set(taxonomy.subtypes())
