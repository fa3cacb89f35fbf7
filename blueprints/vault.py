"""The wardrobe over HTTP: items, their wears, and the CSV file that carries a vault in and out."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import vault
from core.platform import clock, models
from core.platform.http import Call, Reply, Upload, Uploaded, endpoint

bp = func.Blueprint()

_ITEM = "api/vault/items/{item_id:guid}"
_FILE = "name,category,status\r\nLinen shirt,tops,active\r\n"


@bp.route(route="api/vault/items", methods=["GET", "HEAD"])
@endpoint(auth=access.user, returns=lambda: {200: models.Page[vault.ItemSummary]})
async def list_vault_items(call: Call[None, vault.ListItems]) -> models.Page[vault.ItemSummary]:
    """Your items, newest first; archived ones only if asked for."""
    items, cursor = await vault.page(call.user, call.query)
    return models.Page[vault.ItemSummary](items=await vault.listed(items), next_cursor=cursor)


@bp.route(route="api/vault/items", methods=["POST"])
@endpoint(
    auth=access.user,
    returns=lambda: {201: vault.Item},
    idempotent=True,
    problems=lambda: [vault.InvalidItem],
    sends=["ETag"],
)
async def add_vault_item(call: Call[vault.NewItem]) -> Reply:
    """Put an item into your vault."""
    item = await vault.add(call.user, call.body, item_id=call.effect_id())
    return await _shown(item, status=201)


@bp.route(route=_ITEM, methods=["GET", "HEAD"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: vault.Item},
    problems=lambda: [vault.ItemNotFound],
    sends=["ETag"],
)
async def get_vault_item(call: Call[None, None, vault.ItemPath]) -> Reply:
    """One item with the days it was worn."""
    return await _shown(await vault.get(call.user, call.path.item_id))


@bp.route(route=_ITEM, methods=["PATCH"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: vault.Item},
    problems=lambda: [vault.ItemNotFound, vault.ItemChanged, vault.InvalidItem],
    sends=["ETag"],
)
async def change_vault_item(call: Call[vault.ItemPatch, None, vault.ItemPath]) -> Reply:
    """Change an item by JSON merge patch: what is left out stays, `null` clears. Archive with `status`."""
    item = await vault.change(call.user, call.path.item_id, call.body, if_match=call.if_match)
    return await _shown(item)


@bp.route(route=_ITEM, methods=["DELETE"])
@endpoint(
    auth=access.user, returns=lambda: {204: None}, problems=lambda: [vault.ItemNotFound, vault.ItemChanged]
)
async def remove_vault_item(call: Call[None, None, vault.ItemPath]) -> Reply:
    """Remove an item and its wears for good."""
    await vault.remove(call.user, call.path.item_id, if_match=call.if_match)
    return Reply.no_content()


@bp.route(route=f"{_ITEM}/wears", methods=["POST"])
@endpoint(
    auth=access.user,
    returns=lambda: {201: vault.Item, 200: vault.Item},
    idempotent=True,
    problems=lambda: [vault.ItemNotFound, vault.ItemChanged, vault.InvalidWear, vault.TooManyWears],
    sends=["ETag"],
)
async def log_vault_wear(call: Call[vault.NewWear, None, vault.ItemPath]) -> Reply:
    """Log that you wore an item, today or on another day; 200 where that day was logged already."""
    item, news = await vault.log_wear(call.user, call.path.item_id, call.body.worn_on, if_match=call.if_match)
    return await _shown(item, status=201 if news else 200)


@bp.route(route=f"{_ITEM}/wears", methods=["DELETE"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: vault.Item},
    problems=lambda: [vault.ItemNotFound, vault.WearNotFound, vault.ItemChanged],
    sends=["ETag"],
    follows=["log_vault_wear"],
)
async def unlog_vault_wear(call: Call[None, vault.WornOn, vault.ItemPath]) -> Reply:
    """Take back the wear of one day."""
    item = await vault.unlog_wear(call.user, call.path.item_id, call.query.worn_on, if_match=call.if_match)
    return await _shown(item)


@bp.route(route="api/vault/import", methods=["POST"])
@endpoint(
    auth=access.user,
    upload=lambda: Upload(
        field="file", types=("text/csv",), max_bytes=vault.MAX_IMPORT_BYTES, sample="vault.csv"
    ),
    returns=lambda: {200: vault.ImportReport},
    idempotent=True,
    problems=lambda: [vault.UnreadableCsv, vault.TooManyRows, vault.ImportUnfinished],
)
async def import_vault(call: Call[Uploaded]) -> vault.ImportReport:
    """Add the rows of a CSV file; good rows are taken whatever the others are like, and none twice."""
    return await vault.import_csv(call.user, call.body.data)


@bp.route(route="api/vault/export", methods=["GET", "HEAD"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: "text/csv"},
    samples=lambda: {"text/csv": _FILE},
    sends=["Content-Disposition"],
)
async def export_vault(call: Call) -> Reply:
    """Your whole vault as a CSV file, archived items and wears included."""
    filename = f"pluckit-vault-{clock.now():%Y-%m-%d}.csv"
    return Reply.file(
        await vault.export_csv(call.user),
        "text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


async def _shown(item: vault.VaultItem, *, status: int = 200) -> Reply:
    shown = await vault.shown(item)
    if status == 201:
        return Reply.created(shown, location=f"/api/vault/items/{item.id}", etag=item.etag)
    return Reply.ok(shown, etag=item.etag)
