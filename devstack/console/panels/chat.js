/* The stylist: text as it is written, over an EventSource on a ticket, and outfits laid out as pictures. */

import { app, appJson } from "../api.js";
import { announce, button, failure, h, words } from "../dom.js";
import { portrait } from "../garments.js";

const PROMPTS = ["What should I wear today?", "Something for a job interview", "What do I wear least?"];

function show(root, signal) {
  const log = h("ol", { class: "talk", "aria-label": "Conversation" });
  const message = h("textarea", { rows: "2", required: true, maxlength: "4000", id: "message", placeholder: "Ask the stylist" });
  const send = h("button", { class: "primary" }, "Send");
  const form = h("form", { class: "composer" }, h("label", { for: "message", class: "unseen" }, "Message"), message, send);
  const hints = h("div", { class: "bar hints" }, PROMPTS.map((text) => h("button", { type: "button", class: "chip", on: { click: () => ((message.value = text), form.requestSubmit()) } }, text)));
  root.append(log, hints, form);
  const conversation = { id: undefined };

  message.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.disabled || !message.value.trim()) return;
    send.disabled = true;
    const text = message.value.trim();
    message.value = "";
    hints.remove();
    log.append(h("li", { class: "mine" }, text));
    const answer = new Answer(crypto.randomUUID(), signal);
    log.append(answer.element);
    answer.element.scrollIntoView({ block: "nearest" });
    try {
      await turn(text, conversation, answer, signal);
    } catch (error) {
      if (error.name !== "AbortError") answer.failed(error);
    }
    answer.over();
    send.disabled = false;
  });
}

/** Post a turn under the answer's id, and read it meanwhile; whichever ends later ends the turn. */
async function turn(text, conversation, answer, signal) {
  const ticket = await appJson(`/api/chat/turns/${answer.id}/ticket`, { method: "POST", signal });
  const read = follow(ticket.url, answer, conversation, signal);
  try {
    const posted = await app("/api/chat", { send: { message: text, turn_id: answer.id, conversation_id: conversation.id }, signal });
    await posted.text();
  } catch (error) {
    read.stop();
    throw error;
  }
  await read.ended;
}

function follow(url, answer, conversation, signal) {
  const source = new EventSource(url);
  const { promise: ended, resolve } = Promise.withResolvers();
  const stop = () => (source.close(), resolve());
  const on = (name, act) => source.addEventListener(name, (event) => act(event.data && JSON.parse(event.data)));
  on("turn", (data) => {
    conversation.id = data.conversation_id;
    answer.begin();
  });
  on("delta", (data) => answer.write(data.text));
  on("tool_call", (data) => answer.doing(data.name));
  on("tool_result", (data) => answer.did(data));
  on("outfit", (data) => answer.outfit(data));
  on("usage", (data) => answer.cost(data));
  on("done", () => (answer.judged(), stop()));
  on("error", (problem) => {
    if (problem) answer.failed({ message: problem.title, problem });
    if (problem || source.readyState === EventSource.CLOSED) stop();
  });
  signal.addEventListener("abort", stop, { once: true });
  return { ended, stop };
}

/** One answer on the page, growing; `id` is its turn's. */
class Answer {
  constructor(id, signal) {
    this.id = id;
    this.signal = signal;
    this.element = h("li", { class: "theirs", "data-state": "waiting" });
    this.begin();
  }

  begin() {
    this.text = h("p", { class: "words" });
    this.steps = h("p", { class: "steps fine" });
    this.outfits = h("div", { class: "outfits" });
    this.foot = h("p", { class: "fine" });
    this.element.replaceChildren(this.steps, this.text, this.outfits, this.foot);
  }

  write(text) {
    this.element.dataset.state = "writing";
    this.following(() => this.text.append(text));
  }

  /** Change the answer, and keep its end in sight if it was: whoever scrolled away reads on there. */
  following(change) {
    const seen = this.element.getBoundingClientRect().bottom <= innerHeight;
    change();
    if (seen) this.element.scrollIntoView({ block: "end" });
  }

  doing(name) {
    this.steps.append(h("span", { class: "step", "data-tool": name }, words(name)));
  }

  did({ name, ok }) {
    const step = [...this.steps.querySelectorAll(`[data-tool="${CSS.escape(name)}"]`)].findLast((one) => !one.dataset.ok);
    if (step) step.dataset.ok = String(ok);
  }

  async outfit({ items, why }) {
    const board = h("div", { class: "board" });
    this.following(() => this.outfits.append(h("figure", { class: "outfit" }, board, h("figcaption", {}, why))));
    const found = await Promise.allSettled(items.map((id) => appJson(`/api/vault/items/${id}`, { signal: this.signal })));
    this.following(() => board.append(...found.map((one) => (one.status === "fulfilled" ? piece(one.value) : h("span", { class: "fine" }, "gone")))));
  }

  cost(usage) {
    const counts = Object.entries(usage).filter(([, value]) => typeof value === "number");
    this.foot.textContent = counts.map(([name, value]) => `${words(name)} ${value}`).join(" · ");
  }

  /** Let its reader say whether it was a good one; the last word counts. */
  judged() {
    const thumb = (rating, label) => button(label, () => this.rate(rating), { class: "chip", "aria-pressed": "false", "data-rating": rating });
    this.thumbs = [thumb("up", "Good answer"), thumb("down", "Bad answer")];
    this.following(() => this.element.append(h("div", { class: "bar thumbs", role: "group", "aria-label": "What do you think of this answer?" }, this.thumbs)));
  }

  async rate(rating) {
    try {
      await appJson(`/api/chat/turns/${this.id}/feedback`, { send: { rating }, signal: this.signal });
      for (const one of this.thumbs) one.setAttribute("aria-pressed", String(one.dataset.rating === rating));
      announce("Thank you");
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    }
  }

  failed(error) {
    this.following(() => this.element.append(failure(error)));
  }

  over() {
    this.element.dataset.state = "over";
    announce(this.text.textContent);
  }
}

const piece = (item) => h("div", { class: "piece" }, portrait(item), h("span", {}, item.name), h("span", { class: "fine" }, words(item.category)));

export default { id: "chat", title: "Chat", lead: "The stylist knows the wardrobe and the taste of whoever is signed in.", needs: ["/api/auth/local", "/api/chat"], show };
