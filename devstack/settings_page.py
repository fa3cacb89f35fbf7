"""Writes the settings tables of docs/operations.md from the settings classes: the page cannot drift."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic.fields import FieldInfo

from core.platform.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "operations.md"
_SECTION = re.compile(r"(<!-- settings: made by `make docs` -->\n).*?(<!-- /settings -->)", re.DOTALL)


def rendered() -> str:
    """Return the whole page with its settings section made anew."""
    tables = "".join(_table(kind) for kind in Settings.__subclasses__())
    return _SECTION.sub(lambda found: f"{found[1]}{tables}\n{found[2]}", PAGE.read_text())


def _table(kind: type[Settings]) -> str:
    rows = "".join(_row(field) for field in kind.model_fields.values())
    title = (kind.__doc__ or "").strip().splitlines()[0]
    return f"\n{title}\n\n| setting | default | what |\n| --- | --- | --- |\n{rows}"


def _row(field: FieldInfo) -> str:
    return f"| `{field.alias}` | {_default(field)} | {field.description} |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default in (None, ()) or not str(field.default):
        return ""
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def main() -> None:
    """Write the page."""
    PAGE.write_text(rendered())
    print(f"wrote {PAGE.name}")


if __name__ == "__main__":
    main()
