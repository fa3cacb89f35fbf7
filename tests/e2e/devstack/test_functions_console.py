"""The console of an app that has nothing in common with ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import expect

from tests.fixtures.browsing import Browse

APPS = Path(__file__).parents[2] / "apps"


async def test_another_app_has_the_panels_it_has_something_for(
    run_host: Any, browse: Browse, tmp_path: Path
) -> None:
    settings = {"WING": "east", "AzureWebJobs.hidden.Disabled": "true"}
    arguments = ("--port", "0", "--state-dir", str(tmp_path))
    async with run_host(APPS / "shelf", *arguments, environment=settings) as host, browse(host.url) as seen:
        await host.saw(f"Console: {host.url}/console")
        links = seen.page.get_by_role("navigation").get_by_role("link")
        await expect(links).to_have_text(["Functions", "Routes"])
        await seen.open("Routes")
        await seen.page.get_by_role("button", name="GET /api/books/{number}", exact=True).click()
        await expect(
            seen.page.get_by_role("button", name="GET /api/books/{isbn}", exact=True)
        ).to_be_visible()
        await seen.page.get_by_label("number path").fill("7")
        await seen.page.get_by_role("button", name="Send").click()
        await expect(seen.page.get_by_role("region", name="Answer")).to_contain_text("7")
        assert seen.complaints == []


async def test_it_can_be_left_out(run_host: Any, http: aiohttp.ClientSession, tmp_path: Path) -> None:
    settings = {"WING": "east", "AzureWebJobs.hidden.Disabled": "true"}
    arguments = ("--port", "0", "--state-dir", str(tmp_path), "--no-console")
    async with run_host(APPS / "shelf", *arguments, environment=settings) as host:
        for method, path in (
            ("GET", "/console"),
            ("GET", "/admin/console/"),
            ("POST", "/admin/console/session"),
        ):
            sent = {"Sec-Fetch-Site": "same-origin"}
            async with http.request(method, f"{host.url}{path}", headers=sent) as answer:
                assert answer.status == 404
