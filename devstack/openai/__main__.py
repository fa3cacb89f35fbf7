"""``python -m devstack.openai --port N``."""

from devstack.emulator import main
from devstack.openai.app import build

main("openai", build)
