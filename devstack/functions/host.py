"""The composition of the host: which parts an app needs, made in one place and started in order."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from devstack.functions.admin import Admin
from devstack.functions.bindings import Function
from devstack.functions.cors import Cors
from devstack.functions.durable import Durable
from devstack.functions.durable_links import Links
from devstack.functions.extensions import DurableOptions, QueueOptions
from devstack.functions.gateway import Gateway, Handler
from devstack.functions.grace import GRACE
from devstack.functions.hostjson import HostConfig, HostJsonError
from devstack.functions.invocation import Invoker
from devstack.functions.keys import Keys, KeysError
from devstack.functions.localsettings import LocalSettings, LocalSettingsError
from devstack.functions.management import KEY_NAME, Management
from devstack.functions.outputs import Outputs
from devstack.functions.queues import Queues
from devstack.functions.routing import HTTP_TRIGGER, DeclarationError, RouteTable
from devstack.functions.server import BODY_LIMIT_SETTING, DEFAULT_BODY_LIMIT, PortTakenError, Server
from devstack.functions.timers import Timers
from devstack.functions.webconsole import PATH as CONSOLE_PATH
from devstack.functions.webconsole import Console
from devstack.functions.worker import FunctionLoadError, Worker

__all__ = ["START_ERRORS", "Host", "SettingError", "prepare_environment"]

_SCRIPT_ROOT = "AzureWebJobsScriptRoot"  # the platform spells these two so
_NO_HOMEPAGE = "AzureWebJobsDisableHomepage"
_TRIGGERS = frozenset(
    {
        HTTP_TRIGGER,
        "queueTrigger",
        "timerTrigger",
        "orchestrationTrigger",
        "activityTrigger",
        "entityTrigger",
        "warmupTrigger",
    }
)
_TRUE = frozenset({"true", "1"})


class SettingError(ValueError):
    """A setting of the host itself has a value it cannot work with. The text names it."""


START_ERRORS = (
    DeclarationError,
    FunctionLoadError,
    HostJsonError,
    KeysError,
    LocalSettingsError,
    PortTakenError,
    SettingError,
)


def prepare_environment(app_dir: Path, settings: LocalSettings, authority: str) -> None:
    """Put the app's settings and what the platform itself sets into `os.environ`.

    `authority` is host:port. What the environment has already stays. Raises SettingError when the app is
    meant for another language worker.
    """
    for name, value in settings.over(os.environ).items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("FUNCTIONS_WORKER_RUNTIME", "python")
    os.environ.setdefault("AZURE_FUNCTIONS_ENVIRONMENT", "Development")
    os.environ["WEBSITE_HOSTNAME"] = authority
    os.environ[_SCRIPT_ROOT] = str(app_dir)
    os.environ["FUNCTIONS_WORKER_RUNTIME_VERSION"] = f"{sys.version_info.major}.{sys.version_info.minor}"
    if (runtime := os.environ["FUNCTIONS_WORKER_RUNTIME"]) != "python":
        raise SettingError(
            f"FUNCTIONS_WORKER_RUNTIME is '{runtime}'; this host runs apps of the python worker"
        )


@dataclass(frozen=True)
class _Background:
    """What triggers functions by itself, and what their bindings need."""

    durable: Durable
    outputs: Outputs
    invoker: Invoker
    queues: Queues
    timers: Timers

    @classmethod
    def of(
        cls,
        worker: Worker,
        functions: tuple[Function, ...],
        config: HostConfig,
        *,
        keys: Keys,
        origin: str,
        state_dir: Path,
    ) -> _Background:
        queue_options = QueueOptions.of(config.extensions)
        durable_options = DurableOptions.of(config.extensions)
        links = Links(origin, durable_options.hub_name, keys.system_key(KEY_NAME))
        durable = Durable(functions, durable_options, links)
        outputs = Outputs(functions, queue_options, os.environ)
        return cls(
            durable=durable,
            outputs=outputs,
            invoker=Invoker(worker, {"durableClient": durable.client_binding}, outputs),
            queues=Queues(functions, queue_options, os.environ),
            timers=Timers(functions, os.environ, state_dir),
        )


@dataclass
class Host:
    """One running app. `functions` are those that are not disabled."""

    worker: Worker
    functions: tuple[Function, ...]
    routes: RouteTable
    keys: Keys
    gateway: Gateway
    body_limit: int
    _admin: Admin
    _background: _Background
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    @classmethod
    def load(
        cls, app_dir: Path, settings: LocalSettings, *, origin: str, state_dir: Path, console: bool = False
    ) -> Host:
        """Load the app with `os.environ` as its settings (see `prepare_environment`).

        `origin` is where the host is reached, `console` whether it serves its page for the browser. Raises
        one of START_ERRORS.
        """
        config = HostConfig.load(app_dir, os.environ)
        worker = Worker.load(app_dir, timeout=config.function_timeout)
        functions = tuple(
            f for f in worker.functions if config.runs(f.name) and not is_disabled(f, os.environ)
        )
        routes = RouteTable(functions, config.route_prefix)
        _refuse_unknown_triggers(functions)
        keys = Keys(state_dir)
        background = _Background.of(worker, functions, config, keys=keys, origin=origin, state_dir=state_dir)
        disabled = frozenset(f.name.lower() for f in worker.functions if f not in functions)
        admin = Admin(worker, routes, background.invoker, keys, disabled)
        page = Console(worker, functions, background.invoker.log, background.queues, keys)
        if console:
            admin.add(page.endpoints())
        pages: dict[str, Handler] = {CONSOLE_PATH: page} if console else {}
        gateway = _gateway(routes, keys, admin, background, config, settings, pages)
        return cls(worker, functions, routes, keys, gateway, _body_limit(os.environ), admin, background)

    async def start(self, sock: socket.socket | None = None) -> None:
        """Start what the app needs, the socket (if any) last; if a part fails, stop what was started."""
        background = self._background
        async with AsyncExitStack() as parts:
            parts.push_async_callback(background.outputs.close)
            if background.durable.needed:
                await background.durable.start(background.invoker)
                parts.push_async_callback(background.durable.stop)
            parts.push_async_callback(self._admin.drain, GRACE)
            for listener in (background.queues, background.timers):
                await listener.start(background.invoker)
                parts.push_async_callback(listener.stop)
            if sock is not None:
                server = Server(self.gateway, body_limit=self.body_limit)
                await server.start(sock)
                parts.push_async_callback(server.stop)
            self._running = parts.pop_all()

    async def stop(self) -> bool:
        """Take nothing new, let what runs finish for a while; False if a synchronous function still runs."""
        await self._running.aclose()
        return await asyncio.to_thread(self.worker.stop, GRACE)


def _gateway(
    routes: RouteTable,
    keys: Keys,
    admin: Admin,
    background: _Background,
    config: HostConfig,
    settings: LocalSettings,
    pages: Mapping[str, Handler],
) -> Gateway:
    durable = background.durable
    return Gateway(
        routes,
        background.invoker,
        keys,
        admin,
        webhooks={"durabletask": Management(durable, keys)} if durable.needed else {},
        response_headers=config.response_headers,
        cors=Cors(settings.cors_origins, settings.cors_credentials),
        homepage=os.environ.get(_NO_HOMEPAGE, "").lower() not in _TRUE,
        pages=pages,
    )


def is_disabled(function: Function, settings: Mapping[str, str]) -> bool:
    """Whether `AzureWebJobs.<name>.Disabled` (or, for shells without dots, `_`) says so."""
    names = {f"azurewebjobs{dot}{function.name}{dot}disabled".lower() for dot in "._"}
    return any(value.lower() in _TRUE for name, value in settings.items() if name.lower() in names)


def _refuse_unknown_triggers(functions: tuple[Function, ...]) -> None:
    for function in functions:
        if function.trigger.type not in _TRIGGERS:
            raise FunctionLoadError(
                f"The function '{function.name}' has a trigger of type '{function.trigger.type}', which this "
                f"host does not run (it runs: {', '.join(sorted(_TRIGGERS))})."
            )


def _body_limit(settings: Mapping[str, str]) -> int:
    text = settings.get(BODY_LIMIT_SETTING) or str(DEFAULT_BODY_LIMIT)
    if not text.isdecimal() or int(text) == 0:
        raise SettingError(f"{BODY_LIMIT_SETTING} is '{text}'; it must be a number of bytes")
    return int(text)
