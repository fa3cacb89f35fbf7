"""``make clients``: generate both clients into ``build/clients``."""

from __future__ import annotations

from devstack import node
from devstack.clients.generating import python, typescript
from devstack.process import REPOSITORY, StackError

TARGET = REPOSITORY / "build" / "clients"


def main() -> None:
    """Generate them and say where they are."""
    node.install(print)
    for name, generate in {"typescript": typescript, "python": python}.items():
        generate(TARGET / name)
        print(f"wrote {(TARGET / name).relative_to(REPOSITORY)}")


if __name__ == "__main__":
    try:
        main()
    except StackError as error:
        raise SystemExit(str(error)) from None
