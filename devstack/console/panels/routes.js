/* Every route of the app, to be tried signed in as anyone. */

import { call, hostJson, masterKey, person } from "../api.js";
import { button, duration, empty, failure, h, json, pill, redraw } from "../dom.js";
import { documentFrame } from "../frames.js";
import { operationsOf } from "../operations.js";

async function show(root, signal) {
  const operations = operationsOf(await hostJson("/admin/console/routes", { signal }), await hostJson("/admin/functions", { signal }));
  const search = h("input", { type: "search", placeholder: "Path, method or word", "aria-label": "Filter routes" });
  const list = h("div", { class: "routes", tabindex: "-1" });
  const form = h("div", { class: "tried" }, empty("Choose a route", "Its parameters and an example of its body are filled in."));
  root.append(h("div", { class: "split" }, h("div", {}, h("div", { class: "bar" }, search), list), form));

  const draw = () => {
    const wanted = search.value.trim().toLowerCase();
    const found = operations.filter((one) => `${one.method} ${one.path} ${one.summary}`.toLowerCase().includes(wanted));
    const groups = Map.groupBy(found, (one) => one.group);
    redraw(list, found.length ? [...groups].map(([group, some]) => h("section", {}, h("h2", {}, group), h("ul", { class: "plain" }, some.map(entry)))) : empty("No route", "None matches the filter."));
  };
  const entry = (one) => h("li", {}, button([h("span", { class: `method ${one.method.toLowerCase()}` }, one.method), h("code", {}, one.path)], (event) => choose(one, event.currentTarget), { class: "route", "data-key": `${one.method} ${one.path}`, title: one.summary }));
  const choose = (one, pressed) => {
    for (const other of list.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    pressed.setAttribute("aria-current", "true");
    redraw(form, trial(one, signal));
    form.querySelector("h2").focus();
  };
  search.addEventListener("input", draw);
  draw();
}

function trial(one, signal) {
  const fields = one.parameters.map((parameter) => ({ parameter, input: h("input", { name: parameter.name, required: parameter.required && parameter.in === "path", placeholder: parameter.type, spellcheck: "false" }) }));
  const media = h("select", { "aria-label": "Type of the body" }, Object.keys(one.bodies).map((type) => h("option", {}, type)));
  const body = h("textarea", { rows: "8", spellcheck: "false", class: "code", "aria-label": "Body" });
  const file = h("input", { type: "file", "aria-label": "File" });
  const headers = h("textarea", { rows: "2", spellcheck: "false", class: "code", placeholder: "Accept: text/html", id: "headers" });
  const as = h("input", { value: one.signedIn ? person() : "", placeholder: "nobody", id: "as", spellcheck: "false", autocomplete: "off" });
  const answer = h("div", { "aria-live": "polite" });
  const binary = () => media.value && !/json|text/.test(media.value);
  const ready = () => {
    body.hidden = !media.value || binary();
    file.hidden = !binary();
    body.value = media.value.includes("json") ? JSON.stringify(one.bodies[media.value], null, 2) : "";
  };
  media.addEventListener("change", ready);
  ready();
  const form = h("form", { class: "card form" },
    h("h2", { tabindex: "-1" }, h("span", { class: `method ${one.method.toLowerCase()}` }, one.method), " ", h("code", {}, one.path)),
    one.summary && h("p", {}, one.summary),
    fields.map(({ parameter, input }) => h("label", {}, h("span", {}, h("code", {}, parameter.name), h("span", { class: "fine" }, ` ${parameter.in}${parameter.required ? "" : ", optional"}${parameter.about ? `: ${parameter.about}` : ""}`)), input)),
    Object.keys(one.bodies).length > 0 && h("div", { class: "stack" }, h("div", { class: "bar" }, h("span", {}, "Body"), media), body, file),
    h("label", { for: "headers" }, h("span", {}, "More headers"), headers),
    one.canSignIn && h("label", { for: "as" }, h("span", {}, "As", h("span", { class: "fine" }, " an email address; nobody if empty")), as),
    h("div", { class: "bar" }, h("button", { class: "primary" }, "Send")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    answer.replaceChildren(h("p", { class: "note" }, "Waiting ..."));
    const began = performance.now();
    try {
      const response = await call(target(one, fields), {
        as: one.canSignIn && as.value.trim() ? as.value.trim() : null,
        method: one.method,
        headers: { ...(one.needsKey ? { "x-functions-key": await masterKey() } : {}), ...typed(media.value), ...lines(headers.value) },
        body: sent(media.value, body, file, binary()),
        signal,
      });
      redraw(answer, await answered(response, performance.now() - began, signal));
    } catch (error) {
      if (error.name !== "AbortError") redraw(answer, failure(error));
    }
  });
  return h("div", { class: "stack" }, form, answer);
}

function target(one, fields) {
  let path = one.path;
  const query = new URLSearchParams();
  for (const { parameter, input } of fields) {
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value && parameter.in === "query") query.append(parameter.name, input.value);
  }
  return query.size ? `${path}?${query}` : path;
}

const typed = (type) => (type && type !== "multipart/form-data" ? { "Content-Type": type } : {});
const lines = (text) => Object.fromEntries(text.split("\n").filter((line) => line.includes(":")).map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]));

function sent(type, body, file, binary) {
  if (!type) return undefined;
  if (!binary) return body.value;
  if (type !== "multipart/form-data") return file.files[0];
  const form = new FormData();
  if (file.files[0]) form.append("image", file.files[0]);
  return form;
}

async function answered(response, milliseconds, signal) {
  const type = response.headers.get("content-type") ?? "";
  const kind = response.status < 300 ? "good" : response.status < 500 ? "warn" : "bad";
  return h("section", { class: "card" },
    h("h2", {}, pill(`${response.status} ${response.statusText}`, kind), " ", h("span", { class: "fine" }, `${duration(milliseconds)}, ${type || "no body"}`)),
    h("details", {}, h("summary", {}, "Headers"), json([...response.headers].map((pair) => pair.join(": ")).join("\n"), "Headers")),
    await content(response, type, signal));
}

async function content(response, type, signal) {
  if (type.startsWith("image/")) return h("img", { class: "answer", src: URL.createObjectURL(await response.blob()), alt: "The picture in the answer" });
  const text = await response.text();
  if (!text) return null;
  if (type.includes("html")) return documentFrame(text, "The page in the answer", signal);
  if (!type.includes("json")) return json(text, "Answer");
  try {
    return json(JSON.parse(text), "Answer");
  } catch {
    return json(text, "Answer");
  }
}

export default { id: "routes", title: "Routes", lead: "Every route, with an example of what it takes, signed in as anyone.", kinds: ["httpTrigger"], show };
