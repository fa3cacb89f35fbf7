"""The URLs of the Durable management API, as they go into client bindings and 202 answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

WEBHOOK_PATH = "/runtime/webhooks/durabletask"


@dataclass(frozen=True)
class Links:
    """`origin` is where the host is reached (`http://127.0.0.1:7071`); `system_key` opens the API."""

    origin: str
    hub_name: str
    system_key: str

    @property
    def base_url(self) -> str:
        """Where the management API is mounted."""
        return f"{self.origin}{WEBHOOK_PATH}"

    @property
    def query(self) -> str:
        """The parameters every management URL carries. The key in them can terminate and purge."""
        return urlencode({"taskHub": self.hub_name, "connection": "Storage", "code": self.system_key})

    def at(self, origin: str) -> Links:
        """The same links as seen by a caller who reached the host at `origin`."""
        return replace(self, origin=origin)

    def creation(self) -> dict[str, str]:
        """Templates that start an orchestration."""
        start = f"{self.base_url}/orchestrators/{{functionName}}[/{{instanceId}}]"
        waiting = "timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}"
        return {
            "createNewInstancePostUri": f"{start}?{self.query}",
            "createAndWaitOnNewInstancePostUri": f"{start}?{waiting}&{self.query}",
        }

    def management(self, instance_id: str) -> dict[str, str]:
        """The URLs of one instance, named as `create_check_status_response` names them."""
        instance = f"{self.base_url}/instances/{quote(instance_id, safe='')}"
        reasoned = {
            f"{verb}PostUri": f"{instance}/{verb}?reason={{text}}&{self.query}"
            for verb in ("terminate", "rewind", "suspend", "resume")
        }
        return {
            "id": instance_id,
            "statusQueryGetUri": f"{instance}?{self.query}",
            "sendEventPostUri": f"{instance}/raiseEvent/{{eventName}}?{self.query}",
            "purgeHistoryDeleteUri": f"{instance}?{self.query}",
            "restartPostUri": f"{instance}/restart?{self.query}",
            **reasoned,
        }
