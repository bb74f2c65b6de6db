// DID documents: {did, methods: [{id, key, uses}]}. wire.md, section 3; did.md.

import * as base58 from "./base58.mjs";
import * as base64url from "./base64url.mjs";
import { isDid, methodOf, RELATIONSHIPS, SIGNING, splitUrl } from "./did.mjs";
import { isObject, parse } from "./json.mjs";
import { keyOfJwk } from "./jwk.mjs";
import { isSame, isSound, multibase, readMultikey } from "./keys.mjs";
import { resolvePeer } from "./peer.mjs";
import { Refusal } from "./refusal.mjs";
import { decode as decodeText } from "./text.mjs";
import { resolveWeb } from "./web.mjs";
import { resolveWebvh, resolveWebvhAt } from "./webvh.mjs";

function resolveKey(did) {
  const text = did.slice("did:key:".length);
  if (text[0] !== "z" || text.length > 64) return null;
  const bytes = base58.decode(text.slice(1));
  const key = bytes && readMultikey(bytes);
  if (!key || !isSound(key) || multibase(key) !== text) return null;
  return { did, methods: [{ id: `${did}#${text}`, key, uses: SIGNING }] };
}

function resolveJwk(did) {
  const text = decodeText(base64url.decode(did.slice("did:jwk:".length)));
  const members = text === null ? null : parse(text, { depth: 4 });
  const key = isObject(members) ? keyOfJwk(members) : null;
  return key && { did, methods: [{ id: `${did}#0`, key, uses: "use" in members ? SIGNING : RELATIONSHIPS }] };
}

const METHODS = { key: resolveKey, jwk: resolveJwk, peer: resolvePeer, web: resolveWeb, webvh: resolveWebvh };

/** Whether a did:key is one. */
export function isKey(did) {
  try {
    return resolveKey(did) !== null;
  } catch {
    return false;
  }
}

/** The document that is found, or null. */
function attempt(find) {
  try {
    return find() ?? null;
  } catch (error) {
    if (error instanceof Refusal && error.code !== "unavailable") return null;
    throw error;
  }
}

/** Finds documents. What web servers answer, it is handed. */
export class Resolver {
  constructor({ documents = {}, now = 0 } = {}) {
    Object.assign(this, { documents, now });
  }

  resolve(did, step = 3) {
    const document = isDid(did) ? attempt(() => METHODS[methodOf(did)]?.(did, this)) : null;
    if (document === null) throw new Refusal("unresolved_principal", step, did);
    return document;
  }

  /** What a DID said at some second, or null; of a method without history nobody knows. */
  resolveAt(did, second) {
    return methodOf(did) === "webvh" ? attempt(() => resolveWebvhAt(did, second, this)) : null;
  }

  /** The keys that a DID lists for a use. */
  keysFor(did, use, step) {
    const { methods } = this.resolve(did, step);
    return methods.filter(({ uses }) => uses.includes(use)).map(({ key }) => key);
  }

  /** The key of one method, which must be listed for this use. */
  keyOf(url, use) {
    const method = this.resolve(splitUrl(url)[0]).methods.find(({ id, uses }) => id === url && uses.includes(use));
    if (!method) throw new Refusal("unresolved_principal", 3, url);
    return method.key;
  }

  confirm(url, key, use) {
    if (!isSame(this.keyOf(url, use), key)) throw new Refusal("unresolved_principal", 3, url);
  }
}
