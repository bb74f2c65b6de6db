// Proofs by a did:key over a few members: of entries of a log, and of approvals of them. webvh.md, "Logs".

import { readProofs, verifyProof } from "./integrity.mjs";
import { isObject } from "./json.mjs";
import { readUtc } from "./moment.mjs";
import { malformed } from "./refusal.mjs";

const MOST = 8;
const PURPOSE = "assertionMethod";
const SUITE = "eddsa-jcs-2022";
const MEMBERS = ["cryptosuite", "proofPurpose", "proofValue", "type", "verificationMethod"];
const METHOD = /^did:key:(z6Mk[^#]+)#\1$/;

function keyOf(proof) {
  if (!isObject(proof)) throw malformed("no proof");
  const names = Object.keys(proof).filter((name) => name !== "created");
  if (names.sort().join() !== MEMBERS.join() || proof.cryptosuite !== SUITE) throw malformed("another proof");
  if ("created" in proof && readUtc(proof.created) === null) throw malformed("a time");
  const key = METHOD.exec(proof.verificationMethod)?.[1];
  if (key === undefined || proof.proofPurpose !== PURPOSE) throw malformed("another proof");
  return key;
}

/** Proofs in their form: for each its key in text, and what it is over. Nothing is verified. */
export function readBare(document, proofs) {
  if (!Array.isArray(proofs) || proofs.length > MOST) throw malformed("no proofs, or too many");
  const keys = proofs.map(keyOf);
  const read = readProofs({ ...document, proof: proofs }, null);
  return read.proofs.map((one, at) => ({ key: keys[at], one, read }));
}

export const verifyBare = ({ one, read }, resolver) => verifyProof(one, read, { purpose: PURPOSE, resolver });
