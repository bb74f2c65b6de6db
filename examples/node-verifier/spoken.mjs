// Caveats in JSON, `{kind: value}`, as checks of one link. caveats.md, sections 4 and 5.

import { KINDS, PERIODS } from "./caveat.mjs";
import { isInteger, isObject } from "./json.mjs";
import { LAST_SECOND } from "./limits.mjs";
import { invalidInput } from "./refusal.mjs";
import { normalise } from "./resource.mjs";
import { queryKey } from "./term.mjs";
import { alternativesOf, distinct, isFormula, queryOf } from "./written.mjs";

const SPAN = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/;
const big = (value) => (isInteger(value, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ? BigInt(value) : value);
const listOf = (value) => (Array.isArray(value) ? value : [value]);

function instant(text) {
  const time = typeof text === "string" && INSTANT.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) throw invalidInput("a time");
  return Math.floor(time / 1_000);
}

function seconds(text) {
  const parts = typeof text === "string" && text !== "" ? SPAN.exec(text) : null;
  if (!parts) throw invalidInput("a duration");
  const sum = [86_400, 3_600, 60, 1].reduce((total, unit, at) => total + unit * Number(parts[at + 1] ?? 0), 0);
  if (sum === 0) throw invalidInput("no duration");
  return sum;
}

const namesOf = (value) => {
  if (!Array.isArray(value)) throw invalidInput("no list");
  return value;
};
const resourceOf = (name) => (typeof name === "string" ? normalise(name) : null);

function conditionOf(spoken) {
  const [[kind, value] = []] = isObject(spoken) ? Object.entries(spoken) : [];
  if (kind === undefined) throw invalidInput("a condition by its kind");
  if (kind === "Actions") return [{ fact: "operation", names: namesOf(value) }];
  if (kind === "Resources") return [{ fact: "resource", names: namesOf(value).map(resourceOf) }];
  return alternativesOf(spoken, true).map((literals) => ({ fact: "formula", alternative: queryOf(literals) }));
}

function agentOf({ attested_by: by, every = false, ...properties }) {
  const isSaid = (values) => listOf(values).length > 0 && listOf(values).every((value) => typeof value === "string");
  if (typeof every !== "boolean" || !Object.values(properties).every(isSaid)) throw invalidInput("Agent");
  const said = Object.entries(properties).flatMap(([name, values]) => listOf(values).map((value) => `${name}=${value}`));
  return { scope: every ? "every" : "holder", by: listOf(by), said };
}

/** For each kind what it holds, from its value, the second of issue and the number of links before. */
const READ = {
  Actions: (names) => ({ names: namesOf(names) }),
  Resources: (names) => ({ names: namesOf(names).map(resourceOf) }),
  Audience: (names) => ({ names: namesOf(names) }),
  NotBefore: (text) => ({ at: instant(text) }),
  Expires: (text) => ({ at: instant(text) }),
  ExpiresIn: (text, { issued }) => ({ kind: "Expires", at: Math.min(issued + seconds(text), LAST_SECOND) }),
  MaxDepth: (most) => ({ most: big(most) }),
  NoDelegation(value, { before }) {
    if (!isObject(value) || Object.keys(value).length) throw invalidInput("NoDelegation");
    return { kind: "MaxDepth", most: BigInt(before) };
  },
  MaxUses: (most) => ({ most: big(most) }),
  Rate: ({ n, per }) => ({ most: big(n), per }),
  Budget: ({ amount, currency, per = null }) => ({ most: big(amount), currency, per: per === null ? "total" : PERIODS.Rate.includes(per) && per }),
  Spaced: (per) => ({ per }),
  Status: ({ uri, index, issuer, kind = "token" }) => ({ list: kind, uri, index: big(index), issuer }),
  FreshList: (by) => ({ by }),
  Agent: agentOf,
  RequiresApproval({ by, threshold = 1, when }) {
    if (Array.isArray(when) && when.length === 0) throw invalidInput("no condition");
    const conditions = namesOf(when ?? []).flatMap(conditionOf);
    const alternative = (one) => queryKey(KINDS.RequiresApproval.write({ threshold: 1n, by: [], when: [one] })[1]);
    return { by: listOf(by), threshold: big(threshold), when: distinct(conditions, alternative) };
  },
};

const MEMBERS = {
  Rate: ["n", "per"],
  Budget: ["amount", "currency", "per"],
  Status: ["uri", "index", "issuer", "kind"],
  RequiresApproval: ["by", "threshold", "when"],
};

/** {check} of one caveat, or {purpose}. */
export function readSpoken(spoken, link) {
  const [[kind, value] = [], ...more] = isObject(spoken) ? Object.entries(spoken) : [];
  if (kind === undefined || more.length) throw invalidInput("one caveat by its kind");
  if (kind === "Purpose" && value !== null) return { purpose: value };
  if (isFormula(kind)) return { check: alternativesOf(spoken).map(queryOf) };
  if (!Object.hasOwn(READ, kind) || value === null) throw invalidInput(kind);
  const others = kind in MEMBERS ? Object.keys(value).filter((name) => !MEMBERS[kind].includes(name)) : [];
  if (others.length) throw invalidInput("a member that it does not have");
  const found = { kind, ...READ[kind](value, link) };
  if (!KINDS[found.kind].allows(found)) throw invalidInput(kind);
  const check = KINDS[found.kind].write(found);
  if (check.length > 64) throw invalidInput("too many alternatives");
  return { check };
}
