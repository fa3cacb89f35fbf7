"""``python -m devstack.shop --port N``."""

from devstack.emulator import main
from devstack.shop.app import build

main("shop", build)
