// Writes FILE.br beside every compressible file of a folder: `node compress.mjs FOLDER`.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

// Pictures and weights hardly shrink, and a file this small costs as much packed.
const kinds = /\.(wasm|js|css|html|json|svg|ftl|webmanifest)$/;
const worth_bytes = 1024;

for (const name of readdirSync(process.argv[2], { recursive: true })) {
  const path = join(process.argv[2], name);
  const facts = statSync(path);
  if (!facts.isFile() || !kinds.test(name) || facts.size < worth_bytes) continue;
  const packed = brotliCompressSync(readFileSync(path), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: facts.size },
  });
  writeFileSync(`${path}.br`, packed);
  console.log(`${name}: ${facts.size} -> ${packed.length}`);
}
