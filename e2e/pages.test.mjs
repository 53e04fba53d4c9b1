// Every page, light and dark, phone and desktop: readable, without layout shift, and axe finds nothing serious.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, chromium, open, server, withServer } from "./helper.mjs";

const pages = [
  ["/", "h1"],
  ["/study/demo", "[data-testid=start]"],
  ["/models", "[data-testid=run]"],
  ["/compare", "[data-testid=empty]"],
  ["/look", "[data-testid=look]"],
  ["/study/none-of-that-name", "main"],
  ["/no-such-page", "main"],
];
// 640 px is what is left of 1280 px at 200 % zoom.
const widths = [390, 640, 1280];

withServer();

for (const colorScheme of ["light", "dark"]) {
  for (const width of widths) {
    test(`${colorScheme}, ${width} px`, async () => {
      const page = await open(chromium, { colorScheme, viewport: { width, height: 800 } });
      await page.addInitScript(() => {
        window.shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
      });
      for (const [address, ready] of pages) {
        await page.goto(server.url + address);
        await page.waitForSelector(ready);
        assert.deepEqual(await axe(page), [], address);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${address} is ${overflow} px too wide`);
        assert.ok((await page.evaluate(() => window.shift)) < 0.1, `${address} shifts while it loads`);
      }
    });
  }
}

test("the whole way to the test with the keyboard alone", async () => {
  const page = await open(chromium);
  await page.goto(server.url);
  await page.waitForSelector("[data-testid=home-start]");
  const reach = async (selector) => {
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
    }
    assert.fail(`${selector} cannot be reached with Tab`);
  };
  await reach("[data-testid=home-start]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-testid=start]");
  await reach("[data-testid=start]");
});

test("a browser without WebAssembly is told so", async () => {
  const page = await open(chromium);
  await page.addInitScript(() => delete window.WebAssembly);
  await page.goto(server.url);
  await page.waitForFunction(() => /could not be started/.test(document.body.innerText));
  assert.match(await page.innerText("#loading"), /WebAssembly/);
});
