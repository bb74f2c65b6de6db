// A request, its digest, and what is known of it. facts.md.

import { createHash } from "node:crypto";
import { bits } from "./address.mjs";
import { matches } from "./glob.mjs";
import { hostsOf } from "./host.mjs";
import { canonical, isInteger, isObject, levels } from "./json.mjs";
import { MOST_INTEGER } from "./limits.mjs";
import { subpathsOf } from "./path.mjs";
import { invalidInput } from "./refusal.mjs";
import { ancestors, normalise } from "./resource.mjs";
import { length } from "./text.mjs";

const ACTION = /^[A-Za-z0-9._-]+(?::[A-Za-z0-9._-]+)*$/;
const CURRENCY = /^[A-Z]{3}$/;

export const isAction = (text) => text.length <= 256 && ACTION.test(text);
export const isCurrency = (text) => CURRENCY.test(text);

function readCost(cost) {
  const known = isObject(cost) && Object.keys(cost).sort().join() === "amount,currency";
  if (!known || !isInteger(cost.amount, 0, MOST_INTEGER) || typeof cost.currency !== "string") throw invalidInput("cost");
  if (!isCurrency(cost.currency)) throw invalidInput("currency");
  return cost;
}

export class Request {
  constructor({ action, resource, args: given, cost = null, ...others }) {
    const args = given ?? {};
    if (Object.keys(others).length || typeof action !== "string" || !isAction(action)) throw invalidInput("action");
    const normal = typeof resource === "string" ? normalise(resource) : null;
    if (normal === null) throw invalidInput("resource");
    const names = isObject(args) ? Object.keys(args) : null;
    if (!names || !names.every((name) => name !== "" && length(name) <= 256)) throw invalidInput("args");
    if (levels(args) > 16 || Buffer.byteLength(canonical(args)) > 65_536) throw invalidInput("args");
    Object.assign(this, { action, resource: normal, args, cost: cost === null ? null : readCost(cost) });
    this.paths = ancestors(normal);
  }

  get canonical() {
    const { action, args, resource, cost } = this;
    return canonical({ action, args, resource, ...(cost && { cost }) });
  }

  get digest() {
    return createHash("sha256").update("attorn request v1\0").update(this.canonical).digest();
  }

  #argument(name) {
    return Object.hasOwn(this.args, name) ? this.args[name] : undefined;
  }

  /** The value of a fact about one argument, or undefined where there is none. Sets are lists. */
  fact(kind, name) {
    const value = this.#argument(name);
    const isText = typeof value === "string";
    const none = undefined;
    switch (kind) {
      case "text":
        return isText ? value : none;
      case "integer":
        return Number.isInteger(value) ? BigInt(value) : none;
      case "boolean":
        return typeof value === "boolean" ? value : none;
      case "null":
        return value === null ? true : none;
      case "number":
        return typeof value === "number" ? [BigInt(Math.floor(value)), BigInt(Math.ceil(value))] : none;
      case "length":
        return isText ? BigInt(length(value)) : Array.isArray(value) ? BigInt(value.length) : none;
      case "texts":
        return listOf(value, (one) => typeof one === "string");
      case "integers":
        return listOf(value, Number.isInteger)?.map(BigInt);
      case "booleans":
        return listOf(value, (one) => typeof one === "boolean");
      case "hosts":
        return (isText && hostsOf(value)) || none;
      case "subpaths":
        return (isText && subpathsOf(value)) || none;
      case "address":
        return (isText && bits(value)) || none;
      default:
        return none;
    }
  }

  /** Whether a pattern matches an argument; undefined where it is no text, or too long. */
  glob(name, pattern) {
    const text = this.fact("text", name);
    return text === undefined || length(text) > 1_024 ? undefined : matches(pattern, text);
  }
}

const listOf = (value, is) => (Array.isArray(value) && value.length && value.every(is) ? value : undefined);
