// Closes gaps between the emulator and Cosmos DB that an app would otherwise have to work around:
//  - a request's partition key limits queries and feeds to that partition (the emulator ignored it and
//    wanted the key repeated in the WHERE clause);
//  - `ttl` and `defaultTtl` expire documents;
//  - a write with `Prefer: return=minimal` is answered without the document (it came back all the same).
// It keeps each partition's documents and those with a `ttl` at hand, so that a query costs what its own partition
// costs, however full the container is. And it reports each change, which the emulator tells nobody.
import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const Items = require("@vercel/cosmosdb-server/lib/account/items").default;
const Documents = require("@vercel/cosmosdb-server/lib/account/documents").default;

const PARTITION_HEADER = "x-ms-documentdb-partitionkey";
const CROSS_PARTITION_HEADER = "x-ms-documentdb-query-enablecrosspartition";
const partitionOfRequest = new AsyncLocalStorage();

function expired(document, defaultTtl) {
  if (typeof defaultTtl !== "number") return false; // Cosmos ignores `ttl` where the container has none
  const ttl = typeof document.ttl === "number" ? document.ttl : defaultTtl;
  return ttl >= 0 && document._ts + ttl <= Date.now() / 1000;
}

const itemAsStored = Items.prototype._item;

// Deletes whether or not the document has expired.
export function remove(items, data) {
  const unchecked = Object.create(items, { _item: { value: itemAsStored } });
  Items.prototype.delete.call(unchecked, data.id, items._getPartition(data));
}

// Of a container: its items by partition, and those that have a `ttl`. Found by `_index`, which a container never
// changes and which objects made from it share.
const shelves = new WeakMap();

function shelfOf(items) {
  if (!shelves.has(items._index)) shelves.set(items._index, { partitions: new Map(), mortal: new Map() });
  return shelves.get(items._index);
}

function shelve(items, { _rid: rid, ttl }, partition) {
  const { partitions, mortal } = shelfOf(items);
  if (!partitions.has(partition)) partitions.set(partition, new Map());
  partitions.get(partition).set(rid, items._data.get(rid));
  if (typeof ttl === "number") mortal.set(rid, items._data.get(rid));
}

function unshelve(items, { _rid: rid }, partition) {
  const { partitions, mortal } = shelfOf(items);
  const own = partitions.get(partition);
  own?.delete(rid);
  if (own?.size === 0) partitions.delete(partition);
  mortal.delete(rid);
}

function dropExpired(documents) {
  const { defaultTtl } = documents._parent.read() ?? {};
  if (typeof defaultTtl !== "number") return;
  const candidates = defaultTtl >= 0 ? documents._data : shelfOf(documents).mortal;
  for (const item of [...candidates.values()]) {
    if (expired(item.read(), defaultTtl)) remove(documents, item.read());
  }
}

function visible(documents) {
  dropExpired(documents);
  const partition = partitionOfRequest.getStore();
  if (partition === undefined) return documents;
  return Object.create(documents, { _data: { value: shelfOf(documents).partitions.get(partition) ?? new Map() } });
}

function limitFeeds() {
  for (const feed of ["query", "read"]) {
    const original = Items.prototype[feed];
    Documents.prototype[feed] = function (...args) {
      return original.apply(visible(this), args);
    };
  }
}

function expireItems() {
  Documents.prototype._item = function (...key) {
    const item = itemAsStored.apply(this, key);
    const data = item.read();
    if (!data || !expired(data, this._parent.read()?.defaultTtl)) return item;
    remove(this, data);
    return this._newItem();
  };
}

function reportChanges(changed) {
  const { _set: set, delete: remove } = Items.prototype;
  Items.prototype._set = function (data) {
    const result = set.call(this, data);
    shelve(this, data, this._getPartition(data));
    changed(this, data, false);
    return result;
  };
  Items.prototype.delete = function (idOrRid, partition) {
    const data = this._item("/id", idOrRid, partition).read();
    remove.call(this, idOrRid, partition);
    unshelve(this, data, this._getPartition(data));
    changed(this, data, true);
  };
}

export function closeGaps(changed) {
  reportChanges(changed);
  limitFeeds();
  expireItems();
}

export function wantsNoBody(request, response) {
  return request.headers.prefer === "return=minimal" && response.statusCode < 300;
}

function partitionOf(request) {
  try {
    const [key] = JSON.parse(request.headers[PARTITION_HEADER] ?? "[]");
    return typeof key === "object" ? undefined : key;
  } catch {
    return undefined;
  }
}

export function withPartition(request, run) {
  const partition = partitionOf(request);
  if (partition === undefined) return run();
  // The emulator checks the key by looking for it in the query text unless told not to.
  request.headers[CROSS_PARTITION_HEADER] = "true";
  return partitionOfRequest.run(partition, run);
}
