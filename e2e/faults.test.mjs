// What goes wrong in people's browsers: failed requests, odd events, translation, reloads. The session continues, and the rows say what happened.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, chromium, open, phase, pressAnyKey, savedState, server, takeSession, withServer } from "./helper.mjs";

withServer({ short: 6 });

/** Counts the sessions that the page opens. */
function countSessions(page) {
  const opened = { count: 0 };
  page.on("request", (request) => {
    opened.count += Number(request.method() === "POST" && new URL(request.url()).pathname === "/api/sessions");
  });
  return opened;
}

test("the code is shown again after a reload and on the way back, and a participant is led to no other study", async () => {
  const page = await open(chromium);
  await begin(page, server, "short");
  await takeSession(page, pressAnyKey);
  await savedState(page, "saved");
  const code = await page.textContent("[data-testid=completion-code]");
  const links = page.locator("main a[href], header.site:not([hidden]) a[href]");
  const paths = await links.evaluateAll((all) => all.map((link) => new URL(link.href).pathname));
  assert.deepEqual(paths, ["/withdraw"], "the only way on is to withdraw later");
  assert.ok(await page.isHidden("[data-testid=take-again]"));
  await page.goto(`${server.url}/compare`);
  await page.waitForSelector("[data-testid=compare-table]");
  await page.goBack();
  assert.equal(await page.textContent("[data-testid=completion-code]"), code);
  await page.reload();
  assert.equal(await page.textContent("[data-testid=completion-code]"), code);
  assert.deepEqual(page.problems, []);
});

test("every link on every page leads to a page", async () => {
  const page = await open(chromium);
  const links = new Set();
  for (const path of ["/", "/study/short", "/models", "/compare", "/look", "/no-such-page"]) {
    await page.goto(server.url + path);
    await page.waitForSelector("h1");
    for (const href of await page.locator("a[href]").evaluateAll((all) => all.map((link) => link.href))) links.add(href);
  }
  assert.ok(links.size >= 5, [...links].join(" "));
  for (const href of links) {
    await page.goto(href);
    await page.waitForSelector("h1");
    assert.doesNotMatch(await page.textContent("main"), /does not exist|cannot run/, href);
  }
});

test("a failed picture, a rejected decoding, odd events, stamps of zero and a translator end no session", async () => {
  const before = (await server.rows("short")).length;
  const page = await open(chromium);
  await page.addInitScript(() => {
    const decode = HTMLImageElement.prototype.decode;
    let calls = 0;
    HTMLImageElement.prototype.decode = function () {
      calls += 1;
      return calls % 7 === 0 ? Promise.reject(new DOMException("rejected by the test", "EncodingError")) : decode.call(this);
    };
    Object.defineProperty(Event.prototype, "timeStamp", { get: () => 0 });
    // As page translation does it: every text node becomes an element.
    const translate = (node) => {
      if (node.nodeType !== Node.TEXT_NODE || node.parentNode?.nodeName === "FONT" || !node.data.trim()) return;
      if (node.parentElement?.closest("script, style, [translate=no]")) return;
      const font = document.createElement("font");
      node.replaceWith(font);
      font.append(node.data);
    };
    new MutationObserver((changes) => {
      for (const change of changes) change.addedNodes.forEach((node) => {
        const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
        const found = node.nodeType === Node.TEXT_NODE ? [node] : [];
        while (texts.nextNode()) found.push(texts.currentNode);
        found.forEach(translate);
      });
    }).observe(document, { childList: true, subtree: true });
  });
  const failed = new Set();
  await page.route("**/images/**", (route) => {
    const url = route.request().url();
    if (failed.size < 3 && !failed.has(url)) {
      failed.add(url);
      return route.abort();
    }
    return route.continue();
  });
  const opened = countSessions(page);
  await begin(page, server, "short");
  await takeSession(page, async (page, trial) => {
    await page.evaluate(() => ["keydown", "blurred", "pointerdown"].forEach((kind) => window.dispatchEvent(new Event(kind))));
    if (trial === 3) return; // too late
    await pressAnyKey(page, trial);
  });
  await savedState(page, "saved");
  assert.equal(opened.count, 1);
  assert.ok(failed.size === 3, `${failed.size} requests failed`);
  const rows = (await server.rows("short")).slice(before);
  const answered = rows.filter((row) => row.outcome === "answered");
  assert.deepEqual([rows.filter((row) => row.outcome === "missed").length, answered.length], [1, 9]);
  for (const row of answered) assert.equal(row.press_clock, "page");
});

test("a reload in mid-session offers to go on, and the log has one person and every trial once", async () => {
  const before = (await server.rows("short")).length;
  const page = await open(chromium);
  page.on("dialog", (dialog) => dialog.accept());
  const opened = countSessions(page);
  await begin(page, server, "short");
  await takeSession(page, async (page, trial) => {
    if (trial === 7) return "stop";
    await pressAnyKey(page, trial);
  });
  await phase(page, "triplet");
  await page.reload();
  await page.setChecked("[data-testid=full-screen]", false);
  await page.click("[data-testid=resume]");
  await phase(page, "break");
  await takeSession(page, pressAnyKey);
  await savedState(page, "saved");
  assert.equal(opened.count, 1);
  const rows = (await server.rows("short")).slice(before);
  assert.equal(new Set(rows.map((row) => row.session)).size, 1);
  const reloaded = rows.filter((row) => row.outcome === "interrupted");
  assert.deepEqual(reloaded.map((row) => row.interrupted_by), ["reloaded"]);
  assert.equal(rows.filter((row) => row.outcome === "answered").length, 10, "a reserve trial stands in");
  assert.equal(new Set(rows.map((row) => row.trial)).size, rows.length);
});

test("the picture's pixels are whole device pixels, on whole device pixels", async () => {
  for (const [options, factor] of [
    [{ viewport: { width: 1280, height: 800 } }, 1],
    [{ viewport: { width: 1279, height: 801 }, deviceScaleFactor: 2 }, 2],
  ]) {
    const page = await open(chromium, options);
    await begin(page, server, "short");
    await page.waitForSelector("[data-testid=continue]:enabled");
    await page.keyboard.press("Space");
    await phase(page, "triplet");
    const seen = await page.evaluate(() =>
      [...document.querySelectorAll(".slot img")].map((image) => {
        const { left, top, width } = image.getBoundingClientRect();
        return { natural: image.naturalWidth, device: [left, top, width].map((px) => px * devicePixelRatio) };
      }),
    );
    for (const { natural, device } of seen) {
      for (const px of device) assert.ok(Math.abs(px - Math.round(px)) < 0.02, `${device}`);
      assert.ok(Math.abs(device[2] - factor * natural) < 0.02, `${device[2]} for ${natural}`);
    }
    await page.context().close();
  }
});
