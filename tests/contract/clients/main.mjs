import { openAsBlob } from "node:fs";
import { journey } from "./journey.ts";

const [, , url, email, photo] = process.argv;
for (const line of await journey(url, email, await openAsBlob(photo, { type: "image/jpeg" }))) console.log(line);
