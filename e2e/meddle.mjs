// What tests of failures share: a proxy that alters what the server says, and a run of models that may end either way.

import { once } from "node:events";
import { createServer, request } from "node:http";
import { after, before } from "node:test";
import { server, withServer } from "./helper.mjs";

/** The weights of any model. */
export const weights = /\/weights\.bpk$/;

/** Stands between browser and the server of `withServer`; `meddle(incoming, outgoing, answer)` may take an answer over by returning true. */
export class Proxy {
  static async start() {
    const proxy = new Proxy();
    proxy.asked = [];
    proxy.leaveAlone();
    proxy.http = createServer((incoming, outgoing) => {
      proxy.asked.push({ path: incoming.url, range: incoming.headers.range });
      const headers = { ...incoming.headers, "accept-encoding": "identity" };
      const on = { host: "127.0.0.1", port: server.port, path: incoming.url, method: incoming.method, headers };
      const forward = request(on, (answer) => {
        if (proxy.meddle(incoming, outgoing, answer)) return;
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      forward.on("error", () => outgoing.destroy());
      incoming.pipe(forward);
    });
    proxy.http.listen(0, "127.0.0.1");
    await once(proxy.http, "listening");
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.http.address().port}`;
  }

  close() {
    this.http.close();
  }

  weightsAsked() {
    return this.asked.filter(({ path }) => weights.test(path));
  }

  leaveAlone() {
    this.meddle = () => false;
  }

  /** Passes the first half of every answer to a path on, and calls `then(outgoing, rest)` with what is left. */
  halve(pattern, then) {
    this.meddle = (incoming, outgoing, answer) => {
      if (!pattern.test(incoming.url)) return false;
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("end", () => {
        const body = Buffer.concat(pieces);
        const half = Math.floor(body.length / 2);
        outgoing.writeHead(answer.statusCode, answer.headers);
        outgoing.write(body.subarray(0, half), () => then(outgoing, body.subarray(half)));
      });
      return true;
    };
  }

  /** Puts a script before the worker's own. Nothing of it is kept, so that the next worker can be whole. */
  sabotageWorker(script) {
    this.meddle = (incoming, outgoing, answer) => {
      if (!incoming.url.endsWith("gestalt-worker_loader.js")) return false;
      const { "content-length": _, etag: __, "last-modified": ___, ...headers } = answer.headers;
      outgoing.writeHead(200, { ...headers, "cache-control": "no-store" });
      outgoing.write(script);
      answer.pipe(outgoing);
      return true;
    };
  }
}

/** What the tests of a file share besides, once it has called `withProxy`. */
export let proxy;

/** As `withServer`, with a proxy before the server. */
export function withProxy(options) {
  withServer(options);
  before(async () => {
    proxy = await Proxy.start();
  });
  after(() => proxy.close());
}

const ended = "[data-testid=model-row]:is([data-state=done],[data-state=stopped])";

/** Opens the models page with the first models and trials chosen, as many as asked for. */
export async function choose(page, url, { device = "cpu", trials = 3, models = 1 } = {}) {
  await page.goto(`${url}/models?trials=${trials}`);
  await page.selectOption("[data-testid=device]", device);
  for (const box of (await page.$$("[data-testid=model-row] input")).slice(models)) await box.uncheck();
}

/** Presses the button; the state and the text of each of the models' rows once all have ended. */
export async function pressRun(page, models = 1) {
  await page.click("[data-testid=run]");
  return runEnd(page, models);
}

/** The same for a run that has begun. */
export async function runEnd(page, models = 1) {
  const all = ([ended, models]) =>
    document.querySelectorAll(ended).length === models && !document.querySelector("[data-testid=run]").disabled;
  await page.waitForFunction(all, [ended, models], { timeout: 240_000 });
  return page.$$eval(ended, (rows) => rows.map((row) => ({ state: row.dataset.state, text: row.innerText })));
}

/** Both in one. */
export async function run(page, url, options = {}) {
  await choose(page, url, options);
  return pressRun(page, options.models);
}

/** The rows that ended models say they gave since there were `before`, once as many have arrived: the last come a moment later. */
export async function rowsOf(ended, server, before) {
  const said = ({ text }) => Number(/Done: (\d+) trials|Its (\d+) answers/.exec(text)?.slice(1).find(Boolean) ?? 0);
  const count = ended.map(said).reduce((one, other) => one + other);
  for (;;) {
    const rows = (await server.rows()).slice(before);
    if (rows.length >= count) return rows;
  }
}
