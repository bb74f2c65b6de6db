// Absolute URLs, as ids of documents and proofs. credential.md, "Documents".

// The characters of RFC 3986.
const SHAPE = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;

export const isAbsolute = (value) => typeof value === "string" && SHAPE.test(value);

/** An absolute URL; one of the web has a host. */
export const isUrl = (value) => isAbsolute(value) && (!/^https?:/i.test(value) || /^https?:\/\/[^/?#]/i.test(value));
