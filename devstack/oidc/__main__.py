"""``python -m devstack.oidc --port N``."""

from devstack.emulator import main
from devstack.oidc.app import build

main("oidc", build)
