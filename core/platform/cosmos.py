"""Cosmos DB for NoSQL as the domains see it: typed documents, each in the partition of its
person or of its shelf.

Every SDK error becomes either a plain outcome (``AlreadyExists``, ``Stale``, ``None``) that the repository
translates, or ``Unavailable``, so that nothing of the SDK reaches a domain or a client. Queries stay inside
one partition and page with continuation tokens.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.core.pipeline.transport import AioHttpTransport
from azure.cosmos import CosmosDict, exceptions
from azure.cosmos.aio import ContainerProxy, CosmosClient
from pydantic import ValidationError

from core.platform import clock, connections, credentials, settings, telemetry
from core.platform.cursors import opened, sealed
from core.platform.errors import Unavailable
from core.platform.models import Stored
from core.platform.paging import each

_RETRY_SECONDS = 2
_SWAPS = 40
"""Compare-and-swap tries of an update: each round one writer gets through, so this many can meet."""

_log = logging.getLogger("pluckit.cosmos")


class AlreadyExists(Exception):
    """A document with this id is there already."""


class Stale(Exception):
    """The document changed since it was read."""


class Unreadable(Exception):
    """What is stored under ``id``, at version ``etag``, is no document of its container's model."""

    def __init__(self, container: str, id: str, etag: str) -> None:  # noqa: A002 - the field's own name
        super().__init__(f"Document {id} of container {container} cannot be read.")
        self.id = id
        self.etag = etag


