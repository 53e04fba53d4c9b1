// A sheet of the trial screen to look at: every phase, at four sizes, dark and light. `OUT=sheet.png node e2e/sheet.mjs`, with the
// variables of the browser tests (README.md).

import { writeFileSync } from "node:fs";
import { Server, begin, browser, open, phase, react } from "./helper.mjs";

const SIZES = [
  { name: "1280", viewport: { width: 1280, height: 800 } },
  { name: "1920", viewport: { width: 1920, height: 1080 } },
  { name: "1920 at 2", viewport: { width: 1920, height: 1080 }, deviceScaleFactor: 2 },
  { name: "390", viewport: { width: 390, height: 780 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true },
];
const THUMBNAIL_PX = 420;
const out = process.env.OUT ?? "sheet.png";

/** A phase lasts too short for a picture of the page: the page is kept from going on. */
const freeze = (page) => page.evaluate(() => { window.requestAnimationFrame = () => 0; });

/** Runs a session up to a phase, and takes a picture of it. */
async function shot(chromium, server, size, colorScheme, wanted) {
  const page = await open(chromium, { ...size, colorScheme });
  await begin(page, server, "short");
  if (wanted !== "break") {
    await page.waitForSelector("[data-testid=continue]:enabled");
    await page.keyboard.press("Space");
    await phase(page, wanted === "countdown" ? "countdown" : "triplet");
    if (wanted === "pause") await page.keyboard.press("Escape");
    await phase(page, wanted);
    if (wanted === "triplet") await react(page);
    if (wanted !== "pause") await freeze(page);
  }
  const picture = await page.screenshot();
  await page.context().close();
  return picture.toString("base64");
}

const server = await Server.start({ short: 6 });
const chromium = await browser();
const phases = ["break", "countdown", "triplet", "response", "too-late", "pause"];
let html = `<style>body { font: 14px sans-serif } td { padding: 4px; vertical-align: top } img { display: block; border: 1px solid #999 }</style><table>`;
for (const size of SIZES) {
  for (const scheme of ["light", "dark"]) {
    html += `<tr><th>${size.name}<br>${scheme}</th>`;
    for (const wanted of phases) {
      const { name, ...options } = size;
      const picture = await shot(chromium, server, options, scheme, wanted);
      html += `<td>${wanted}<img style="max-width: ${THUMBNAIL_PX}px; max-height: ${THUMBNAIL_PX}px" src="data:image/png;base64,${picture}"></td>`;
    }
    html += "</tr>";
    console.error(`  · ${size.name}, ${scheme}`);
  }
}
const page = await open(chromium, { viewport: { width: 100 + phases.length * (THUMBNAIL_PX + 10), height: 800 } });
await page.setContent(`${html}</table>`);
writeFileSync(out, await page.screenshot({ fullPage: true }));
await chromium.close();
await server.stop();
