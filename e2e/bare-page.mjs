// A page that Playwright does not hold: one that it holds counts as seen, and the browser freezes only what nobody sees.

/** A tab in a fresh profile, driven by expressions. */
export class BarePage {
  #waiting = new Map();
  #sent = 0;

  /** Opens an address and waits until it is loaded. */
  static async open(browser, url) {
    const page = new BarePage();
    page.root = await browser.newBrowserCDPSession();
    const { browserContextId } = await page.root.send("Target.createBrowserContext");
    const { targetId } = await page.root.send("Target.createTarget", { url: "about:blank", browserContextId });
    ({ sessionId: page.session } = await page.root.send("Target.attachToTarget", { targetId, flatten: false }));
    const loaded = new Promise((resolve) => {
      page.root.on("Target.receivedMessageFromTarget", ({ message }) => {
        const said = JSON.parse(message);
        if (said.method === "Page.loadEventFired") resolve();
        page.#waiting.get(said.id)?.(said);
      });
    });
    await page.send("Page.enable");
    await page.send("Page.navigate", { url });
    await loaded;
    return page;
  }

  async send(method, params = {}) {
    const id = ++this.#sent;
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
    await this.root.send("Target.sendMessageToTarget", { sessionId: this.session, message: JSON.stringify({ id, method, params }) });
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Runs a function that needs nothing from here. */
  async evaluate(work) {
    const words = { expression: `(${work})()`, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", words);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Asks until the answer is yes. */
  async until(work) {
    while (!(await this.evaluate(work)));
  }

  /** `frozen` or `active`. */
  live(state) {
    return this.send("Page.setWebLifecycleState", { state });
  }
}
