"""Signed URLs open exactly what was signed, until they expire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform import clock, settings, signing

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def _key() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("URL_SIGNING_KEY", "k" * 32)
        settings.get.cache_clear()
        settings.get(settings.SigningSettings)


def signed(path: str, **claims: str) -> dict[str, str]:
    return dict(parse_qsl(signing.sign(path, expires_at=NOW + timedelta(hours=1), claims=claims)))


def test_a_good_signature_opens_until_it_expires() -> None:
    with clock.frozen(NOW) as time:
        params = signed("/api/media/1/thumb", uid="anna")
        assert signing.verify("/api/media/1/thumb", params)
        time.advance(seconds=3599)
        assert signing.verify("/api/media/1/thumb", params)
        time.advance(seconds=1)
        assert not signing.verify("/api/media/1/thumb", params)


@given(st.sampled_from(["path", "uid", "exp", "sig", "extra", "drop"]), st.text(max_size=12))
def test_any_change_closes_it(what: str, text: str) -> None:
    with clock.frozen(NOW):
        path, params = "/api/media/1/thumb", signed("/api/media/1/thumb", uid="anna")
        if what == "path":
            path += text + "x"
        elif what == "drop":
            del params["sig"]
        else:
            params[what] = params.get(what, "") + text + "1"
        assert not signing.verify(path, params)
