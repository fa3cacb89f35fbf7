"""What the host writes to the terminal: log lines and the list of functions, as `func start` shows them."""

from __future__ import annotations

import logging
import sys

from devstack.functions.host import Host

_NOISY = (
    "azure.core",
    "azure.cosmos",
    "azure.identity",
    "azure.storage",
    "durabletask",
    "httpx",
    "httpx2",
    "openai",
    "urllib3",
    "watchfiles",
)


def configure_logging(*, verbose: bool) -> None:
    """Log lines go to stderr: time, level, logger, message; the app's own loggers included."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="[%(asctime)s] %(levelname).1s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.DEBUG if verbose else logging.WARNING)
    logging.getLogger("azure.functions").addFilter(_is_not_repeated)


def _is_not_repeated(record: logging.LogRecord) -> bool:
    """The worker library logs every failure without saying whose; the host's own line says both."""
    return not str(record.msg).startswith("Native invocation failed")


def function_list(host: Host, origin: str) -> str:
    """One line per function: name, methods and URL, or the kind of trigger."""
    urls = {
        route.function.name: f"[{','.join(sorted(route.methods)) or 'ALL'}] {origin}/{route.template.text}"
        for route in host.routes.routes
    }
    lines = [
        f"    {function.name}: {urls.get(function.name, function.trigger.type)}"
        for function in sorted(
            host.functions, key=lambda f: (f.trigger.type != "httpTrigger", f.name.lower())
        )
    ]
    skipped = [f.name for f in host.worker.functions if f not in host.functions]
    lines += [f"    {name}: disabled" for name in sorted(skipped)]
    return "\n".join(["Functions:", "", *(lines or ["    none"]), ""])
