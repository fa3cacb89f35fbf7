// Lets tests make the emulator fail the way Cosmos DB fails.
//   POST /__faults   one fault (JSON):
//     status          e.g. 429, 412, 503, 408; or 0 to cut the connection
//     retry_after_ms  sent as x-ms-retry-after-ms
//     times           how often at most (default: until deleted)
//     probability     0..1 (default 1), drawn from `seed` (default 1), so a run can be repeated
//     method, path    only requests with this method, and whose path (no trailing slash) matches this
//                     regular expression, e.g. "/colls/vault/docs$"
//     query           true: only queries; false: everything but queries
//     when            "before" (default): the request has no effect; "after": it has, but nobody is told
//   GET /__faults    the faults with how often each struck; DELETE /__faults   none any more

const KNOWN = new Set([
  "status", "retry_after_ms", "times", "probability", "seed", "method", "path", "query", "when",
]);
const SUBSTATUS = { 429: "3200" };
const CODES = {
  408: "RequestTimeout",
  412: "PreconditionFailed",
  429: "TooManyRequests",
  449: "RetryWith",
  500: "InternalServerError",
  503: "ServiceUnavailable",
};

// mulberry32, a small generator whose whole state is the seed
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const isQuery = (request) =>
  request.headers["content-type"] === "application/query+json" ||
  request.headers["x-ms-documentdb-isquery"]?.toLowerCase() === "true";

const pathOf = (request) => new URL(request.url.replace(/^\/+/, "/"), "https://emulator").pathname.replace(/\/+$/, "");

class Fault {
  constructor(spec) {
    const unknown = Object.keys(spec).filter((key) => !KNOWN.has(key));
    if (unknown.length) throw new Error(`unknown: ${unknown.join(", ")}; known: ${[...KNOWN].join(", ")}`);
    if (!Number.isInteger(spec.status)) throw new Error("status must be a whole number");
    if (!["before", "after"].includes(spec.when ?? "before")) throw new Error('when must be "before" or "after"');
    this.spec = spec;
    this.struck = 0;
    this.path = new RegExp(spec.path ?? "");
    this.draw = random(spec.seed ?? 1);
  }

  strikes(request) {
    const { method, query, times = Infinity, probability = 1 } = this.spec;
    if (this.struck >= times) return false;
    if (method && method.toUpperCase() !== request.method) return false;
    if (query !== undefined && query !== isQuery(request)) return false;
    if (!this.path.test(pathOf(request)) || this.draw() >= probability) return false;
    this.struck += 1;
    return true;
  }

  answer(request, response, end) {
    const { status, retry_after_ms: retryAfter } = this.spec;
    if (status === 0) return void request.socket.destroy();
    response.statusCode = status;
    response.removeHeader("etag");
    response.setHeader("content-type", "application/json");
    if (SUBSTATUS[status]) response.setHeader("x-ms-substatus", SUBSTATUS[status]);
    if (retryAfter !== undefined) response.setHeader("x-ms-retry-after-ms", String(retryAfter));
    return end(JSON.stringify({ code: CODES[status] ?? "Error", message: "A fault asked for through /__faults." }));
  }
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export class Faults {
  #faults = [];

  async administer(request, response) {
    response.setHeader("content-type", "application/json");
    try {
      if (request.method === "DELETE") this.#faults = [];
      if (request.method === "POST") this.#faults.push(new Fault(JSON.parse(await bodyOf(request))));
    } catch (error) {
      response.statusCode = 400;
      return response.end(JSON.stringify({ message: error.message }));
    }
    return response.end(JSON.stringify(this.#faults.map(({ spec, struck }) => ({ ...spec, struck }))));
  }

  apply(request, response, proceed) {
    const fault = this.#faults.find((candidate) => candidate.strikes(request));
    if (!fault) return proceed();
    const end = response.end.bind(response);
    if (fault.spec.when === "after") {
      response.end = () => fault.answer(request, response, end);
      return proceed();
    }
    request.resume();
    return fault.answer(request, response, end);
  }
}
