from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.links import expiry, links
from core.media.models import Picture, StoredVariant
from core.platform import clock, settings, signing

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@pytest.fixture
def signing_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("URL_SIGNING_KEY", "k" * 40)
    settings.get.cache_clear()
    yield
    settings.get.cache_clear()


def picture(*, revision: int = 1, cutout: bool = True) -> Picture:
    stored = StoredVariant(blob="b", content_type="image/webp", size=1, etag="e")
    names = ("original", "thumb", "cutout") if cutout else ("original", "thumb")
    return Picture(
        id="2f0d6a4e-0000-5000-8000-000000000001",
        user_id="somebody",
        status="ready",
        created_at=NOW,
        revision=revision,
        archived_as="a",
        variants=dict.fromkeys(names, stored),
    )


@given(st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))
def test_links_last_24_to_30_hours_and_end_on_a_step(now: datetime) -> None:
    ends = expiry(now)
    assert timedelta(hours=24) < ends - now <= timedelta(hours=30)
    assert ends.timestamp() % (6 * 3600) == 0


@pytest.mark.usefixtures("signing_key")
def test_a_link_opens_its_own_path_until_it_ends() -> None:
    made = links(picture(), NOW).thumb
    path, params = urlsplit(made).path, dict(parse_qsl(urlsplit(made).query))
    assert path == "/api/media/2f0d6a4e-0000-5000-8000-000000000001/thumb"
    assert params["uid"] == "somebody"
    with clock.frozen(NOW) as held:
        assert signing.verify(path, params)
        assert not signing.verify(path.replace("thumb", "original"), params)
        assert not signing.verify(path, {**params, "uid": "another"})
        held.advance(seconds=31 * 3600)
        assert not signing.verify(path, params)


@pytest.mark.usefixtures("signing_key")
def test_links_stay_the_same_for_hours_and_change_with_the_renditions() -> None:
    first = links(picture(), NOW)
    assert links(picture(), NOW + timedelta(hours=2)) == first
    assert links(picture(revision=2), NOW).thumb != first.thumb
    assert links(picture(cutout=False), NOW).cutout is None