class Container[D: Stored]:
    """One Cosmos container holding documents of one model.

    ``home`` is a partition: the person for a ``Document``, the shelf for a ``Shared`` one. Where ``echo`` is
    off, the database does not send back what it was sent: a write returns the document it was given, at its
    new version and without ``written_at``. It saves half the traffic of documents that are written often.

    Reading what is no document of the model raises ``Unreadable``. Where ``tolerant``, lists pass over it
    with an error in the log: for shared documents, of which one may not take the others along. A person's
    own documents never go missing from a list in silence.
    """

    def __init__(self, name: str, model: type[D], *, echo: bool = True, tolerant: bool = False) -> None:
        self.name = name
        self.model = model
        self._tolerant = tolerant
        self._quiet: dict[str, Any] = {} if echo else {"no_response": True}

    async def get(self, home: str, id: str) -> D | None:  # noqa: A002 - the field's own name
        """Return the document, or ``None`` where it is absent or has expired."""
        proxy = await container(self.name)
        with translated("read_item", self.name):
            try:
                return self._load(await proxy.read_item(id, home))
            except exceptions.CosmosResourceNotFoundError:
                return None

    async def create(self, document: D) -> D:
        """Write a new document.

        Raises:
            AlreadyExists: the id is taken by a live document.
        """
        proxy = await container(self.name)
        try:
            with translated("create_item", self.name):
                return self._written(document, await proxy.create_item(_body(document), **self._quiet))
        except AlreadyExists:
            return await self._take_over(document)

    async def add(self, document: D) -> None:
        """Write a new document under an id that nobody else can have.

        Where it is there already, this very call has written it: the database lost its answer, and the SDK
        sent it again.
        """
        with suppress(AlreadyExists):
            await self.create(document)

    async def replace(self, document: D) -> D:
        """Write over the version that was read (``document.etag``).

        Raises:
            Stale: it was changed or deleted in between.
        """
        proxy = await container(self.name)
        with translated("replace_item", self.name):
            try:
                answer = await proxy.replace_item(
                    document.id,
                    _body(document),
                    etag=document.etag,
                    match_condition=MatchConditions.IfNotModified,
                    **self._quiet,
                )
            except exceptions.CosmosResourceNotFoundError:
                raise Stale from None
        return self._written(document, answer)

    async def patch(self, home: str, id: str, changes: Mapping[str, Any], *, etag: str) -> D:  # noqa: A002
        """Set top-level fields (JSON by stored name) of version ``etag``, unread; return the document.

        Raises:
            Stale: it was changed or deleted in between.
        """
        proxy = await container(self.name)
        operations = [{"op": "set", "path": f"/{name}", "value": value} for name, value in changes.items()]
        with translated("patch_item", self.name):
            try:
                answer = await proxy.patch_item(
                    id, home, operations, etag=etag, match_condition=MatchConditions.IfNotModified
                )
            except exceptions.CosmosResourceNotFoundError:
                raise Stale from None
        return self._read(answer)

    async def upsert(self, document: D) -> D:
        """Write the document whatever was there."""
        proxy = await container(self.name)
        with translated("upsert_item", self.name):
            return self._written(document, await proxy.upsert_item(_body(document), **self._quiet))

    async def increment(self, initial: D, counter: str, by: int) -> D:
        """Add ``by`` to the field ``counter``, atomically; ``initial`` is written where there is none.

        Returns the document as it then is.
        """
        proxy = await container(self.name)
        operation = [{"op": "incr", "path": f"/{counter}", "value": by}]
        while True:
            with translated("patch_item", self.name):
                try:
                    return self._read(await proxy.patch_item(initial.id, initial.home, operation))
                except exceptions.CosmosResourceNotFoundError:
                    pass
            try:
                return await self.create(initial)
            except AlreadyExists:
                continue

    async def delete(self, home: str, id: str, *, etag: str | None = None) -> bool:  # noqa: A002
        """Delete the document (of version ``etag``, if given); tell whether it was there.

        Raises:
            Stale: it is not at version ``etag`` any more.
        """
        proxy = await container(self.name)
        condition = None if etag is None else MatchConditions.IfNotModified
        with translated("delete_item", self.name):
            try:
                await proxy.delete_item(id, home, etag=etag, match_condition=condition)
            except exceptions.CosmosResourceNotFoundError:
                return False
        return True

    async def update(self, home: str, id: str, change: Callable[[D], D]) -> D | None:  # noqa: A002
        """Apply ``change`` by compare-and-swap; ``None`` where there is no such document.

        ``change`` may be called several times and must be pure; returning its argument writes nothing.

        Raises:
            Unavailable: others kept changing it.
        """
        for _ in range(_SWAPS):
            current = await self.get(home, id)
            if current is None:
                return None
            changed = change(current)
            if changed is current:
                return current
            try:
                return await self.replace(changed)
            except Stale:
                continue
        raise Unavailable("Too many changes at once. Try again.", retry_after=_RETRY_SECONDS)

    async def page(
        self,
        home: str,
        *,
        where: str = "true",
        params: Mapping[str, Any] | None = None,
        order: str = "c._ts DESC",
        limit: int,
        cursor: str | None = None,
    ) -> tuple[list[D], str | None]:
        """Return at most ``limit`` documents and the cursor of the next page.

        Raises:
            InvalidCursor: ``cursor`` is not one this list gave out.
        """
        scope = (self.name, home, where, params or {}, order)
        token = opened(cursor, *scope)
        proxy = await container(self.name)
        with translated("query_items", self.name):
            pages = proxy.query_items(
                f"SELECT * FROM c WHERE {where} ORDER BY {order}",  # noqa: S608 - values go through params
                parameters=_parameters(params),
                partition_key=home,
                max_item_count=limit,
            ).by_page(token)
            documents: list[D] = []
            async for page in pages:
                documents = [found async for raw in page if (found := self._listed(raw)) is not None]
                break
            following = pages.continuation_token  # type: ignore[attr-defined]  # untyped in the SDK
            return documents, sealed(following, *scope)

    def all(
        self, home: str, *, where: str = "true", params: Mapping[str, Any] | None = None
    ) -> AsyncIterator[D]:
        """Yield every live document of one partition that matches."""
        return self._matching(where, params, partition_key=home)

    def everyone(
        self,
        *,
        where: str,
        params: Mapping[str, Any] | None = None,
        order: str | None = None,
        at_a_time: int | None = None,
    ) -> AsyncIterator[D]:
        """Yield every live document that matches, of all people: for sweeps and administrators only."""
        sorting = f" ORDER BY {order}" if order else ""
        return self._matching(where + sorting, params, max_item_count=at_a_time)

    async def _matching(
        self, where: str, params: Mapping[str, Any] | None, **options: Any
    ) -> AsyncIterator[D]:
        proxy = await container(self.name)
        query = f"SELECT * FROM c WHERE {where}"  # noqa: S608 - values go through params
        found = proxy.query_items(query, parameters=_parameters(params), **options)
        async for raw in each(found, lambda: translated("query_items", self.name)):
            if (document := self._listed(raw)) is not None:
                yield document

    async def _take_over(self, document: D) -> D:
        """Write over an expired document that Cosmos DB has not removed yet; of several at once, one does.

        One that was removed since it was met leaves its id free.
        """
        proxy = await container(self.name)
        with translated("read_item", self.name):
            try:
                there = self._read(await proxy.read_item(document.id, document.home))
            except exceptions.CosmosResourceNotFoundError:
                there = None
        if there is None:
            return await self.create(document)
        if not _expired(there):
            raise AlreadyExists
        try:
            return await self.replace(document.model_copy(update={"etag": there.etag}))
        except Stale:
            raise AlreadyExists from None

    def _written(self, sent: D, answer: CosmosDict) -> D:
        if not self._quiet:
            return self._read(answer)
        return sent.model_copy(update={"etag": answer.get_response_headers()["etag"], "written_at": None})

    def _read(self, raw: Mapping[str, Any]) -> D:
        try:
            return self.model.model_validate(dict(raw))
        except ValidationError as error:
            raise Unreadable(self.name, str(raw.get("id")), str(raw.get("_etag"))) from error

    def _load(self, raw: Mapping[str, Any]) -> D | None:
        document = self._read(raw)
        return None if _expired(document) else document

    def _listed(self, raw: Mapping[str, Any]) -> D | None:
        try:
            return self._load(raw)
        except Unreadable as error:
            if not self._tolerant:
                raise
            _log.error("%s", error)
            return None


