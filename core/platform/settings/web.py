"""Fetching what other people publish: how much, how fast, and in whose name."""

from __future__ import annotations

import re
from ipaddress import ip_address

from pydantic import Field, field_validator, model_validator

from core.platform.settings.base import CommaList, Settings, get
from core.platform.settings.runtime import RuntimeSettings

_EXTRA = re.compile(r"(?P<host>[a-z0-9.-]+):(?P<port>\d{1,5})(?:=(?P<address>[0-9a-f.:]+))?")


class FetchSettings(Settings):
    """How URLs that somebody else chose are fetched (docs/fetching.md)."""

    max_concurrency: int = Field(
        8,
        alias="SCRAPER_MAX_CONCURRENCY",
        ge=1,
        le=100,
        description="Requests to other people's servers under way at a time, and sources swept at a time.",
    )
    contact: str = Field(
        "",
        alias="FETCH_CONTACT",
        max_length=200,
        pattern=r"^[!-~]*$",
        description="URL or mail address in our User-Agent, for those whose servers we ask.",
    )
    timeout_seconds: float = Field(
        20, alias="FETCH_TIMEOUT_SECONDS", gt=0, le=120, description="Longest that one request may take."
    )
    connect_seconds: float = Field(
        5, alias="FETCH_CONNECT_SECONDS", gt=0, le=60, description="Longest wait for a connection."
    )
    max_bytes: int = Field(
        10_000_000,
        alias="FETCH_MAX_BYTES",
        ge=1024,
        le=100_000_000,
        description="Largest document, as it is sent and again when unpacked.",
    )
    pause_seconds: float = Field(
        1,
        alias="FETCH_PAUSE_SECONDS",
        ge=0,
        le=60,
        description="Least pause between two requests to one host; its robots.txt may ask for a longer one.",
    )
    patience_seconds: float = Field(
        30,
        alias="FETCH_PATIENCE_SECONDS",
        ge=0,
        le=120,
        description="Longest wait for a host's turn; the caller is told to come back after.",
    )
    extra_hosts: CommaList = Field(
        (),
        alias="FETCH_EXTRA_HOSTS",
        description="Loopback hosts that may be fetched besides the public internet, for development: "
        "`name:port=address`, comma separated. Refused in Azure.",
    )

    @field_validator("extra_hosts")
    @classmethod
    def _each_is_a_loopback_host(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        for entry in entries:
            _host_port_address(entry)
        return entries

    @model_validator(mode="after")
    def _nothing_extra_in_azure(self) -> FetchSettings:
        if self.extra_hosts and get(RuntimeSettings).in_azure:
            raise ValueError("FETCH_EXTRA_HOSTS opens this machine's own ports: leave it empty in Azure")
        return self

    @property
    def extra(self) -> dict[tuple[str, int], str]:
        """The extra hosts and ports, each with the one address it stands for."""
        return {(host, port): address for host, port, address in map(_host_port_address, self.extra_hosts)}


def _host_port_address(entry: str) -> tuple[str, int, str]:
    found = _EXTRA.fullmatch(entry)
    if found is None:
        raise ValueError("write each as name:port=address, for example shop.test:8090=127.0.0.1")
    address = found["address"] or found["host"]
    if not ip_address(address).is_loopback:
        raise ValueError("only loopback addresses can be admitted")
    return found["host"], int(found["port"]), address
