// The input of an operation, whose members are taken once each; what is left over is refused.

import { isInteger, isObject } from "./json.mjs";
import { LAST_SECOND } from "./limits.mjs";
import { invalidInput } from "./refusal.mjs";

export class Members {
  constructor(input) {
    if (!isObject(input)) throw invalidInput("expected an object");
    this.rest = { ...input };
  }

  take(name, is, otherwise) {
    const value = this.rest[name] ?? undefined; // null is as left out
    delete this.rest[name];
    if (value === undefined && otherwise !== undefined) return otherwise;
    if (value === undefined || !is(value)) throw invalidInput(`${name}: missing, or of another type`);
    return value;
  }

  end() {
    const [name] = Object.keys(this.rest);
    if (name !== undefined) throw invalidInput(`${name}: nobody knows this member`);
  }
}

export const isText = (value) => typeof value === "string";
export const isTexts = (value) => Array.isArray(value) && value.every(isText);
export const isSecond = (value) => isInteger(value, 0, LAST_SECOND);
