"""What infra/ creates is what the app declares and needs, without keys, and with no role wider than said.

No Bicep compiler runs here; the grammar does, and CI's job `bicep` compiles.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.platform import containers, settings
from core.platform.settings import base
from core.platform.telemetry.instruments import INSTRUMENTS
from devstack import infrastructure
from tests.unit.house.bicep import Declaration, Expression, broken, declarations, names, parsed

ROOT = Path(__file__).parents[3]
INFRA = ROOT / "infra"
FILES = [*sorted(INFRA.rglob("*.bicep")), INFRA / "main.bicepparam"]
ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "974c5e8b-45b9-4653-ba55-5f855dd0fe88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd": "Cognitive Services OpenAI User",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "00000000-0000-0000-0000-000000000002": "Cosmos DB Built-in Data Contributor",
}
"""All roles that may be given; each is written with its name, which says why it is enough."""
OF_THE_PLATFORM = re.compile(
    r"AzureWebJobsStorage__\w+|StorageQueue__(credential|clientId)|APPLICATIONINSIGHTS_\w+|AZURE_(CLIENT_ID|TOKEN_CREDENTIALS)"
    r"|FUNCTIONS_REQUEST_BODY_SIZE_LIMIT|OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
)
"""Settings that the host, azure-identity and OpenTelemetry's SDK read, not the app."""
VAULT = re.compile(r"'@Microsoft\.KeyVault\(SecretUri=\$\{vaultUri\}secrets/([a-z-]+)\)'")
GIVEN = {
    "AUTH_SIGNING_KEYS": "[]",
    "URL_SIGNING_KEY": "x" * 32,
    "OIDC_ISSUERS": "[]",
    "LANGFUSE_PUBLIC_KEY": "pk",
    "AI_PRICES": "{}",
    "CORS_ALLOWED_ORIGINS": "https://app.example.org",
}


def declared(path: str) -> list[Declaration]:
    return list(declarations(parsed(INFRA / path)))


def resources(kind: str) -> Iterator[dict[str, Any]]:
    for path in FILES:
        for one in declarations(parsed(path)):
            if one.kind == "resource" and one.type.partition("@")[0] == kind:
                yield one.value


def app_settings() -> dict[str, str | Expression]:
    """Return all settings, those that parameters turn on too."""
    found = {one.name: one.value for one in declared("modules/app.bicep") if one.kind == "var"}
    optional = re.findall(
        r"^  (\w+): ('.*'|\w+)$", found["telling"].text + found["langfuse"].text, re.MULTILINE
    )
    inline = re.findall(r"\{ (\w+): (\w+) \}", found["telling"].text + found["priced"].text)
    return {**found["settings"], **{name: Expression(text) for name, text in [*optional, *inline]}}


def app_aliases() -> dict[str, Any]:
    return {
        str(f.alias): f for kind in settings.Settings.__subclasses__() for f in kind.model_fields.values()
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_bicep(path: Path) -> None:
    assert list(broken(parsed(path))) == []


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix == ".bicep"], ids=lambda path: path.name
)
def test_everything_declared_is_used_and_everything_used_is_declared(path: Path) -> None:
    root = parsed(path)
    here = {one.name for one in declarations(root)}
    used = list(names(root))
    idle = {
        one.name for one in declarations(root) if one.kind in {"param", "var"} and used.count(one.name) < 2
    }
    loops = set(re.findall(r"\bfor (\w+) in", path.read_text()))
    known = here | loops | {"string", "int", "bool", "array", "object"} | _FUNCTIONS
    assert (idle, set(used) - known) == (set(), set())


_FUNCTIONS = {
    *("description", "secure", "minLength", "maxLength", "minValue", "maxValue", "batchSize", "allowed"),
    *("resourceGroup", "subscription", "subscriptionResourceId", "uniqueString", "guid", "take", "replace"),
    *("toLower", "union", "empty", "loadJsonContent", "filter"),
}


def test_accounts_that_want_lower_case_are_named_in_it() -> None:
    accounts = {"modules/storage.bicep", "modules/cosmos.bicep", "modules/model.bicep"}
    named = [one.value["params"]["name"].text for one in declared("main.bicep") if one.type in accounts]
    assert len(named) == 4
    assert all(name.startswith("toLower(") for name in named)


def test_every_module_is_given_what_it_takes() -> None:
    for module in declared("main.bicep"):
        if module.kind == "module":
            taken = {one.name for one in declared(module.type) if one.kind == "param"}
            assert set(module.value["params"]) == taken, module.type
            given = {one.name for one in declared(module.type) if one.kind == "output"}
            asked = re.findall(rf"\b{module.name}\.outputs\.(\w+)", (INFRA / "main.bicep").read_text())
            assert set(asked) <= given, module.type


