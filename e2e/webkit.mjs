// WebKitGTK by its WebDriver: the few requests of W3C WebDriver (2018) that a journey needs.

import { spawn } from "node:child_process";
import { freePort } from "./helper.mjs";

/** The browser that WebKitGTK brings for tests. */
const browser = process.env.WEBKIT_BROWSER;
const driver = process.env.WEBKIT_DRIVER;

export const isInstalled = Boolean(browser && driver);

/** A page of a new browser, with the methods of the journey in `browsers.test.mjs`. */
export async function openWebKit() {
  const port = await freePort();
  const process = spawn(driver, [`--port=${port}`], { stdio: "ignore" });
  const ask = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`WebKit: ${value.error}: ${value.message}`);
    return value;
  };
  const options = { binary: browser, args: ["--automation"] };
  const capabilities = { alwaysMatch: { browserName: "MiniBrowser", "webkitgtk:browserOptions": options } };
  let opened;
  for (let attempt = 0; !opened; attempt++) {
    try {
      opened = await ask("POST", "/session", { capabilities });
    } catch (error) {
      // The driver takes a moment before it listens.
      if (attempt === 50 || error.message.startsWith("WebKit")) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  const session = `/session/${opened.sessionId}`;
  return {
    goto: (url) => ask("POST", `${session}/url`, { url }),
    evaluate: (script, ...words) => ask("POST", `${session}/execute/sync`, { script: `return (${script})(...arguments)`, args: words }),
    press: (key) => {
      const actions = [{ type: "keyDown", value: key }, { type: "keyUp", value: key }];
      return ask("POST", `${session}/actions`, { actions: [{ type: "key", id: "keyboard", actions }] });
    },
    close: async () => {
      await ask("DELETE", session).catch(() => {});
      process.kill();
    },
  };
}
