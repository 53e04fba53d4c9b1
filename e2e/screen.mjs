// A screen without a display: Xvfb on a number that is free, for browsers that do not run without one.

import { spawn } from "node:child_process";

/** Starts it and names it in DISPLAY. `framebuffer`: a folder in which its pixels lie in a file. */
export async function startScreen({ width = 1280, height = 800, framebuffer } = {}) {
  const words = ["-displayfd", "3", "-screen", "0", `${width}x${height}x24`, "-nolisten", "tcp", "-nocursor"];
  if (framebuffer) words.push("-fbdir", framebuffer);
  const screen = spawn("Xvfb", words, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = await new Promise((done, fail) => {
    screen.stdio[3].once("data", (chunk) => done(String(chunk).trim()));
    screen.once("error", fail);
    screen.once("exit", (code) => fail(new Error(`Xvfb ended with ${code}`)));
  });
  process.env.DISPLAY = `:${number}`;
  process.on("exit", () => screen.kill());
  return { stop: () => screen.kill() };
}
