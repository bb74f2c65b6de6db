// The blocks of a chain, one after another: Datalog, the sums over the chain so far, then facts. verification.md, step 1.

import { countGlobs, countValues, readBlock } from "./block.mjs";
import { readCaveat } from "./caveat.mjs";
import { readLink } from "./link.mjs";
import { readPresented } from "./presented.mjs";
import { limitExceeded, notAdmitted } from "./refusal.mjs";
import { Symbols } from "./symbols.mjs";

/** What only a link can say: it has an account, or a list. */
export const CHARGED = new Set(["MaxUses", "Rate", "Budget", "Spaced", "Status", "FreshList"]);

/** Reads the blocks of one chain, whose symbols, values and patterns are counted together. */
export class Blocks {
  constructor(limits) {
    this.limits = limits;
    this.symbols = new Symbols();
    this.values = 0;
    this.globs = 0;
  }

  #admit(bytes, symbols) {
    const block = readBlock(bytes, symbols, this.limits);
    if (symbols.strings.length > this.limits.symbols) throw limitExceeded("too many symbols");
    return block;
  }

  #count({ checks }) {
    this.values += countValues(checks);
    this.globs += countGlobs(checks);
    if (this.values > this.limits.values) throw limitExceeded("too many values");
    if (this.globs > this.limits.globs) throw limitExceeded("too many patterns");
  }

  link(bytes, next, first) {
    const block = this.#admit(bytes, this.symbols);
    this.#count(block);
    return { ...readLink(block.facts, next, first), caveats: block.checks.map(readCaveat) };
  }

  presented(bytes) {
    const block = this.#admit(bytes, this.symbols);
    if (countValues(block.checks) > this.limits.values) throw limitExceeded("too many values");
    return readPresented(block);
  }

  /** The caveats of a block that holds nothing else, with symbols of its own. */
  alone(bytes) {
    const block = this.#admit(bytes, new Symbols());
    this.#count(block);
    if (block.facts.length || !block.checks.length) throw notAdmitted("a block with facts, or without checks");
    return block.checks.map(readCaveat);
  }

  /** The caveats of a discharge. macaroon.md, section 6. */
  discharge(bytes) {
    const caveats = this.alone(bytes);
    if (caveats.some(({ kind }) => CHARGED.has(kind))) throw notAdmitted("a caveat that has no place in a discharge");
    return caveats;
  }
}

