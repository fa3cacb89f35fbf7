// Starts the Cosmos DB emulator as a good citizen of the devstack: its own certificate, data that
// survives a restart, faults on demand.
//   node server.mjs --port N --cert cert.pem --key key.pem [--host 127.0.0.1] [--data journal.jsonl]
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";

import { Faults } from "./faults.mjs";
import { closeGaps, wantsNoBody, withPartition } from "./gaps.mjs";
import { Journal } from "./journal.mjs";

const require = createRequire(import.meta.url);
const accountModule = require("@vercel/cosmosdb-server/lib/account");
const { createHttpsServer } = require("@vercel/cosmosdb-server");

// Longer than a client's pool keeps an idle connection, so that only clients close idle ones.
const KEEP_ALIVE_MS = 75_000;

const { values: options } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string" },
    cert: { type: "string" },
    key: { type: "string" },
    data: { type: "string" },
  },
});
for (const needed of ["port", "cert", "key"]) {
  if (options[needed] === undefined) {
    console.error(`--${needed} is missing`);
    process.exit(2);
  }
}

let account;
accountModule.default = class extends accountModule.default {
  constructor(...address) {
    super(...address);
    account = this; // the package keeps its account to itself; saving and restoring need it
  }
};

const faults = new Faults();
const journal = new Journal(options.data);
closeGaps((items, data, deleted) => journal.record(items, data, deleted));

const server = createHttpsServer({
  cert: readFileSync(options.cert),
  key: readFileSync(options.key),
  minVersion: "TLSv1.2",
  keepAlive: true,
});
server.keepAliveTimeout = KEEP_ALIVE_MS;

const [emulate] = server.listeners("request");
server.removeAllListeners("request");
server.on("request", (request, response) => {
  response.on("error", () => {}); // a client that went away is its own business
  const end = response.end.bind(response);
  response.end = (...args) => {
    journal.flush();
    return wantsNoBody(request, response) ? end() : end(...args);
  };
  if (request.url === "/__health") return void response.end('{"status":"up"}');
  if (request.url === "/__faults") return void faults.administer(request, response);
  return faults.apply(request, response, () => withPartition(request, () => emulate(request, response)));
});

server.on("error", (error) => {
  console.error(`cosmos: ${error.message}`);
  process.exit(1);
});
server.listen(Number(options.port), options.host, () => {
  journal.restoreInto(account);
  console.log(`cosmos listening on https://${options.host}:${server.address().port}`);
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    journal.flush();
    process.exit(0);
  });
}
