// Strict JSON, and its canonical form (RFC 8785). facts.md, "The request".

import { malformed } from "./refusal.mjs";
import { isWhole } from "./text.mjs";

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// eslint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS = { t: ["true", true], f: ["false", false], n: ["null", null] };

class Parser {
  constructor(text, depth, fault) {
    Object.assign(this, { text, depth, fault, at: 0 });
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) throw this.fault("not JSON");
    this.at = pattern.lastIndex;
    return found[0];
  }

  next() {
    this.match(SPACE);
    return this.text[this.at];
  }

  take(character) {
    if (this.next() !== character) throw this.fault("not JSON");
    this.at += 1;
  }

  string() {
    this.next();
    const text = JSON.parse(this.match(STRING));
    if (!isWhole(text)) throw this.fault("a lone surrogate");
    return text;
  }

  number() {
    const written = this.match(NUMBER);
    const number = Number(written);
    if (Math.abs(number) > Number.MAX_SAFE_INTEGER || Object.is(number, -0)) throw this.fault("a number out of range");
    if (number === 0 && /[1-9]/.test(written.split(/e/i)[0])) throw this.fault("a number too small to tell from zero");
    return number;
  }

  value(level) {
    const first = this.next();
    if (first === "{" || first === "[") {
      if (level > this.depth) throw this.fault("nested too deeply");
      return first === "{" ? this.object(level) : this.list(level);
    }
    if (first === '"') return this.string();
    if (!(first in WORDS)) return this.number();
    const [word, value] = WORDS[first];
    if (!this.text.startsWith(word, this.at)) throw this.fault("not JSON");
    this.at += word.length;
    return value;
  }

  object(level) {
    const members = Object.create(null); // so that a member may be called __proto__
    this.take("{");
    if (this.next() === "}") return this.take("}"), members;
    for (;;) {
      const name = this.string();
      if (name in members) throw this.fault("a member twice");
      this.take(":");
      members[name] = this.value(level + 1);
      if (this.next() === "}") return this.take("}"), members;
      this.take(",");
    }
  }

  list(level) {
    const items = [];
    this.take("[");
    if (this.next() === "]") return this.take("]"), items;
    for (;;) {
      items.push(this.value(level + 1));
      if (this.next() === "]") return this.take("]"), items;
      this.take(",");
    }
  }
}

/** Members once each, no number beyond 2^53 - 1 or too small to tell from zero, no negative zero, no lone surrogate, nothing behind the value. */
export function parse(text, { depth = 16, fault = malformed } = {}) {
  const parser = new Parser(text, depth, fault);
  const value = parser.value(1);
  if (parser.next() !== undefined) throw fault("something behind the JSON");
  return value;
}

export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
export const isInteger = (value, least, most) => Number.isInteger(value) && least <= value && value <= most;

/** Whether a value is this text, or a list of it alone. */
export const isOnly = (value, text) => value === text || (Array.isArray(value) && value.length === 1 && value[0] === text);

/** How many levels a value nests, a scalar none. */
export function levels(value) {
  if (value === null || typeof value !== "object") return 0;
  return 1 + Object.values(value).reduce((most, part) => Math.max(most, levels(part)), 0);
}

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort(); // by UTF-16 code units, as the RFC has it
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