async def container(name: str) -> ContainerProxy:
    """Return the SDK's proxy of container ``name``."""
    client = await connections.shared("cosmos", _connect)
    database = client.get_database_client(settings.get(settings.CosmosSettings).database)
    return database.get_container_client(name)


async def probe() -> None:
    """Ask the account who it is; raises ``Unavailable`` where it does not answer."""
    client = await connections.shared("cosmos", _connect)
    with translated("read_account", "account"):
        await client._get_database_account()  # the SDK has no public ping


async def _connect() -> tuple[CosmosClient, connections.Closer]:
    configured = settings.get(settings.CosmosSettings)
    client = CosmosClient(
        str(configured.endpoint),
        await credentials.identity() if configured.key is None else configured.key.get_secret_value(),
        retry_total=3,
        retry_backoff_max=3,
        connection_timeout=5,
        read_timeout=10,
        enable_diagnostics_logging=False,
        # Left to itself, aiohttp reads ~/.netrc and every proxy variable for each request: 40 % of its time.
        transport=AioHttpTransport(use_env_settings=False),
    )
    try:
        with translated("read_account", "account"):
            await client.__aenter__()
    except BaseException:
        await client.close()
        raise
    return client, client.close


@contextmanager
def translated(operation: str, collection: str) -> Iterator[None]:
    """Tell the SDK's call as a span; its failures become ``AlreadyExists``, ``Stale`` or ``Unavailable``."""
    told = {
        "db.system.name": "azure.cosmosdb",
        "db.operation.name": operation,
        "db.collection.name": collection,
    }
    with telemetry.span(f"{operation} {collection}", "client", told):
        try:
            yield
        except exceptions.CosmosResourceExistsError:
            raise AlreadyExists from None
        except exceptions.CosmosAccessConditionFailedError:
            raise Stale from None
        except exceptions.CosmosHttpResponseError as error:
            raise Unavailable("The database does not answer now.", retry_after=_RETRY_SECONDS) from error
        except (AzureError, TimeoutError) as error:
            raise Unavailable("The database does not answer now.", retry_after=_RETRY_SECONDS) from error


def _body(document: Stored) -> dict[str, Any]:
    return document.model_dump(mode="json", by_alias=True, exclude={"etag", "written_at"}, exclude_none=True)


def _expired(document: Stored) -> bool:
    if document.ttl is None or document.ttl < 0 or document.written_at is None:
        return False
    return document.written_at + document.ttl <= clock.now().timestamp()


def _parameters(params: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    return [{"name": f"@{name}", "value": value} for name, value in (params or {}).items()]