def test_the_parameter_file_gives_every_parameter_without_a_default() -> None:
    text = (INFRA / "main.bicep").read_text()
    required = set(re.findall(r"^param (\w+) \w+$", text, re.MULTILINE))
    known = set(re.findall(r"^param (\w+)", text, re.MULTILINE))
    given = {one.name for one in declared("main.bicepparam")}
    assert required <= given <= known


def test_containers_and_queues_are_those_the_code_declares() -> None:
    assert infrastructure.TARGET.read_text() == infrastructure.rendered(), "run `make docs`"
    [container] = resources("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers")
    made = container["properties"]["resource"]
    assert made["partitionKey"]["paths"] == [Expression("container.partitionKey")]
    assert made["defaultTtl"] == Expression("container.defaultTtl")
    assert made["indexingPolicy"] == Expression("container.indexingPolicy")


def kept_in() -> Iterator[tuple[str, str, str]]:
    """Yield container, the name its documents are reached by, and the source of the module that names it."""
    for path in (ROOT / "core").rglob("*.py"):
        source = path.read_text()
        for node in ast.walk(ast.parse(source)):
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            call = getattr(node, "value", None)
            if target is None or not isinstance(call, ast.Call) or ast.unparse(call.func) != "Container":
                continue
            if isinstance(call.args[0], ast.Constant):
                yield ast.literal_eval(call.args[0]), ast.unparse(target), source


def test_every_container_a_domain_names_is_declared() -> None:
    assert {name for name, _, _ in kept_in()} <= {one.name for one in containers.cosmos_containers()}


def test_what_is_not_indexed_is_never_searched() -> None:
    plain = {one.name for one in containers.cosmos_containers() if not one.indexed}
    assert plain <= {name for name, _, _ in kept_in()}
    for name, shelf, source in kept_in():
        searched = rf"{re.escape(shelf)}\.(page|everyone)\(|{re.escape(shelf)}\.all\([^)]*where"
        assert name not in plain or not re.search(searched, source), name


def test_every_setting_is_known_and_no_secret_is_written_down() -> None:
    known = app_aliases()
    for name, given in app_settings().items():
        assert name in known or OF_THE_PLATFORM.fullmatch(name), name
        secret = name in known and "SecretStr" in str(known[name].annotation)
        assert secret == (isinstance(given, Expression) and VAULT.fullmatch(given.text) is not None), name


