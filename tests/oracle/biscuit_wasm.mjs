// The stock library, asked about presentations: `biscuit_wasm.mjs MODULE` answers each line of standard input,
// {"wire", "root", "facts"}, with true, or with what the library says against it.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const base = pathToFileURL(`${process.argv[2]}/`);
const library = await import(new URL("biscuit_bg.js", base));

// Node 20 imports WebAssembly only behind a flag that warns, so the module is made here as its own wrapper would.
const compiled = new WebAssembly.Module(readFileSync(new URL("biscuit_bg.wasm", base)));
const needed = [...new Set(WebAssembly.Module.imports(compiled).map(({ module }) => module))];
const modules = await Promise.all(needed.map(async (name) => [name, await import(new URL(name, base))]));
const { exports } = new WebAssembly.Instance(compiled, Object.fromEntries(modules));
library.__wbg_set_wasm(exports);
console.log = () => {}; // it greets on standard output
exports.__wbindgen_start();

const { AuthorizerBuilder, Biscuit, PublicKey, SignatureAlgorithm } = library;
const LIMITS = { max_facts: 1_000, max_iterations: 100, max_time_micro: 10_000_000 };

function ask({ wire, root, facts }) {
  const key = PublicKey.fromBytes(Buffer.from(root, "hex"), SignatureAlgorithm.Ed25519);
  const token = Biscuit.fromBytes(Buffer.from(wire, "base64url"), key);
  const [nonce] = token.getBlockSource(token.countBlocks() - 1).match(/nonce\(hex:[0-9a-f]{32}\)/);
  const builder = new AuthorizerBuilder();
  builder.addCode(`${facts}${nonce};allow if true;`);
  return builder.buildAuthenticated(token).authorizeWithLimits(LIMITS) === 0;
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = ask(JSON.parse(line));
  } catch (error) {
    answer = error instanceof Error ? `${error.name}: ${error.message}` : error;
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
