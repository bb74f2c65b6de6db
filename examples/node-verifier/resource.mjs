// The normal form of a resource, and its ancestors. facts.md, "Resource".

import { compress, isMapped, parse6 } from "./address.mjs";
import { decode, isComposed, isHidden, length } from "./text.mjs";

const MOST = 2_048;
const UNRESERVED = /^[A-Za-z0-9._~-]$/;
const PLAIN = /^[A-Za-z0-9._~!$&'()*+,;=:@-]$/;
const LABEL = /^[a-z0-9_-]{1,63}$/;

function host(text) {
  if (text.startsWith("[")) {
    const six = text.endsWith("]") ? parse6(text.slice(1, -1)) : null;
    return six && !isMapped(six) ? `[${compress(six)}]` : null;
  }
  return text.length <= 253 && text.split(".").every((label) => LABEL.test(label)) ? text : null;
}

function authority(scheme, text) {
  const [, name, port] = /^(\[[^\]]*\]|[^:[\]]*)(?::([1-9][0-9]{0,4}))?$/.exec(text) ?? [];
  if (name === undefined || !/^[\x21-\x7e]*$/.test(name)) return null;
  const lower = host(name.toLowerCase());
  if (lower === null || Number(port ?? 1) > 65_535) return null;
  const dropped = port === undefined || { http: "80", https: "443" }[scheme] === port;
  return dropped ? lower : `${lower}:${port}`;
}

function escape(character) {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/** One segment with its escapes in their one spelling, or null. Steps 5 to 7. */
function segment(text) {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return null;
  const written = [...text.matchAll(/%[0-9A-Fa-f]{2}|[^]/gu)].map(([part]) => {
    if (part.length !== 3 || part[0] !== "%") return PLAIN.test(part) ? part : escape(part);
    const character = String.fromCharCode(parseInt(part.slice(1), 16));
    return UNRESERVED.test(character) ? character : part.toUpperCase();
  });
  const result = written.join("");
  if (/%2F|%5C|%25[0-9A-Fa-f]{2}/.test(result) || /^\.\.?(?:;|%3B)/.test(result)) return null;
  return result.includes("%") && !isPlainText(result) ? null : result;
}

function isPlainText(escaped) {
  const latin = escaped.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const text = decode(Buffer.from(latin, "latin1"));
  return text !== null && isComposed(text) && !isHidden(text);
}

/** The segments of a path with dot segments removed, or null. */
function segments(path) {
  const plain = path.endsWith("/") ? path.slice(0, -1) : path;
  if (path === "") return [];
  const parts = plain.split("/");
  if (parts.length > 64 || parts.includes("")) return null;
  const kept = [];
  for (const part of parts.map(segment)) {
    if (part === null || (part === ".." && kept.length === 0)) return null;
    if (part === "..") kept.pop();
    else if (part !== ".") kept.push(part);
  }
  return kept;
}

/** [what stands before the segments, the segments], or null. */
function split(text) {
  if (text === "" || length(text) > MOST || isHidden(text) || !isComposed(text) || /[\\?#]/.test(text)) return null;
  const [whole, scheme, name] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/]*)/.exec(text) ?? [];
  if (whole !== undefined) {
    const lower = scheme.toLowerCase();
    const [at, path] = [authority(lower, name), segments(text.slice(whole.length + 1))];
    return at !== null && path ? [`${lower}://${at}`, path] : null;
  }
  const absolute = text.startsWith("/");
  const path = segments(absolute ? text.slice(1) : text);
  if (!path || (!absolute && (path.length === 0 || path[0].endsWith(":")))) return null;
  return [absolute ? "" : null, path];
}

function join(start, path) {
  if (start === null) return path.join("/");
  return path.length === 0 && start === "" ? "/" : [start, ...path].join("/");
}

/** The normal form, or null where there is none. */
export function normalise(text) {
  const parts = split(text);
  const result = parts && join(...parts);
  return result !== null && result.length <= MOST ? result : null;
}

/** The prefixes of a normal form that end at a segment, the whole included. */
export function ancestors(normal) {
  const [start, path] = split(normal);
  const first = start === null || (start === "" && path.length === 0) ? [] : [join(start, [])];
  return [...first, ...path.map((_, at) => join(start, path.slice(0, at + 1)))].concat(normal === "/" ? ["/"] : []);
}
