/* Everything the page asks for: the host with its key, the app signed in as somebody. */

import { announce } from "./dom.js";

export const ADMIN = "admin@example.org";
const CURRENT = "console.email";
const tokens = new Map();
let key;

/** What went wrong; `problem` is the app's problem document where it sent one. */
export class Refused extends Error {
  constructor(response, problem) {
    super(problem?.title ?? `The answer was ${response.status} ${response.statusText}`);
    this.status = response.status;
    this.problem = problem;
  }
}

async function checked(response) {
  if (response.ok) return response;
  const isProblem = (response.headers.get("content-type") ?? "").includes("json");
  throw new Refused(response, isProblem ? await response.json() : undefined);
}

async function openSession() {
  const response = await checked(await fetch("/admin/console/session", { method: "POST" }));
  key = (await response.json()).key;
}

/** Ask the host itself; `path` is below `/admin` or `/runtime`. */
export async function host(path, options = {}) {
  if (!key) await openSession();
  const response = await fetch(path, { ...options, headers: { ...options.headers, "x-functions-key": key } });
  return checked(response);
}

export const hostJson = async (path, options) => (await host(path, options)).json();

/** The key, for routes of an app whose functions want one. */
export const masterKey = async () => key ?? (await openSession(), key);

export const person = () => sessionStorage.getItem(CURRENT) ?? "you@example.org";

/** Become somebody: development sign-in takes any address. Everything that is shown is drawn again. */
export async function become(email) {
  await token(email, true);
  sessionStorage.setItem(CURRENT, email);
  announce(`Signed in as ${email}`);
  dispatchEvent(new Event("person"));
}

async function token(email, anew = false) {
  if (anew || !tokens.has(email)) {
    const signedIn = fetch("/api/auth/local", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email }),
    }).then(checked).then((response) => response.json()).then((body) => body.access_token);
    tokens.set(email, signedIn);
    signedIn.catch(() => tokens.delete(email));
  }
  return tokens.get(email);
}

/** Ask the app, signed in as `as` (null: nobody). `send` becomes a JSON body. An old token is renewed once. */
export async function call(path, { as = person(), send, headers = {}, ...options } = {}) {
  const request = async (renewed) =>
    fetch(path, {
      ...options,
      method: options.method ?? (send === undefined ? "GET" : "POST"),
      headers: {
        ...(as === null ? {} : { Authorization: `Bearer ${await token(as, renewed)}` }),
        ...(send === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: send === undefined ? options.body : JSON.stringify(send),
    });
  const response = await request(false);
  return response.status === 401 && as !== null ? request(true) : response;
}

export const app = async (path, options) => checked(await call(path, options));

export async function appJson(path, options) {
  const response = await app(path, options);
  return response.status === 204 ? null : response.json();
}

/** Poll a job until it is over; `seen` is told every answer. Resolves with the finished job, rejects if it failed. */
export async function job(id, { seen = () => {}, signal, ...options } = {}) {
  for (;;) {
    const response = await app(`/api/jobs/${id}`, { ...options, signal });
    const body = await response.json();
    seen(body);
    if (response.status === 200) return body;
    await pause(Math.min(1000, 1000 * Number(response.headers.get("retry-after") ?? 1)), signal);
  }
}

export const pause = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });

/** Do it, or say at the top of the page why that failed; the next time it works, that is taken back. */
export async function tried(act) {
  const outage = document.getElementById("outage");
  try {
    await act();
    outage.hidden = true;
  } catch (error) {
    if (error.name === "AbortError") return;
    outage.textContent = error instanceof TypeError ? "The host does not answer. Trying on ..." : error.message;
    outage.hidden = false;
  }
}

/** Do something now and then every few seconds, while the panel is shown and the page looked at. */
export async function every(seconds, signal, act) {
  while (!signal.aborted) {
    if (!document.hidden) await tried(act);
    try {
      await pause(seconds * 1000, signal);
    } catch {
      return;
    }
  }
}
