// Absolute URLs, as ids of documents and proofs. credential.md, "Documents".

/** An absolute URL, in ASCII; one of the web has a host. */
export function isUrl(value) {
  if (typeof value !== "string" || !/^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/.test(value)) return false;
  return !/^https?:/i.test(value) || /^https?:\/\/[^/?#]/i.test(value);
}
