// Keeps the emulator's data over restarts and crashes. The emulator holds everything in Maps; each change is
// appended to a file before the client hears of it, so that not even SIGKILL loses an acknowledged write.
// Documents are kept whole, with _rid, _etag and _ts: a client's ETag still matches after a restart.
// At start the file is replayed and rewritten without what was overwritten or deleted.
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

import { remove } from "./gaps.mjs";

const require = createRequire(import.meta.url);
const kept = ["databases", "collections", "documents"].map(
  (kind) => require(`@vercel/cosmosdb-server/lib/account/${kind}`).default,
);

const isKept = (items) => kept.some((kind) => items instanceof kind);

// `_self` is /dbs/RID, /dbs/RID/colls/RID or /dbs/RID/colls/RID/docs/RID/
function itemsHolding(account, self) {
  const [, , database, , collection, , document] = self.split("/");
  if (document) return account.database(database).collection(collection).documents;
  return collection ? account.database(database).collections : account.databases;
}

function replay(account, { data, count, deleted }) {
  const items = itemsHolding(account, data._self);
  items._ridCount = Math.max(items._ridCount, count);
  if (deleted) remove(items, data);
  else items._set(data);
}

function* everything(items) {
  for (const item of items._data.values()) {
    yield { data: item.read(), count: items._ridCount };
    for (const inner of [item.collections, item.documents]) if (inner) yield* everything(inner);
  }
}

// A line holds all changes of one request (replacing is deleting and setting). One that a crash cut off was
// never acknowledged.
function* recordsIn(text) {
  const lines = text.split("\n");
  lines.pop();
  for (const line of lines) yield* JSON.parse(line);
}

export class Journal {
  #path;
  #file = null;
  #pending = [];

  constructor(path) {
    this.#path = path;
  }

  restoreInto(account) {
    if (!this.#path) return;
    if (existsSync(this.#path)) {
      for (const record of recordsIn(readFileSync(this.#path, "utf8"))) replay(account, record);
    }
    const compacted = openSync(`${this.#path}.tmp`, "w", 0o600);
    for (const record of everything(account.databases)) writeSync(compacted, `${JSON.stringify([record])}\n`);
    closeSync(compacted);
    renameSync(`${this.#path}.tmp`, this.#path);
    this.#file = openSync(this.#path, "a");
  }

  record(items, data, deleted) {
    if (this.#file === null || !isKept(items)) return;
    if (!this.#pending.length) setImmediate(() => this.flush()); // also where no answer is ever sent
    this.#pending.push({ data, count: items._ridCount, deleted });
  }

  flush() {
    if (!this.#pending.length) return;
    writeSync(this.#file, `${JSON.stringify(this.#pending)}\n`);
    this.#pending = [];
  }
}
