// Strings by number, through all blocks of a chain. caveats.md, section 2.

import { malformed } from "./refusal.mjs";
import { decode } from "./text.mjs";

const DEFAULT = (
  "read write resource operation right time role owner tenant namespace user team service admin email group member " +
  "ip_address client client_ip domain path version cluster node hostname nonce query"
).split(" ");
const FIRST = 1024;

export class Symbols {
  constructor(strings = []) {
    this.strings = [...strings];
    this.numbers = new Map(DEFAULT.map((text, number) => [text, number]));
    this.strings.forEach((text, index) => this.numbers.set(text, FIRST + index));
    this.used = this.strings.length;
  }

  /** Adds what a block lists. */
  list(bytes) {
    const text = decode(bytes);
    if (text === null || this.numbers.has(text)) throw malformed("a symbol that is no text, or listed already");
    this.numbers.set(text, FIRST + this.strings.length);
    this.strings.push(text);
  }

  isNew(number) {
    return number === FIRST + this.used;
  }

  get(number) {
    if (number < DEFAULT.length) return DEFAULT[number];
    const index = number - FIRST;
    if (!(index >= 0 && index <= this.used && index < this.strings.length)) throw malformed("a symbol out of turn");
    if (index === this.used) this.used += 1;
    return this.strings[index];
  }

  /** What a block lists it must use. */
  close() {
    if (this.used !== this.strings.length) throw malformed("a symbol that is not used");
  }

  /** The number of a text, for a writer; a new one is added. */
  put(text) {
    if (!this.numbers.has(text)) {
      this.numbers.set(text, FIRST + this.strings.length);
      this.strings.push(text);
      this.used = this.strings.length;
    }
    return this.numbers.get(text);
  }
}
