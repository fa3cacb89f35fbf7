"""Entering an app folder and indexing it with Microsoft's worker library.

Everything the library refuses (signatures, annotations, missing bindings, duplicate names) is refused
here with the library's own words, so a wrong declaration never reaches Azure.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace

from azure_functions_runtime import handle_event, loader
from azure_functions_runtime.bindings.meta import load_binding_registry
from azure_functions_runtime.http_v2 import HttpV2Registry
from azure_functions_runtime.utils import app_setting_manager
from azure_functions_runtime.utils.validators import validate_script_file_name

from devstack.functions.bindings import BindingExpressionError, Function, RetryPolicy, parse_bindings


class FunctionLoadError(Exception):
    """The app cannot be indexed. The text is the worker library's; `trace` are the app's own frames."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


def index(app_dir: Path) -> tuple[Function, ...]:
    """Index the app in `app_dir`, with `os.environ` as its settings.

    Changes the working directory and `sys.path` as the platform's worker does. Raises FunctionLoadError.
    """
    _enter(app_dir)
    try:
        return _index(app_dir)
    except FunctionLoadError:
        raise
    except (Exception, SystemExit) as error:
        raise FunctionLoadError(*_explain(error, app_dir)) from error


def _enter(app_dir: Path) -> None:
    """Make the process look like the platform's worker: app first on the path, nothing of ours behind it."""
    ours = str(Path(__file__).resolve().parents[2])
    sys.path[:] = [entry for entry in sys.path if entry not in {"", ours, str(app_dir)}]
    packages = app_dir / ".python_packages" / "lib" / "site-packages"
    sys.path[:0] = [str(app_dir), *([str(packages)] if packages.is_dir() else [])]
    importlib.invalidate_caches()
    os.chdir(app_dir)


def _index(app_dir: Path) -> tuple[Function, ...]:
    script = os.environ.get("PYTHON_SCRIPT_FILE_NAME", "function_app.py")
    validate_script_file_name(script)
    if not (app_dir / script).is_file():
        raise FunctionLoadError(
            f"Could not find {script} in {app_dir}: there is no Python v2 function app in that folder."
        )
    _switch_on_telemetry()
    load_binding_registry()
    indexed = loader.index_function_app(str(app_dir / script))
    described, _ = loader.process_indexed_function(_PROTOS, handle_event._functions, indexed, str(app_dir))
    if HttpV2Registry.http_v2_enabled():
        raise FunctionLoadError(
            "The app uses HTTP streams (azurefunctions.extensions.http); "
            "this host runs functions that take func.HttpRequest."
        )
    return tuple(_function(item) for item in described)


class _BindingInfo(SimpleNamespace):
    """The enumeration values of the worker protocol's BindingInfo message."""

    out = 1
    inout = 2
    undefined = 0


_PROTOS = SimpleNamespace(
    BindingInfo=_BindingInfo, RpcFunctionMetadata=SimpleNamespace, RpcRetryOptions=SimpleNamespace
)


def _function(described: SimpleNamespace) -> Function:
    info = handle_event._functions.get_function(described.function_id)
    if info.deferred_bindings_enabled:
        raise FunctionLoadError(
            f"cannot load the {described.name} function: "
            "it takes SDK types as bindings, which this host does not run"
        )
    try:
        bindings = parse_bindings(described.raw_bindings, os.environ)
    except BindingExpressionError as error:
        raise FunctionLoadError(f"Error indexing method 'Functions.{described.name}'. {error}") from error
    return Function(
        described.function_id,
        described.name,
        bindings,
        described.script_file,
        _retry_policy(described.retry_options),
    )


def _retry_policy(options: SimpleNamespace | None) -> RetryPolicy | None:
    if options is None:
        return None
    seconds = {
        name: getattr(options, source).total_seconds()
        for name, source in {
            "delay": "delay_interval",
            "minimum": "minimum_interval",
            "maximum": "maximum_interval",
        }.items()
        if hasattr(options, source)
    }
    return RetryPolicy(options.retry_strategy, options.max_retry_count, **seconds)


def _switch_on_telemetry() -> None:
    if app_setting_manager.is_envvar_true("PYTHON_ENABLE_DEBUG_LOGGING"):
        logging.getLogger().setLevel(logging.DEBUG)
    if app_setting_manager.is_envvar_true("PYTHON_ENABLE_OPENTELEMETRY"):
        handle_event.otel_manager.set_otel_libs_available(True)
        handle_event.update_opentelemetry_status()
    if app_setting_manager.is_envvar_true("PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY"):
        handle_event.initialize_azure_monitor()


def _explain(error: BaseException, app_dir: Path) -> tuple[str, str]:
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(app_dir) and "site-packages" not in frame.filename
    ]
    if isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error)).strip(), ""
    return f"{type(error).__name__}: {error}", "".join(traceback.format_list(frames)).rstrip()
