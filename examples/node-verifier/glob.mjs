// Globs, in time linear in the text. facts.md, "Glob".

import { length } from "./text.mjs";

const ANY = 2; // any run at all
const RUN = 1; // any run without a slash
const ONE = 0; // one character but the slash

/** The parts of a pattern, literal characters as text, or null. */
function parts(pattern) {
  const found = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at];
    if (character === "\\") {
      if (++at === characters.length) return null;
      found.push(characters[at]);
    } else if (character === "*" && characters[at + 1] === "*") {
      found.push(ANY);
      at += 1;
    } else {
      found.push({ "*": RUN, "?": ONE }[character] ?? character);
    }
  }
  return found;
}

export const isPattern = (text) => text !== "" && length(text) <= 256 && parts(text) !== null;
export const hasWildcards = (pattern) => parts(pattern).some((part) => typeof part === "number");
/** The one text that a pattern without wildcards matches. */
export const literalOf = (pattern) => parts(pattern).join("");

function closed(pattern, states) {
  pattern.forEach((part, at) => {
    if (states[at] && (part === ANY || part === RUN)) states[at + 1] = true;
  });
  return states;
}

export function matches(pattern, text) {
  const wanted = parts(pattern);
  let states = closed(wanted, [true, ...wanted.map(() => false)]);
  for (const character of text) {
    const next = [false, ...wanted.map(() => false)];
    wanted.forEach((part, at) => {
      if (!states[at]) return;
      if (part === ANY || (part === RUN && character !== "/")) next[at] = true;
      if (part === character || (part === ONE && character !== "/")) next[at + 1] = true;
    });
    states = closed(wanted, next);
  }
  return states[wanted.length];
}
