import pytest

from core import media
from core.platform.ids import new_id
from tests.integration.media.conftest import shirt_photo

pytestmark = pytest.mark.usefixtures("app_env")


async def test_a_processed_photo_is_read_by_the_colours_of_the_garment(person: str, shirt: bytes) -> None:
    image = await media.process(person, shirt)
    read = await media.of_image(person, image.image_id)
    assert read.image_id == image.image_id
    assert read.measured_colours == image.colours
    colours = read.attributes.colours
    assert colours.value is not None
    assert colours.value[0].hex == image.colours[0].hex
    unmeasured = [colour.name for colour in colours.value if colour.hex is None]
    assert ("colours" in read.needs_review) is bool(unmeasured), "a colour of the ground is not believed"


async def test_a_photo_that_is_not_kept_is_read_by_its_middle(person: str) -> None:
    read = await media.of_photo(person, shirt_photo((170, 30, 40)))
    assert read.image_id is None
    assert read.measured_colours[0].lab[1] > 40, "the middle of a red shirt is red"
    assert read.attributes.colours.value is not None


async def test_anothers_photo_is_not_read(person: str, shirt: bytes) -> None:
    image = await media.process(person, shirt)
    with pytest.raises(media.PictureNotFound):
        await media.of_image(new_id(), image.image_id)


@pytest.mark.parametrize("media_type", ["image/webp", "image/png"])
async def test_the_cutout_is_handed_out_in_both_types(person: str, shirt: bytes, media_type: str) -> None:
    image = await media.process(person, shirt)
    data = await media.cutout_as(person, image.image_id, media_type)
    assert data.startswith(b"RIFF" if media_type == "image/webp" else b"\x89PNG")
    assert await media.variants_of(person, image.image_id) == image.variants
    assert await media.describe(person, image.image_id) == image
