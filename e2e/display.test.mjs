// What the study asks of the display: a window that is large enough, and a square for a photodiode. And what is loaded when.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, chromium, open, phase, pressAnyKey, savedState, server, takeSession, withServer } from "./helper.mjs";

withServer({ short: 3, tables: '[display]\nminimum_viewport = [900, 500]\nphotodiode = "top-left"\n' });

/** How white the photodiode's square is, 0 to 1. */
const white = (page) => page.evaluate(() => Number(getComputedStyle(document.querySelector(".photodiode"), "::after").opacity));

test("a window that is too small holds the session up, and one that becomes so interrupts it", async () => {
  const page = await open(chromium, { viewport: { width: 800, height: 700 } });
  await begin(page, server, "short");
  const needed = await page.innerText("[data-testid=too-small]");
  assert.match(needed, /900 by 500/);
  assert.match(needed, /800 by 700/);
  assert.ok(await page.isDisabled("[data-testid=continue]"));
  await page.keyboard.press("Space");
  assert.equal(await phase(page, "break", "countdown", "placeholder"), "break");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.waitForSelector("[data-testid=too-small]", { state: "detached" });
  assert.equal(await white(page), 0);
  await takeSession(page, async (page, trial) => {
    if (trial === 1) {
      assert.equal(await white(page), 1, "the square turns with the pictures");
      const off = await page.evaluate(() => {
        const { left, width } = document.querySelector("[data-testid=slot-2] img").getBoundingClientRect();
        return left + width / 2 - innerWidth / 2;
      });
      assert.ok(Math.abs(off) <= 1, `the middle picture is ${off} px off the middle of the screen`);
    }
    if (trial !== 2) return pressAnyKey(page, trial);
    await page.setViewportSize({ width: 700, height: 800 });
    await phase(page, "pause");
    assert.equal(await white(page), 0);
    await page.waitForSelector("[data-testid=too-small]");
    await page.setViewportSize({ width: 1280, height: 800 });
  });
  await savedState(page, "saved");
  const interrupted = (await server.rows("short")).filter((row) => row.outcome === "interrupted");
  assert.deepEqual(interrupted.map((row) => (row.showing ?? row).interrupted_by), ["resized"]);
});

test("the first practice trial waits for its own pictures only, and none is loaded while pictures are seen", async () => {
  const page = await open(chromium);
  await page.addInitScript(() => {
    window.seen = [];
    performance.setResourceTimingBufferSize(2000);
    new MutationObserver(() => {
      const now = document.querySelector("[data-phase]")?.dataset.phase === "triplet";
      const last = window.seen.at(-1);
      if (now && (!last || last.until)) window.seen.push({ from: performance.now() });
      if (!now && last && !last.until) last.until = performance.now();
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-phase"] });
  });
  // As fast as a slow telephone line.
  const session = await page.context().newCDPSession(page);
  let bytes = 0;
  await session.send("Network.enable");
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await session.send("Network.emulateNetworkConditions", { offline: false, latency: 50, downloadThroughput: 200_000, uploadThroughput: 100_000 });
  const start = Date.now();
  await begin(page, server, "demo");
  await page.waitForSelector("[data-testid=continue]:enabled");
  console.log(`    practice can begin after ${((Date.now() - start) / 1000).toFixed(1)} s and ${(bytes / 1e6).toFixed(2)} MB at 1.6 Mbit/s`);
  assert.ok(bytes < 1_500_000, `${bytes} bytes before the first practice trial`);
  await takeSession(page, async (page, trial) => {
    await pressAnyKey(page, trial);
    return trial === 4 ? "stop" : undefined;
  });
  await phase(page, "break");
  const [seen, begun] = await page.evaluate(() => [
    window.seen,
    performance.getEntriesByType("resource").filter(({ name }) => name.includes("/images/")).map(({ startTime }) => startTime),
  ]);
  assert.ok(seen.length >= 4 && begun.length > 6, `${seen.length} trials, ${begun.length} pictures`);
  for (const at of begun) assert.ok(!seen.some(({ from, until }) => at > from && at < until), `a download began at ${at} ms`);
  // The next test traces the whole browser: this page would go on to load and decode.
  await page.context().close();
});

test("pictures are decoded before they are uncovered", async () => {
  const page = await open(chromium);
  await begin(page, server, "short");
  await page.evaluate(() => {
    const say = () => console.timeStamp(document.querySelector("[data-phase]")?.dataset.phase);
    new MutationObserver(say).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-phase"] });
  });
  await page.waitForSelector("[data-testid=continue]:enabled");
  await chromium.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline"] });
  await takeSession(page, async (page, trial) => {
    await pressAnyKey(page, trial);
    return trial === 4 ? "stop" : undefined;
  });
  await phase(page, "break");
  const { traceEvents } = JSON.parse(String(await chromium.stopTracing()));
  const phases = traceEvents.filter(({ name }) => name === "TimeStamp").map(({ ts, args }) => ({ ts, phase: args.data.message }));
  phases.sort((a, b) => a.ts - b.ts);
  const decodings = traceEvents.filter(({ name }) => /^(Decode Image|Decode LazyPixelRef|ImageDecodeTask)$/.test(name));
  assert.ok(decodings.length >= 3 * 4, `${decodings.length} decodings were traced`);
  const seen = phases.flatMap(({ ts, phase }, at) => (phase === "triplet" ? [[ts, phases[at + 1].ts]] : []));
  assert.equal(seen.length, 4);
  for (const [from, until] of seen) {
    assert.deepEqual(decodings.filter(({ ts }) => ts >= from && ts < until).map(({ name }) => name), []);
  }
});
