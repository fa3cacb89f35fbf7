"""The pages are of one shape, lead somewhere, and name only what there is."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
SECTIONS = ["Contract", "Rules", "Data", "Failure modes"]
CALLS = re.compile(r"`(?:(GET|POST|PUT|PATCH|DELETE|HEAD)[^`/]*)?(/api/(?!public/)[^`\s]*)")
"""Paths of ours; those of Langfuse begin with /api/public."""
MARK = re.compile(r"^#+ (.+)$", re.MULTILINE)


def prose(path: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)


@cache
def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    titles = (re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in MARK.findall(prose(path)))
    return set(titles)


def domain_pages() -> dict[str, str]:
    """Return the page of each domain, as architecture.md lists them."""
    table = (
        (ROOT / "docs" / "architecture.md").read_text().partition("## The domains")[2].partition("\n## ")[0]
    )
    return dict(re.findall(r"^\| `(\w+)` \| \[[^]]+\]\(([^)]+)\) \|$", table, re.MULTILINE))


@cache
def paths() -> list[re.Pattern[str]]:
    """Return the app's paths, each parameter standing for any text without a slash."""
    declared = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    return [re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))) for path in declared]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if not re.match(r"[a-z]+:", link):
            file, _, anchor = link.partition("#")
            there = (page.parent / file).resolve() if file else page
            if not there.exists() or (anchor and anchor not in anchors(there)):
                lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_keeps_the_marks_of_a_merge(page: Path) -> None:
    assert not re.search(r"^(<{7}|>{7}|={7}$)", page.read_text(), re.MULTILINE)


def test_every_domain_has_a_page_of_one_shape() -> None:
    domains = {path.name for path in (ROOT / "core").iterdir() if (path / "__init__.py").exists()}
    pages = domain_pages()
    assert set(pages) == domains - {"platform"}
    for page in {*pages.values(), "fetching.md"}:
        titles = re.findall(r"^## (.+)$", prose(ROOT / "docs" / page), re.MULTILINE)
        assert titles[:4] == SECTIONS, page


def test_every_decision_is_in_the_index_and_none_besides() -> None:
    folder = ROOT / "docs" / "adr"
    indexed = re.findall(r"^\| \[\d{4}\]\(([^)]+)\) \|", (folder / "README.md").read_text(), re.MULTILINE)
    assert indexed == sorted(path.name for path in folder.glob("0*.md"))


def test_every_page_is_led_to_from_another() -> None:
    links = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    }
    assert [page.name for page in PAGES if page not in links and page.parent.name == "docs"] == []


def test_every_route_is_on_a_page_and_every_one_on_a_page_exists() -> None:
    pages = [page for page in PAGES if page.parent.name == "docs"]
    text = "\n".join(page.read_text() for page in pages)
    declared = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    # A page may leave out what the row above says: `…/{source_id}/pause`, or `/api/a`, `/b` of one resource.
    unsaid = [path for path in declared if not _told(path, text)]
    assert unsaid == []
    unknown = {
        named
        for page in PAGES
        for _, found in CALLS.findall(page.read_text())
        if not any(known.fullmatch(named := found.partition("?")[0].rstrip("/…).,")) for known in paths())
        and not _begins(named)
    }
    assert unknown == set()


def _told(path: str, text: str) -> bool:
    """Tell whether a path is written out, or its last part as what follows a longer one."""
    written = re.sub(r"\{\w+\}", "{id}", path)
    said = re.sub(r"\{\w+\}", "{id}", text)
    whole, tail = written.removeprefix("/api"), "/".join(written.split("/")[4:])
    return whole in said or (bool(tail) and re.search(rf"[`…]/?{re.escape(tail)}`", said) is not None)


def _begins(named: str) -> bool:
    """Tell whether this is the beginning of paths, as in `/api/admin/…`."""
    return any(known.pattern.replace("\\", "").startswith(named) for known in paths())


def test_every_orchestration_is_documented() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "orchestrations").glob("*.py"))
    flows = set(re.findall(r"orchestration_trigger\([^)]*\)\n(?:@[^\n]+\n)*def (\w+)", source))
    page = (ROOT / "docs" / "architecture.md").read_text().partition("The flows:")[2].partition("\n## ")[0]
    assert set(re.findall(r"`([a-z_]+)`", page)) == flows


def test_every_make_target_named_exists_and_is_described() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"(?:`|^\s*)make ([a-z-]+)", page.read_text(), re.MULTILINE))
        assert named <= targets, page.name
    contributing = (ROOT / "CONTRIBUTING.md").read_text()
    assert {target for target in targets if f"`make {target}" not in contributing} == set()


@pytest.mark.parametrize("page", ["README.md", "docs/deploy.md", "CONTRIBUTING.md"])
def test_every_shell_block_is_shell(page: str) -> None:
    blocks = re.findall(r"^( *)```sh\n(.*?)^ *```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    assert blocks
    for _, block in blocks:
        done = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_shell_blocks_of_the_readme_are_the_two_commands_and_the_walk_through() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert [block.strip() for block in blocks[:2]] == ["make run", "make test"]
    assert len(blocks) == 3, "tests/e2e/test_readme.py runs the third; say there what runs a fourth"
