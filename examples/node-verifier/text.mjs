// Characters, counted and compared by code points. facts.md, "Characters".

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const length = (text) => [...text].length;
export const isHidden = (text) => HIDDEN.test(text);
export const isComposed = (text) => text.normalize("NFC") === text;
export const isWhole = (text) => !/\p{Cs}/u.test(text); // a pair is one character, so only a lone one is found
export const isPrintable = (text) => /^[\x20-\x7e]*$/.test(text);
export const isVisible = (text) => /^[\x21-\x7e]*$/.test(text);

/** The order of code points is that of UTF-8; JavaScript's own is that of UTF-16. */
export const compare = (one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** The text of UTF-8 bytes, or null. */
export function decode(bytes) {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
