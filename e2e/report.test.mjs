// The fairness report of the demo set as a file on disk: of the set as it is now; light and dark, phone and desktop, axe finds nothing serious, and nothing
// is fetched.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { axe, browser, open } from "./helper.mjs";

const report = new URL("../docs/fairness/demo.html", import.meta.url);
const demo = new URL("../static/studies/demo/trial-set/trials.json", import.meta.url);

let chromium;
before(async () => {
  chromium = await browser();
});
after(async () => {
  await chromium.close();
});

test("it is about the demo set as it is now", async () => {
  const { hash } = JSON.parse(await readFile(demo, "utf8"));
  const again = "gestalt trials report static/studies/demo/trial-set --out docs/fairness/demo.html";
  assert.ok((await readFile(report, "utf8")).includes(hash), `the set has the hash ${hash}: make the report again, ${again}`);
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
      const columns = await page.evaluate(() => [...document.querySelectorAll(".beside > div")].map((column) => column.getBoundingClientRect().left));
      assert.equal(new Set(columns).size, width > 720 ? 2 : 1, "the best and the worst examples stand side by side where there is room");
      assert.deepEqual(page.problems, []);
    });
  }
}