def complaints(deployed: dict[str, str | Expression], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a sentence for each class of settings that cannot be read in Azure."""
    for name in app_aliases():
        monkeypatch.delenv(name, raising=False)
    for name, given in deployed.items():
        sample = (
            given
            if isinstance(given, str)
            else GIVEN.get(name, f"https://{name.lower().replace('_', '-')}.test")
        )
        monkeypatch.setenv(name, sample)
    monkeypatch.setenv("WEBSITE_SITE_NAME", "pluckit")
    found = []
    for kind in settings.Settings.__subclasses__():
        try:
            base._read(kind)
        except settings.SettingsError as error:
            found.append(f"{error}")
    return found


def test_the_settings_are_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    if found := complaints(app_settings(), monkeypatch):
        pytest.fail("infra/modules/app.bicep: " + " ".join(found), pytrace=False)


def test_a_setting_that_is_not_given_is_named_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {name: value for name, value in app_settings().items() if name != "COSMOS_DB_ENDPOINT"}
    assert complaints(given, monkeypatch) == ["Check the app settings. COSMOS_DB_ENDPOINT: Field required"]


def test_what_the_operator_adds_wins_over_all_settings() -> None:
    [made] = resources("Microsoft.Web/sites/config")
    assert made["properties"].text == "union(settings, telling, langfuse, priced, extraSettings)"


def test_counters_are_told_as_the_alerts_add_them_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import Counter
    from opentelemetry.sdk.metrics.export import AggregationTemporality

    name = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
    monkeypatch.setenv(name, str(app_settings()[name]))
    exporter = OTLPMetricExporter()
    preferred = exporter._preferred_temporality
    assert preferred is not None
    assert preferred[Counter] is AggregationTemporality.DELTA


def test_the_deployed_model_has_a_price_and_without_prices_there_is_no_alert() -> None:
    [deployment] = resources("Microsoft.CognitiveServices/accounts/deployments")
    given = {one.name: one.value for one in declared("main.bicepparam")}
    priced = settings.PriceSettings(AI_PRICES=given["modelPrices"]).prices
    assert priced[deployment["name"]].input > 0
    assert "AI_PRICES" in app_settings()
    rules = next(one.value for one in declared("modules/alerts.bicep") if one.name == "rules")
    assert "costIsTold || rule.name != 'cost'" in rules.text
    [unbounded] = [rule for rule in json.loads((INFRA / "alerts.json").read_text()) if "above" not in rule]
    assert unbounded["name"] == "cost"


def test_every_trigger_finds_its_setting() -> None:
    source = "".join(path.read_text() for path in (ROOT / "blueprints").glob("*.py"))
    wanted = set(re.findall(r'(?:queue_name|schedule)="%(\w+)%', source))
    given = app_settings()
    assert wanted <= set(given)
    assert given["TASTE_JOB_QUEUE_NAME"] in json.loads(infrastructure.rendered())["queues"]
    assert {"StorageQueue__queueServiceUri", "StorageQueue__credential", "StorageQueue__clientId"} <= set(
        given
    )


def test_bodies_end_at_the_host_above_the_largest_photo() -> None:
    limit = int(str(app_settings()["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]))
    assert settings.MediaSettings.model_fields["max_bytes"].default < limit <= 100_000_000


def test_nobody_gets_in_by_a_key() -> None:
    [storage] = resources("Microsoft.Storage/storageAccounts")
    assert storage["properties"]["allowSharedKeyAccess"] is False
    assert storage["properties"]["allowBlobPublicAccess"] is False
    assert storage["properties"]["minimumTlsVersion"] == "TLS1_2"
    for kind in ("DocumentDB/databaseAccounts", "CognitiveServices/accounts"):
        [account] = resources(f"Microsoft.{kind}")
        assert account["properties"]["disableLocalAuth"] is True
    [component] = resources("Microsoft.Insights/components")
    assert component["properties"]["DisableLocalAuth"] is True
    [ways] = resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    assert ways["properties"]["allow"] is False
    text = "".join(path.read_text() for path in FILES)
    assert not re.search(r"listKeys|listAccountSas|AccountKey|connectionStrings?\(|@secure", text)


def test_the_app_takes_https_only_runs_this_python_and_leaves_cors_to_itself() -> None:
    [site] = resources("Microsoft.Web/sites")
    made = site["properties"]
    assert made["httpsOnly"] is True
    assert made["siteConfig"]["minTlsVersion"] == "1.2"
    assert made["siteConfig"]["healthCheckPath"] == "/api/health"
    assert "cors" not in made["siteConfig"]
    assert made["functionAppConfig"]["runtime"] == {"name": "python", "version": "3.13"}
    assert "FUNCTIONS_WORKER_RUNTIME" not in app_settings(), "Flex Consumption refuses it"


def test_durable_keeps_its_state_where_host_json_looks() -> None:
    durable = json.loads((ROOT / "host.json").read_text())["extensions"]["durableTask"]
    assert "storageProvider" not in durable, (
        "its default is the account of AzureWebJobsStorage, with blobs, queues, tables"
    )
    roles = next(one.value for one in declared("modules/storage.bicep") if one.name == "roles")
    assert roles.text == "ofTheHost ? [blobRole, queueRole, tableRole] : [blobRole, queueRole]"


def test_roles_are_only_those_that_are_explained_and_of_the_data_plane() -> None:
    text = "".join(path.read_text() for path in FILES)
    given = set(re.findall(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", text))
    assert given == set(ROLES)
    for role, title in ROLES.items():
        assert title.removeprefix("Cosmos DB ") in text, f"{role}: say that it is {title}"
    page = (ROOT / "docs" / "operations.md").read_text()
    assert all(title in page for title in ROLES.values())


def test_alerts_ask_for_what_the_app_tells_and_lead_to_what_to_do() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    anchors = {re.sub(r"\W+", "-", title.lower()) for title in re.findall(r"^#+ (.+)$", page, re.MULTILINE)}
    table = re.findall(
        r"^\| ([a-z ]+) \| .+ \| .+ \|$", page.partition("## Alerts worth having")[2], re.MULTILINE
    )
    rules = json.loads((INFRA / "alerts.json").read_text())
    assert {rule["name"].replace("-", " ") for rule in rules} | {"away"} == set(table) - {"alert"}
    for rule in rules:
        assert set(re.findall(r"Name == '([^']+)'", rule["query"])) <= set(INSTRUMENTS)
        assert rule["runbook"] in anchors
