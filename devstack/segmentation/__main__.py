"""``python -m devstack.segmentation --port N``."""

from devstack.emulator import main
from devstack.segmentation.app import build

main("segmentation", build)
