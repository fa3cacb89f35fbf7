"""host.json, local.settings.json and %SETTING% expressions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from devstack.functions import localsettings
from devstack.functions.bindings import Binding, BindingExpressionError, Function, parse_bindings, resolve
from devstack.functions.host import is_disabled
from devstack.functions.hostjson import HostConfig, HostJsonError
from devstack.functions.localsettings import LocalSettingsError


def write(folder: Path, name: str, document: Any) -> None:
    (folder / name).write_text(document if isinstance(document, str) else json.dumps(document))


def test_host_json_defaults(tmp_path: Path) -> None:
    write(tmp_path, "host.json", "\ufeff" + json.dumps({"version": "2.0"}))
    config = HostConfig.load(tmp_path, {})
    assert (config.route_prefix, config.function_timeout, config.runs("anything")) == ("api", 1800.0, True)


def test_host_json_is_read() -> None:
    config = HostConfig.of(
        {
            "Version": "2.0",
            "functionTimeout": "00:10:00",
            "functions": ["Books"],
            "extensions": {
                "http": {"routePrefix": "/v1/", "customHeaders": {"X-A": "b"}},
                "queues": {"batchSize": 3},
            },
        }
    )
    assert (config.route_prefix, config.function_timeout) == ("v1", 600.0)
    assert (config.runs("books"), config.runs("others")) == (True, False)
    assert (config.response_headers, config.extensions["queues"]) == ({"X-A": "b"}, {"batchSize": 3})
    assert HostConfig.of({"version": "2.0", "functionTimeout": "-1"}).function_timeout is None


def test_settings_win_over_host_json(tmp_path: Path) -> None:
    write(tmp_path, "host.json", {"version": "2.0", "extensions": {"http": {"routePrefix": "api"}}})
    settings = {
        "AzureFunctionsJobHost__extensions__http__routePrefix": "",
        "AzureFunctionsJobHost__extensions__queues__batchSize": "7",
    }
    config = HostConfig.load(tmp_path, settings)
    assert (config.route_prefix, config.extensions["queues"]["batchSize"]) == ("", 7)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({}, "version"),
        ({"version": "1.0"}, "version is '1.0'"),
        ({"version": "2.0", "extensions": []}, "extensions must be an object"),
        ({"version": "2.0", "extensions": {"http": {"routePrefix": 1}}}, "routePrefix"),
        ({"version": "2.0", "functionTimeout": "soon"}, "functionTimeout"),
        ({"version": "2.0", "functionTimeout": "00:00:00"}, "functionTimeout"),
        ({"version": "2.0", "functions": "books"}, "functions must be a list"),
        ("{", "cannot be read as JSON"),
        ("[]", "JSON object"),
    ],
)
def test_a_wrong_host_json_names_the_field(tmp_path: Path, document: Any, says: str) -> None:
    write(tmp_path, "host.json", document)
    with pytest.raises(HostJsonError, match=says):
        HostConfig.load(tmp_path, {})


def test_a_folder_without_host_json_is_no_app(tmp_path: Path) -> None:
    with pytest.raises(HostJsonError, match=r"no host\.json"):
        HostConfig.load(tmp_path, {})


def test_the_second_file_and_the_environment_win(tmp_path: Path) -> None:
    write(
        tmp_path,
        "local.settings.json",
        {
            "IsEncrypted": False,
            "Values": {"A": "1", "B": "1", "C": "1", "N": 5, "T": True},
            "Host": {"LocalHttpPort": 7171, "CORS": "http://a, http://b", "CORSCredentials": True},
        },
    )
    write(tmp_path, "local.settings.local.json", {"Values": {"B": "2", "C": "2"}})
    local = localsettings.load(tmp_path)
    assert local.over({"C": "3"}) == {"A": "1", "B": "2", "C": "3", "N": "5", "T": "true"}
    assert (local.port, local.cors_origins, local.cors_credentials) == (7171, ("http://a", "http://b"), True)


def test_no_file_is_no_settings_but_an_asked_for_file_must_exist(tmp_path: Path) -> None:
    assert localsettings.load(tmp_path).values == {}
    with pytest.raises(LocalSettingsError, match="does not exist"):
        localsettings.load(tmp_path, tmp_path / "other.json")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"IsEncrypted": True, "Values": {"A": "x"}}, "func settings decrypt"),
        ("{'a': 1}", "cannot be read as JSON"),
        ([], "JSON object"),
        ({"Values": []}, "Values must be an object"),
        ({"Values": {"A": {"b": 1}}}, "A must be a string, not dict"),
        ({"Host": {"LocalHttpPort": "many"}}, "LocalHttpPort"),
    ],
)
def test_a_wrong_settings_file_says_what_to_fix(tmp_path: Path, document: Any, says: str) -> None:
    write(tmp_path, "local.settings.json", document)
    with pytest.raises(LocalSettingsError, match=says):
        localsettings.load(tmp_path)


def test_expressions() -> None:
    settings = {"QUEUE": "orders", "Empty": ""}
    assert resolve("%QUEUE%-%queue%-plain%Empty%", settings) == "orders-orders-plain"
    with pytest.raises(BindingExpressionError, match="'%MISSING%' does not resolve to a value"):
        resolve("a%MISSING%", settings)
    with pytest.raises(BindingExpressionError, match="position 2 does not have a closing"):
        resolve("ab%c", settings)


def test_a_connection_is_a_name_and_not_an_expression() -> None:
    raw = json.dumps(
        {"name": "m", "type": "queueTrigger", "direction": "IN", "queueName": "%Q%", "connection": "%Q%"}
    )
    (binding,) = parse_bindings([raw], {"Q": "orders"})
    assert (binding.properties["queueName"], binding.properties["connection"]) == ("orders", "%Q%")
    assert (binding.name, binding.type, binding.direction) == ("m", "queueTrigger", "in")


@pytest.mark.parametrize(
    ("name", "value", "disabled"),
    [
        ("AzureWebJobs.Books.Disabled", "true", True),
        ("AzureWebJobs_books_Disabled", "1", True),
        ("AzureWebJobs.books.Disabled", "false", False),
        ("AzureWebJobs.other.Disabled", "true", False),
    ],
)
def test_disabling(name: str, value: str, disabled: bool) -> None:
    function = Function("1", "books", (Binding("req", "httpTrigger", "in", {}),))
    assert is_disabled(function, {name: value}) is disabled
