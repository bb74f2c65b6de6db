// The hosts that a URL stands for. facts.md, "URL hosts".

import { compress, isMapped, parse4, parse6 } from "./address.mjs";
import { isHidden } from "./text.mjs";

const URL = /^(?:https?|wss?):\/\/(\[[^\]/?#@]*\]|[^:/?#@[\]]+)(?::([1-9][0-9]{0,4}))?(?:$|\/(?!\/))/i;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** One spelling for an address or a DNS name in lower case, or null; of a name also its labels. */
function read(text) {
  if (text.startsWith("[")) {
    const six = parse6(text.slice(1, -1));
    return six && !isMapped(six) ? { host: `[${compress(six)}]`, labels: [] } : null;
  }
  if (parse4(text)) return { host: text, labels: [] };
  const labels = text.split(".");
  const isName = text.length <= 253 && labels.every((label) => LABEL.test(label));
  return isName && !/^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1)) ? { host: text, labels } : null;
}

/** The set of a URL, or null. */
export function hostsOf(text) {
  const [whole, host, port] = URL.exec(text) ?? [];
  if (whole === undefined || !/^[\x21-\x7e]*$/.test(host) || /[\p{Zs}\\]/u.test(text) || isHidden(text)) return null;
  const found = Number(port ?? 1) > 65_535 ? null : read(host.toLowerCase());
  if (!found) return null;
  const parents = found.labels.slice(1).map((_, at) => `*.${found.labels.slice(at + 1).join(".")}`);
  return [found.host, ...parents];
}

/** A host of a caveat in the spelling of the wire, or null. */
export function normalHost(text) {
  const lower = text.toLowerCase();
  if (!/^[\x21-\x7e]*$/.test(text)) return null;
  const star = lower.startsWith("*.");
  const name = star ? lower.slice(2) : lower;
  const found = read(parse6(name) ? `[${name}]` : name);
  return found && !(star && found.labels.length === 0) ? (star ? "*." : "") + found.host : null;
}
