// What a credential says of an agent. agent.md, section 1.

import { isDid } from "./did.mjs";
import { isObject, isOnly } from "./json.mjs";
import { bad } from "./terms.mjs";
import { length } from "./text.mjs";

const MOST = { text: 256, capabilities: 64, workloads: 8 };
const isText = (value) => typeof value === "string" && value !== "" && length(value) <= MOST.text;
const isName = (value) => isText(value) && isDid(value);
const isOneOf = (...words) => (value) => words.includes(value);

function isCapability(value) {
  const list = [value].flat();
  return list.length <= MOST.capabilities && list.every(isText) && new Set(list).size === list.length;
}

const isDigest = (value) => typeof value === "string" && /^sha-256:[A-Za-z0-9_-]{43}$/.test(value);

const KINDS = {
  kind: isOneOf("agent", "organisation", "person", "service"),
  owner: isName,
  accountable: isText,
  purpose: isText,
  provider: isText,
  model: isText,
  version: isText,
  digest: isDigest,
  capability: isCapability,
  stage: isOneOf("development", "staging", "production", "retired"),
  parent: isName,
};

/** The texts `name=value` that a subject says; refuses one that is no profile. */
export function readProfile(subject) {
  if (!isObject(subject)) throw bad("no subject");
  const { id, type, ...said } = subject;
  const whole = typeof id === "string" && isDid(id) && isOnly(type, "AgentIdentity") && "kind" in said;
  if (!whole || !Object.entries(said).every(([name, value]) => KINDS[name]?.(value))) throw bad("no profile of an agent");
  return Object.entries(said).flatMap(([name, value]) => [value].flat().map((one) => `${name}=${one}`));
}

const SPIFFE = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/;
const EVIDENCE = {
  workload: (value) => typeof value === "string" && value.length <= 2_048 && SPIFFE.test(value),
  form: isOneOf("jwt-svid", "wit-svid"),
  digest: isDigest,
};

/** Refuses evidence of workloads that is none; evidence of other types is passed over. */
export function checkEvidence({ evidence = [] }) {
  const found = [evidence].flat().filter(({ type }) => [type].flat().includes("WorkloadEvidence"));
  const names = Object.keys(EVIDENCE);
  const isWhole = ({ type, ...said }) => Object.keys(said).sort().join() === [...names].sort().join() && names.every((name) => EVIDENCE[name](said[name]));
  if (found.length > MOST.workloads || !found.every(isWhole)) throw bad("no evidence of a workload");
}
