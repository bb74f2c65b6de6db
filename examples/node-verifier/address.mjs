// IP addresses: parsed, compressed (RFC 5952), and as bits. facts.md, "IP addresses".

const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;

/** Four numbers, or null. */
export function parse4(text) {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => OCTET.test(part) && Number(part) < 256)) return null;
  return parts.map(Number);
}

function groups(text) {
  if (text === "") return [];
  const parts = text.split(":");
  const last = parse4(parts.at(-1));
  if (last) parts.splice(-1, 1, ...[0, 2].map((at) => (last[at] * 256 + last[at + 1]).toString(16)));
  return parts.every((part) => /^[0-9A-Fa-f]{1,4}$/.test(part)) ? parts.map((part) => parseInt(part, 16)) : null;
}

/** Eight numbers, or null. RFC 4291, section 2.2, without a zone. */
export function parse6(text) {
  const halves = text.split("::");
  if (halves.length > 2 || (halves.length === 2 && parse4(halves[0].split(":").at(-1)))) return null;
  const [head, tail] = halves.map(groups);
  if (!head || tail === null) return null;
  if (tail === undefined) return head.length === 8 ? head : null;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? null : [...head, ...Array(missing).fill(0), ...tail];
}

export const isMapped = (six) => six.slice(0, 5).every((group) => group === 0) && six[5] === 0xffff;

/** The compressed text of an IPv6 address: the longest run of zeros, the first of equals, at least two. */
export function compress(six) {
  let [start, size] = [-1, 1];
  for (let at = 0; at < 8; at += 1) {
    let end = at;
    while (end < 8 && six[end] === 0) end += 1;
    if (end - at > size) [start, size] = [at, end - at];
  }
  const hex = six.map((group) => group.toString(16));
  if (start < 0) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + size).join(":")}`;
}

const binary = (numbers, width) => numbers.map((one) => one.toString(2).padStart(width, "0")).join("");

/** `4:` or `6:` and the digits, or null. */
export function bits(text) {
  const four = parse4(text);
  if (four) return `4:${binary(four, 8)}`;
  const six = parse6(text);
  if (!six) return null;
  return isMapped(six) ? `4:${binary(six.slice(6), 16)}` : `6:${binary(six, 16)}`;
}

/** The bits of a network `address/length`, or null. */
export function networkBits(text) {
  const [, address, digits] = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
  if (address === undefined) return null;
  const six = parse6(address);
  const whole = six ? `6:${binary(six, 16)}` : bits(address);
  const size = Number(digits);
  if (whole === null || size > whole.length - 2 || whole.slice(2 + size).includes("1")) return null;
  const prefix = whole.slice(0, 2 + size);
  return isMappedNetwork(prefix) ? `4:${prefix.slice(2 + 96)}` : prefix;
}

const MAPPED = `6:${"0".repeat(80)}${"1".repeat(16)}`;
const isMappedNetwork = (prefix) => prefix.startsWith(MAPPED);

/** Whether a text is what stands on the wire for a network. */
export const isNetwork = (text) => /^(?:4:[01]{0,32}|6:[01]{0,128})$/.test(text) && !isMappedNetwork(text);
