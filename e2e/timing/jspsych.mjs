// Serves jsPsych and the pictures of a trial set, on an origin of its own.

import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

/** Where npm put jsPsych. */
const modules = process.env.GESTALT_JSPSYCH;
const plugin = (name) => join(modules, `@jspsych/plugin-${name}/dist/index.browser.min.js`);

export async function serveJsPsych(imageFolder) {
  const names = readdirSync(imageFolder).sort();
  const script = "text/javascript";
  const files = {
    "/": [join(import.meta.dirname, "jspsych.html"), "text/html"],
    "/jspsych.js": [join(modules, "jspsych/dist/index.browser.min.js"), script],
    "/jspsych.css": [join(modules, "jspsych/css/jspsych.css"), "text/css"],
    "/html.js": [plugin("html-keyboard-response"), script],
    "/image.js": [plugin("image-keyboard-response"), script],
    "/preload.js": [plugin("preload"), script],
  };
  for (const name of names) files[`/image/${name}`] = [join(imageFolder, name), "image/webp"];
  // Isolated, as the site is: the clock then has the same step.
  const headers = { "cache-control": "max-age=3600", "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const [file, type] = files[pathname] ?? [];
    if (pathname === "/list") return response.writeHead(200, { ...headers, "content-type": "application/json" }).end(JSON.stringify(names));
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { ...headers, "content-type": type }).end(readFileSync(file));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
