// Absolute URLs, as ids of documents and proofs. credential.md, "Documents".

// The characters of RFC 3986.
const SHAPE = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;

/** An absolute URL, in ASCII; one of the web has a host. */
export function isUrl(value) {
  if (typeof value !== "string" || !SHAPE.test(value)) return false;
  return !/^https?:/i.test(value) || /^https?:\/\/[^/?#]/i.test(value);
}
