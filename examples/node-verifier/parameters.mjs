// The parameters of a did:webvh: what each may be, and what holds from entry to entry. webvh.md, "Logs".

import * as base58 from "./base58.mjs";
import { isInteger, isObject } from "./json.mjs";
import { ED25519, isMultikey, isSound, multibase, readMultikey } from "./keys.mjs";
import { hashOf, isHash } from "./multihash.mjs";
import { malformed } from "./refusal.mjs";
import { length } from "./text.mjs";
import { isAbsolute } from "./url.mjs";

const MOST = 32;
const MOST_CHARACTERS = 2_048;
const MOST_SECONDS = 2 ** 31;
const FIRST = ["method", "scid", "updateKeys"];
const NOTHING = { nextKeyHashes: [], witness: {}, portable: false, deactivated: false };

const isText = (value) => typeof value === "string" && value !== "" && length(value) <= MOST_CHARACTERS;
const isFlag = (value) => typeof value === "boolean";
const isList = (value, is) => Array.isArray(value) && value.length <= MOST && new Set(value).size === value.length && value.every(is);

/** Whether a text is an Ed25519 key as a Multikey, in its one spelling. */
function isKey(text) {
  const bytes = isText(text) && text.startsWith("z6Mk") && text.length <= 64 ? base58.decode(text.slice(1)) : null;
  if (bytes === null || bytes.length !== 34 || !isMultikey(bytes)) return false;
  const key = readMultikey(bytes);
  return key.algorithm === ED25519 && isSound(key) && multibase(key) === text;
}

const isUri = (value) => isText(value) && isAbsolute(value);
const isDid = (text) => isText(text) && text.startsWith("did:key:") && isKey(text.slice("did:key:".length));
const isOf = (value, ...names) => isObject(value) && Object.keys(value).sort().join() === names.join();

function isWitness(value) {
  if (isOf(value)) return true;
  if (!isOf(value, "threshold", "witnesses") || !Array.isArray(value.witnesses)) return false;
  const { threshold, witnesses } = value;
  return witnesses.every((one) => isOf(one, "id")) && isList(witnesses.map(({ id }) => id), isDid) && isInteger(threshold, 1, witnesses.length);
}

const IS = {
  method: (value) => value === "did:webvh:1.0",
  scid: isHash,
  updateKeys: (value) => isList(value, isKey),
  nextKeyHashes: (value) => isList(value, isText),
  witness: isWitness,
  watchers: (value) => isList(value, isUri),
  portable: isFlag,
  deactivated: isFlag,
  ttl: (value) => isInteger(value, 0, MOST_SECONDS),
};

function checkFirst(given) {
  if (!FIRST.every((name) => name in given) || given.updateKeys.length === 0) throw malformed("a parameter is missing");
}

function checkLater(given, { nextKeyHashes: committed, portable, deactivated }) {
  if (deactivated) throw malformed("an entry behind the end");
  if ("scid" in given || (given.portable && !portable)) throw malformed("a parameter of the first entry");
  if (committed.length === 0) return;
  if (!("updateKeys" in given && "nextKeyHashes" in given)) throw malformed("a commitment that is not kept");
  if (!given.updateKeys.every((key) => committed.includes(hashOf(key)))) throw malformed("a key that was not committed to");
}

/** {parameters, signers} of an entry: what is in force with it, and the keys that may sign it. */
export function readParameters(given, before) {
  if (!isObject(given)) throw malformed("no parameters");
  if (!Object.entries(given).every(([name, value]) => Object.hasOwn(IS, name) && IS[name](value))) throw malformed("a parameter");
  if (before === null) checkFirst(given);
  else checkLater(given, before);
  const parameters = { ...NOTHING, ...before, ...given };
  const isOwn = before === null || before.nextKeyHashes.length > 0;
  return { parameters, signers: (isOwn ? parameters : before).updateKeys };
}
