"""What every test shares: its tier from its folder, no sockets in the unit tier, and the fixtures."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_socket

from tests import scale

# How long an example takes says how busy the machine is; that is no test's business.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")

pytest_plugins = (
    "tests.fixtures.web",
    "tests.fixtures.stack",
    "tests.fixtures.app",
    "tests.fixtures.browsing",
    "tests.fixtures.collector",
    "tests.fixtures.faults",
    "tests.fixtures.parlour",
    "tests.fixtures.tuning",
    "tests.fixtures.issuer",
)

_TESTS = Path(__file__).parent


def pytest_configure() -> None:
    if sentences := scale.refused():
        raise pytest.UsageError("\n".join(sentences))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        tier = item.path.relative_to(_TESTS).parts[0]
        item.add_marker(tier)


def pytest_collection_finish() -> None:
    """What collecting has loaded stays anyway; looking through it at every collection costs an eighth."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """The unit tier reaches no network, whatever its fixtures try; event loops need their socket pair."""
    if item.get_closest_marker("unit") is None:
        return (yield)
    pytest_socket.disable_socket(allow_unix_socket=True)
    try:
        return (yield)
    finally:
        pytest_socket.enable_socket()
