"""``python -m devstack.signing_key``: print a new value for ``AUTH_SIGNING_KEYS`` (docs/deploy.md)."""

from __future__ import annotations

from devstack import appsettings

if __name__ == "__main__":
    print(appsettings.GENERATED["AUTH_SIGNING_KEYS"]())
