/* The routes of an app as operations to try: from its OpenAPI document, or else from what the host indexed. */

/** Each `{group, method, path, summary, parameters, bodies, signedIn, canSignIn, needsKey}`; bodies are examples by type. */
export function operationsOf(openapi, functions) {
  return openapi ? described(openapi) : indexed(functions);
}

function described(openapi) {
  return Object.entries(openapi.paths).flatMap(([path, item]) =>
    Object.entries(item).filter(([method]) => /^(get|put|post|patch|delete)$/.test(method)).map(([method, one]) => ({
      group: one.tags?.[0] ?? "routes",
      method: method.toUpperCase(),
      path,
      summary: one.summary ?? one.description ?? "",
      parameters: [...(item.parameters ?? []), ...(one.parameters ?? [])].filter((given) => given.in !== "header").map((given) => ({
        name: given.name, in: given.in, required: Boolean(given.required), about: given.description, type: typeOf(given.schema, openapi),
      })),
      bodies: Object.fromEntries(Object.entries(one.requestBody?.content ?? {}).map(([type, { schema }]) => [type, example(schema, openapi)])),
      signedIn: Boolean(one.security?.length),
      canSignIn: "/api/auth/local" in openapi.paths,
      needsKey: false,
    })));
}

// A parameter of a route template with its constraints, in which braces are doubled.
const PARAMETER = /\{\*?(\w+)(?:[^{}]|\{\{|\}\})*\}/g;

function indexed(functions) {
  return functions.filter((one) => one.invoke_url_template && !one.isDisabled).flatMap((one) => {
    const trigger = one.config.bindings.find((binding) => binding.type === "httpTrigger");
    const template = one.invoke_url_template.replace(/^https?:\/\/[^/]+/, "");
    const names = [...template.matchAll(PARAMETER)].map((match) => match[1]);
    const path = template.replaceAll(PARAMETER, "{$1}");
    return (trigger.methods?.length ? trigger.methods : ["GET", "POST"]).filter((method) => !/head|options/i.test(method)).map((method) => ({
      group: one.name,
      method: method.toUpperCase(),
      path,
      summary: "",
      parameters: names.map((name) => ({ name, in: "path", required: true, type: "text" })),
      bodies: /post|put|patch/i.test(method) ? { "application/json": {}, "text/plain": "" } : {},
      signedIn: false,
      canSignIn: false,
      needsKey: (trigger.authLevel ?? "function").toLowerCase() !== "anonymous",
    }));
  });
}

function resolved(schema, openapi) {
  const name = schema?.$ref?.split("/").at(-1);
  return name ? openapi.components.schemas[name] : (schema ?? {});
}

function typeOf(schema, openapi) {
  const found = resolved(schema, openapi);
  const options = found.anyOf ?? found.oneOf;
  const one = options ? resolved(options.find((option) => option.type !== "null"), openapi) : found;
  return one.enum?.join(" | ") ?? one.format ?? one.type ?? "";
}

/** A value that fits the schema, as far as one can tell without knowing what it is for. */
export function example(schema, openapi, depth = 0) {
  const found = resolved(schema, openapi);
  if (found.example !== undefined) return found.example;
  if (found.examples?.length) return found.examples[0];
  if (found.default !== undefined) return found.default;
  if (found.const !== undefined) return found.const;
  if (found.enum) return found.enum[0];
  const options = found.anyOf ?? found.oneOf ?? found.allOf;
  if (options) return example(options.find((option) => option.type !== "null") ?? options[0], openapi, depth);
  if (found.type === "object" || found.properties) return depth > 4 ? {} : fields(found, openapi, depth);
  if (found.type === "array") return depth > 4 ? [] : [example(found.items, openapi, depth + 1)];
  return { string: text(found), integer: found.minimum ?? 1, number: found.minimum ?? 1, boolean: false }[found.type] ?? null;
}

function fields(schema, openapi, depth) {
  const wanted = schema.required?.length ? schema.required : Object.keys(schema.properties ?? {});
  return Object.fromEntries(wanted.map((name) => [name, example(schema.properties?.[name], openapi, depth + 1)]));
}

const text = (schema) => ({ email: "you@example.org", date: new Date().toISOString().slice(0, 10), "date-time": new Date().toISOString(), uuid: "00000000-0000-0000-0000-000000000000", uri: "https://example.org/" })[schema.format] ?? "text";
