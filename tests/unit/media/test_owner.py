import pytest

from blueprints.media import _owner
from core import media
from core.media import ExtractionRequest
from core.platform.ids import new_id

IMAGE = new_id()


@pytest.mark.parametrize(
    ("asker", "named", "owner"), [("ann", None, "ann"), ("ann", "ann", "ann"), ("", "ann", "ann")]
)
def test_whose_photo_is_meant(asker: str, named: str | None, owner: str) -> None:
    assert _owner(asker, ExtractionRequest(image_id=IMAGE, user_id=named)) == owner


@pytest.mark.parametrize(("asker", "named"), [("ann", "bob"), ("", None), ("", ""), ("ann", "")])
def test_nobody_reads_anothers_and_a_service_must_name_one(asker: str, named: str | None) -> None:
    with pytest.raises(media.PictureNotFound) as caught:
        _owner(asker, ExtractionRequest(image_id=IMAGE, user_id=named))
    assert caught.value.errors[0].pointer == "/user_id"
