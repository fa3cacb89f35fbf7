// Keeps the emulator's data over a restart. The emulator holds everything in Maps; a snapshot is those
// Maps as JSON, documents whole with their _rid, _etag and _ts, so that a client's ETag still matches.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

const FORMAT = 1;
const MAX_DELAY_MS = 1_000; // what a SIGKILL may lose
const SHARE_OF_TIME = 10; // saving takes at most a tenth of the emulator's time, however much data there is

const dataOf = (items) => [...items._data.values()].map((item) => item.read());
const childrenOf = (items) => [...items._data.values()];

function freeze(account) {
  return {
    format: FORMAT,
    ridCount: account.databases._ridCount,
    databases: childrenOf(account.databases).map((database) => ({
      data: database.read(),
      ridCount: database.collections._ridCount,
      collections: childrenOf(database.collections).map((collection) => ({
        data: collection.read(),
        ridCount: collection.documents._ridCount,
        documents: dataOf(collection.documents),
      })),
    })),
  };
}

function thaw(account, state) {
  account.databases._ridCount = state.ridCount;
  for (const { data, ridCount, collections } of state.databases) {
    account.databases._set(data);
    const database = account.database(data.id);
    database.collections._ridCount = ridCount;
    for (const saved of collections) {
      database.collections._set(saved.data);
      const { documents } = database.collection(saved.data.id);
      documents._ridCount = saved.ridCount;
      for (const document of saved.documents) documents._set(document);
    }
  }
}

export class Snapshot {
  #path;
  #account;
  #timer = null;
  #delay = MAX_DELAY_MS;

  constructor(path) {
    this.#path = path;
  }

  restoreInto(account) {
    if (this.#path && existsSync(this.#path)) {
      const state = JSON.parse(readFileSync(this.#path, "utf8"));
      if (state.format !== FORMAT) throw new Error(`${this.#path} has format ${state.format}, not ${FORMAT}`);
      thaw(account, state);
    }
    this.#account = account;
  }

  changed() {
    if (!this.#path || !this.#account || this.#timer) return;
    this.#timer = setTimeout(() => this.save(), this.#delay);
  }

  save() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#path || !this.#account) return;
    const started = performance.now();
    const temporary = `${this.#path}.tmp`;
    const file = openSync(temporary, "w", 0o600);
    writeSync(file, JSON.stringify(freeze(this.#account)));
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, this.#path);
    this.#delay = Math.max(MAX_DELAY_MS, SHARE_OF_TIME * (performance.now() - started));
  }
}
