"""What of this machine may be fetched: only what a setting names, only loopback, never in Azure."""

from __future__ import annotations

import pytest

from core.platform import settings
from core.platform.settings import FetchSettings, SettingsError
from tests.fixtures.tuning import Tune


def extra() -> dict[tuple[str, int], str]:
    return settings.get(FetchSettings).extra


@pytest.fixture(autouse=True)
def _nothing_set(tune: Tune, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FETCH_EXTRA_HOSTS", "WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME"):
        monkeypatch.delenv(name, raising=False)
    tune("FETCH_CONTACT", "")


def test_by_default_nothing_is() -> None:
    assert extra() == {}


def test_each_host_stands_for_one_loopback_address(tune: Tune) -> None:
    tune(
        "FETCH_EXTRA_HOSTS", "shop.test:8090=127.0.0.1, news.test:80=127.0.0.2,127.0.0.1:8091, six.test:1=::1"
    )
    assert extra() == {
        ("shop.test", 8090): "127.0.0.1",
        ("news.test", 80): "127.0.0.2",
        ("127.0.0.1", 8091): "127.0.0.1",
        ("six.test", 1): "::1",
    }


@pytest.mark.parametrize(
    "value",
    [
        "shop.test",
        "shop.test:8090",
        "shop.test=127.0.0.1",
        "shop.test:8090=localhost",
        "shop.test:8090=10.0.0.1",
        "shop.test:8090=169.254.169.254",
        "shop.test:8090=93.184.216.34",
        "shop.test:8090=::ffff:10.0.0.1",
        "shop.test:8090=127.1",
        "10.0.0.1:80",
        "*.test:80=127.0.0.1",
        "http://shop.test:80=127.0.0.1",
    ],
)
def test_anything_else_is_a_mistake_that_names_the_setting(tune: Tune, value: str) -> None:
    tune("FETCH_EXTRA_HOSTS", value)
    with pytest.raises(SettingsError, match="FETCH_EXTRA_HOSTS"):
        extra()


@pytest.mark.parametrize("mark", ["WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME"])
def test_in_azure_it_must_be_empty(tune: Tune, mark: str) -> None:
    tune(mark, "0123")
    assert extra() == {}
    tune("FETCH_EXTRA_HOSTS", "shop.test:8090=127.0.0.1")
    with pytest.raises(SettingsError, match="FETCH_EXTRA_HOSTS"):
        extra()
