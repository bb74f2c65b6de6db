// File paths in plain form. facts.md, "File paths".

import { isComposed, isHidden, length } from "./text.mjs";

/** The path without a slash at its end, or null. */
export function normalPath(text) {
  if (!text.startsWith("/") || length(text) > 4_096 || isHidden(text) || !isComposed(text)) return null;
  if (/\\|%(?:2e|2f|5c|00|25)/i.test(text)) return null;
  if (text === "/") return text;
  const plain = text.endsWith("/") ? text.slice(0, -1) : text;
  const parts = plain.slice(1).split("/");
  return parts.length <= 64 && !parts.some((part) => ["", ".", ".."].includes(part)) ? plain : null;
}

/** The path and every folder above it, or null. */
export function subpathsOf(text) {
  const plain = normalPath(text);
  if (plain === null) return null;
  if (plain === "/") return ["/"];
  const parts = plain.split("/");
  return ["/", ...parts.slice(1).map((_, at) => parts.slice(0, at + 2).join("/"))];
}
