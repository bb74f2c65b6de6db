#!/usr/bin/env node
// `main.mjs OPERATION` answers the JSON input on standard input; `main.mjs batch` answers line by line.

import { readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { parse } from "./json.mjs";
import { OPERATIONS } from "./operations.mjs";
import { invalidInput, Refusal } from "./refusal.mjs";

const EXIT = { ok: 0, unavailable: 2, stale_status: 2, invalid_input: 3, unsupported: 4 };

function answer(operation, input) {
  if (!Object.hasOwn(OPERATIONS, operation)) return { code: "unsupported", step: null };
  try {
    return { code: "ok", step: null, result: OPERATIONS[operation](input) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.code, step: error.step, result: error.result };
  }
}

function read(text) {
  return parse(text, { depth: 64, fault: invalidInput });
}

async function batch() {
  for await (const line of createInterface({ input: process.stdin })) {
    let said;
    try {
      const asked = read(line);
      if (asked === null || typeof asked !== "object" || Array.isArray(asked)) throw invalidInput("no question");
      const { operation, input, ...others } = asked;
      if (typeof operation !== "string" || Object.keys(others).length) throw invalidInput("no question");
      said = answer(operation, input);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      said = { code: error.code, step: error.step };
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}

function one(operation) {
  let said;
  try {
    said = answer(operation, read(readFileSync(0, "utf8")));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    said = { code: error.code, step: error.step };
  }
  writeSync(1, `${JSON.stringify(said)}\n`);
  process.exitCode = EXIT[said.code] ?? 1;
}

const [operation = ""] = process.argv.slice(2);
if (operation === "batch") await batch();
else one(operation);
