// Types of the API for openapi-fetch. `node typescript.mjs DOCUMENT TARGET`; files are Blobs, as fetch takes them.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const [, , from, target] = process.argv;
const blob = ts.factory.createTypeReferenceNode("Blob");
const types = await openapiTS(pathToFileURL(from), {
  defaultNonNullable: false, // what has a default may be left out of a request
  transform: (schema) => (schema.format === "binary" ? blob : undefined),
});

// What no generator knows: the events of each stream, by operation and name (`x-events`).
function streams(document) {
  const told = Object.values(document.paths).flatMap(Object.values).flatMap((operation) => {
    const events = operation.responses[200]?.content?.["text/event-stream"]?.["x-events"];
    return events ? [`    ${operation.operationId}: {\n${fields(events)}    };\n`] : [];
  });
  return `export interface streams {\n${told.join("")}}\n`;
}

function fields(events) {
  const schema = ({ $ref }) => `components["schemas"]["${$ref.split("/").at(-1)}"]`;
  return Object.entries(events).map(([name, event]) => `        ${name}: ${schema(event)};\n`).join("");
}

writeFileSync(target, astToString(types) + streams(JSON.parse(readFileSync(from, "utf8"))));
