// Whether the witnesses of a did:webvh approved the entries of its log. webvh.md, "Witnesses".

import { readBare, verifyBare } from "./bare.mjs";
import { isObject, parse } from "./json.mjs";
import { malformed, Refusal } from "./refusal.mjs";

const MOST_PROOFS = 512;
const MOST_LEVELS = 8;

function readFile(text) {
  const list = parse(text, { depth: MOST_LEVELS });
  if (!Array.isArray(list) || !list.every(isObject)) throw malformed("no approvals");
  const approvals = list.map(({ versionId, proof = [], ...others }) => {
    if (typeof versionId !== "string" || !Array.isArray(proof) || Object.keys(others).length) throw malformed("no approval");
    return { versionId, proof };
  });
  if (approvals.reduce((sum, { proof }) => sum + proof.length, 0) > MOST_PROOFS) throw malformed("too many proofs");
  return approvals;
}

/** The DID that a proof is by, or null where it does not hold. */
function approverOf(versionId, proof, resolver) {
  try {
    const [one] = readBare({ versionId }, [proof]);
    verifyBare(one, resolver);
    return `did:key:${one.key}`;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}

/** For each witness the number of the last entry that it approved. */
function approvalsOf(text, log, resolver) {
  const found = new Map();
  for (const { versionId, proof } of readFile(text)) {
    const number = log.find((entry) => entry.versionId === versionId)?.number;
    if (number === undefined) continue;
    for (const by of proof.map((one) => approverOf(versionId, one, resolver))) found.set(by, Math.max(number, found.get(by) ?? 0));
  }
  return found;
}

/** Refuses a log with an entry that too few of its witnesses approved. */
export function checkApproved(log, textOf, resolver) {
  const ruleOf = ({ parameters }, at) => [log[at - 1]?.parameters ?? {}, parameters].map(({ witness }) => witness).find((one) => one?.threshold);
  const rules = log.map(ruleOf);
  if (rules.every((rule) => rule === undefined)) return;
  const text = textOf();
  const approvals = text === null ? new Map() : approvalsOf(text, log, resolver);
  log.forEach(({ number }, at) => {
    const { threshold = 0, witnesses = [] } = rules[at] ?? {};
    if (witnesses.filter(({ id }) => approvals.get(id) >= number).length < threshold) throw malformed("not approved");
  });
}
