// The fairness report of the demo set as a file on disk: light and dark, phone and desktop, axe finds nothing serious, and nothing is fetched.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { axe, browser, open } from "./helper.mjs";

const report = new URL("../docs/fairness/demo.html", import.meta.url);

let chromium;
before(async () => {
  chromium = await browser();
});
after(async () => {
  await chromium.close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 1280]) {
    test(`${colorScheme}, ${width} px`, async () => {
      const page = await open(chromium, { colorScheme, viewport: { width, height: 800 } });
      const fetched = [];
      page.on("request", (request) => fetched.push(request.url()));
      await page.goto(report.href);
      assert.deepEqual(fetched.filter((url) => !url.startsWith("data:")), [`file://${fileURLToPath(report)}`]);
      assert.deepEqual(await axe(page), []);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      assert.deepEqual(page.problems, []);
    });
  }
}
