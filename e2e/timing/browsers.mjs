// Headed Chromium and Firefox for the timing bench: the few things it does with a page.

import puppeteer from "puppeteer-core";

/** How often the two clocks are compared; the narrowest comparison counts. */
const COMPARISONS = 40;

/** What fills the screen and keeps the browser from doing anything else. */
const CHROMIUM = [
  "--no-sandbox", "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--kiosk", "--window-position=0,0", "--password-store=basic", "--remote-debugging-port=0",
];

export async function launch(kind, { width, height }, profile) {
  const isFirefox = kind === "firefox";
  const browser = await puppeteer.launch({
    browser: isFirefox ? "firefox" : "chrome",
    executablePath: isFirefox ? process.env.FIREFOX : process.env.CHROMIUM,
    headless: false,
    defaultViewport: null,
    userDataDir: isFirefox ? undefined : profile,
    // Chromium is to draw as it does for people: without the flags that testing programs add.
    ignoreDefaultArgs: !isFirefox,
    args: isFirefox ? ["--kiosk", `--width=${width}`, `--height=${height}`] : [...CHROMIUM, `--window-size=${width},${height}`, `--user-data-dir=${profile}`, "about:blank"],
  });
  return { open: (url) => open(browser, url, isFirefox), close: () => browser.close() };
}

async function open(browser, url, isFirefox) {
  const page = await browser.newPage();
  await page.bringToFront();
  await page.goto(url);
  return {
    evaluate: (...words) => page.evaluate(...words),
    waitFor: (selector) => page.waitForSelector(selector, { timeout: 120_000 }),
    waitUntil: (condition) => page.waitForFunction(condition, { polling: 200, timeout: 120_000 }),
    close: () => page.close({ runBeforeUnload: false }),
    clock: () => (isFirefox ? compared(page) : started(page)),
  };
}

/** When the page's clock was zero, on CLOCK_MONOTONIC in ms: Chromium says it. */
async function started(page) {
  const session = await page.createCDPSession();
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  await session.send("Performance.disable");
  return metrics.find(({ name }) => name === "NavigationStart").value * 1000;
}

/** The same from comparing both clocks; its error is at most half of the shortest round trip. */
async function compared(page) {
  let [narrowest, zero] = [Infinity, 0];
  for (let n = 0; n < COMPARISONS; n++) {
    const before = Number(process.hrtime.bigint()) / 1e6;
    const now = await page.evaluate(() => performance.now());
    const width = Number(process.hrtime.bigint()) / 1e6 - before;
    if (width < narrowest) [narrowest, zero] = [width, before + width / 2 - now];
  }
  return zero;
}
