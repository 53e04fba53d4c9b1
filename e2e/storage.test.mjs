// Storage that does not work, a worker that dies, and a page that is closed: no answer is lost where it can be kept.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, chromium, open, phase, pressAnyKey, savedState, server, takeSession, withServer } from "./helper.mjs";

withServer({ short: 3 });

/** Puts a script before the outbox worker's own. */
async function sabotageOutbox(page, script) {
  await page.context().route("**/gestalt-outbox_loader.js", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: script + (await answer.text()) });
  });
}

const BLOCKED = `Object.defineProperty(self, "indexedDB", { get() { throw new DOMException("denied", "SecurityError"); } });`;

test("where the browser stores nothing, that is said before the start, and answers go straight to the server", async () => {
  const before = (await server.rows("short")).length;
  const page = await open(chromium);
  await sabotageOutbox(page, BLOCKED);
  await page.goto(`${server.url}/study/short`);
  await page.waitForSelector("[data-testid=start]");
  assert.match(await page.innerText("[data-testid=not-stored]"), /stores nothing/);
  await begin(page, server, "short");
  await takeSession(page, pressAnyKey);
  await savedState(page, "saved");
  assert.equal((await server.rows("short")).length - before, 4 + 3);
});

test("storage that fails in mid-session is left for memory, and nothing is lost", async () => {
  const before = (await server.rows("short")).length;
  const page = await open(chromium);
  // The third row finds no room; nor does any later one.
  await sabotageOutbox(page, `
    const put = IDBObjectStore.prototype.put;
    let rows = 0;
    IDBObjectStore.prototype.put = function (...words) {
      if (this.name === "rows" && ++rows > 2) throw new DOMException("full", "QuotaExceededError");
      return put.apply(this, words);
    };
  `);
  await begin(page, server, "short");
  await takeSession(page, pressAnyKey);
  await savedState(page, "saved");
  assert.equal((await server.rows("short")).length - before, 4 + 3);
});

test("an outbox worker that dies is replaced, and the row that it held is stored once", async () => {
  const before = (await server.rows("short")).length;
  const page = await open(chromium);
  await page.addInitScript(() => {
    const Whole = window.Worker;
    let posts = 0;
    window.Worker = class extends Whole {
      postMessage(...words) {
        if (String(words[0]).includes('"put"') && ++posts === 2) {
          this.terminate();
          this.dispatchEvent(new ErrorEvent("error"));
          return;
        }
        super.postMessage(...words);
      }
    };
  });
  await begin(page, server, "short");
  await takeSession(page, pressAnyKey);
  await savedState(page, "saved");
  const rows = (await server.rows("short")).slice(before);
  assert.deepEqual(rows.map((row) => row.index).sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6]);
});

test("what has not arrived when the page is closed is sent by the browser itself", async () => {
  const before = (await server.rows("short")).length;
  const page = await open(chromium);
  page.on("dialog", (dialog) => dialog.accept());
  // The worker's own requests fail.
  await sabotageOutbox(page, `
    const whole = self.fetch;
    self.fetch = (request, ...words) =>
      String(request.url ?? request).endsWith("/rows") ? Promise.reject(new TypeError("no network")) : whole(request, ...words);
  `);
  await begin(page, server, "short");
  await takeSession(page, async (page, trial) => {
    if (trial === 6) return "stop";
    await pressAnyKey(page, trial);
  });
  assert.equal((await server.rows("short")).length, before);
  await phase(page, "response");
  await page.goto("about:blank");
  let arrived = 0;
  for (let attempt = 0; arrived < 5 && attempt < 100; attempt++) {
    arrived = (await server.rows("short")).length - before;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.equal(arrived, 5);
});

test("an old session that the server refuses does not hold up a new one", async () => {
  const page = await open(chromium);
  // The server knows nothing of the first session any more.
  let first = null;
  await page.context().route("**/api/sessions/*/rows", async (route) => {
    first ??= route.request().url();
    if (route.request().url() === first) return route.fulfill({ status: 503, json: { error: "not now" } });
    return route.continue();
  });
  page.on("dialog", (dialog) => dialog.accept());
  await begin(page, server, "short");
  await takeSession(page, async (page, trial) => {
    if (trial === 3) return "stop";
    await pressAnyKey(page, trial);
  });
  await page.reload();
  await page.setChecked("[data-testid=full-screen]", false);
  await page.click("[data-testid=start-anew]");
  await page.setChecked("[data-testid=full-screen]", false);
  await page.click("[data-testid=start]");
  await phase(page, "break");
  await takeSession(page, pressAnyKey);
  await savedState(page, "saved");
});
