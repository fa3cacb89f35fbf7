// The journey of docs/clients.md: from signing in to a digest, with the generated types alone.
import createClient from "openapi-fetch";
import type { components, paths, streams } from "./schema.ts";

// Where an answer may be JSON or a file, this client wants the JSON.
type Json = "application/json" | "application/problem+json";
type Job = components["schemas"]["JobView"];
type Problem = components["schemas"]["Problem"];
type Events = streams["chat_post"];
type Said = { [Name in keyof Events]: { event: Name; data: Events[Name] } }[keyof Events];

const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

function got<Data>(answer: { data?: Data; error?: Problem | undefined; response: Response }): Data {
  if (answer.data === undefined) {
    throw new Error(answer.error?.detail ?? `status ${answer.response.status}`);
  }
  return answer.data;
}

// A file goes as a form, which openapi-fetch does not make by itself.
function form(body: object): FormData {
  const made = new FormData();
  for (const [name, file] of Object.entries(body as Record<string, Blob>)) made.append(name, file, name);
  return made;
}

// A heartbeat is a block without an event.
function said(stream: string): Said[] {
  return stream.split("\n\n").flatMap((block) => {
    const [, event, data] = /^event: (.*)\ndata: (.*)$/m.exec(block) ?? [];
    return data === undefined ? [] : [{ event, data: JSON.parse(data) } as Said];
  });
}

export async function journey(baseUrl: string, email: string, photo: Blob): Promise<string[]> {
  const api = createClient<paths, Json>({ baseUrl });
  const tokens = got(await api.POST("/api/auth/local", { body: { email } }));
  api.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${tokens.access_token}`);
    },
  });

  async function over(job_id: string): Promise<Job> {
    for (;;) {
      const answer = await api.GET("/api/jobs/{job_id}", { params: { path: { job_id } } });
      if (answer.response.status === 200) return got(answer);
      got(answer);
      await pause(0.1);
    }
  }

  const image = got(await api.POST("/api/process-image", { body: { image: photo }, bodySerializer: form }));
  const shirt = { name: "Linen shirt", category: "tops", colours: [{ hex: "#c8b68f" }], image_id: image.image_id };
  const item = got(await api.POST("/api/vault/items", { body: shirt }));
  const path = { item_id: item.id };
  const worn = got(await api.POST("/api/vault/items/{item_id}/wears", { params: { path }, body: {} }));
  const wears: number = worn.wear_count;

  let quiz = got(await api.POST("/api/taste/quiz", { body: {} }));
  const { quiz_id } = quiz;
  while (quiz.card !== null) {
    const body = { card_id: quiz.card.card_id, answer: "like" } as const;
    quiz = got(await api.POST("/api/taste/quiz/{quiz_id}/answers", { params: { path: { quiz_id } }, body }));
  }
  const handed = got(await api.POST("/api/taste/quiz/{quiz_id}/complete", { params: { path: { quiz_id } } }));
  const job = await over(handed.job_id);
  const taste = got(await api.GET("/api/taste/profile"));

  const message = "What suits a warm evening?";
  const turn = String(got(await api.POST("/api/chat", { body: { message }, parseAs: "text" })));
  const events = said(turn);
  const words = events.map((one) => (one.event === "delta" ? one.data.text : "")).join("");

  await over(got(await api.POST("/api/digest/run")).job_id);
  const digest = got(await api.GET("/api/digest", { headers: { Accept: "application/json" } }));
  const refused = await api.GET("/api/vault/items/{item_id}", { params: { path: { item_id: job.job_id } } });
  return [
    `wears ${wears}`,
    `quiz ${job.status}, opinions ${taste.opinions["quiz"] ? "some" : "none"}`,
    `chat ${events.at(-1)?.event}, ${words ? "words" : "silence"}`,
    `digest ${digest.editorial.paragraphs.length > 0 ? "read" : "empty"}`,
    `problem ${refused.error?.type}`,
  ];
}
