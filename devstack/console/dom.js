/* Elements in one expression, and lists that are drawn again without losing focus or what was opened. */

const SVG = "http://www.w3.org/2000/svg";

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, listen] of Object.entries(value)) element.addEventListener(event, listen);
    else if (name === "style") for (const [rule, set] of Object.entries(value)) element.style.setProperty(rule, set);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** `h("p", {class: "note", on: {click: f}}, "text", child)`; children may be lists, null is nothing. */
export const h = (tag, properties, ...children) => fill(document.createElement(tag), properties, children);

/** The same for SVG. */
export const s = (tag, properties, ...children) => fill(document.createElementNS(SVG, tag), properties, children);

/** Put `children` in place of what is in `root`; focus and open `<details>` with a `data-key` stay. */
export function redraw(root, ...children) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const opened = new Set([...root.querySelectorAll("details[open][data-key]")].map((d) => d.dataset.key));
  root.replaceChildren(...children.flat(Infinity).filter(Boolean));
  for (const details of root.querySelectorAll("details[data-key]")) if (opened.has(details.dataset.key)) details.open = true;
  if (focused) root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Say something to those who do not see the page change. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

export const button = (label, act, more = {}) =>
  h("button", { type: "button", ...more, on: { click: act, ...more.on } }, label);

export const pill = (text, kind) => h("span", { class: `pill ${kind ?? ""}` }, text);

export const empty = (title, text, ...more) => h("div", { class: "empty" }, h("h2", {}, title), h("p", {}, text), more);

export const busy = (text) => h("p", { class: "busy", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), text);

/** An error as people can act on it: the problem's title, detail and fields, or what the browser says. */
export function failure(error) {
  const problem = error.problem;
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("strong", {}, problem?.title ?? error.message),
    problem?.detail && h("p", {}, problem.detail),
    problem?.errors?.length && h("ul", {}, problem.errors.map((e) => h("li", {}, h("code", {}, e.pointer ?? ""), " ", e.detail))),
    problem?.trace_id && h("p", { class: "fine" }, "trace ", h("code", {}, problem.trace_id)),
  );
}

/** A button that asks once more before it does something that cannot be taken back. */
export function confirmed(label, question, act, more = {}) {
  let asked = false;
  const element = button(label, () => {
    if (asked) return act(element);
    asked = true;
    element.textContent = question;
    element.classList.add("danger");
  }, more);
  element.addEventListener("blur", () => {
    asked = false;
    element.textContent = label;
    element.classList.remove("danger");
  });
  return element;
}

/** How long ago, in a word; the moment itself is its title. */
export function ago(moment) {
  if (!moment) return "never";
  const seconds = Math.max(0, (Date.now() - Date.parse(moment)) / 1000);
  const [size, unit] = seconds < 60 ? [1, "s"] : seconds < 3600 ? [60, "min"] : seconds < 86400 ? [3600, "h"] : [86400, "d"];
  return h("time", { datetime: moment, title: moment }, `${Math.floor(seconds / size)} ${unit} ago`);
}

export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "-";
  return milliseconds < 1000 ? `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Any value as indented JSON, in a block that can be scrolled with the keyboard. */
export const json = (value, label = "JSON") =>
  h("pre", { class: "code", tabindex: "0", role: "region", "aria-label": label }, typeof value === "string" ? value : JSON.stringify(value, null, 2));

/** Words for people: `not_visible` is "not visible". */
export const words = (name) => String(name).replaceAll("_", " ");
