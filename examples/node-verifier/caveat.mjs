// Caveats on the request as a whole: how each is written as a check, and read back. caveats.md, sections 3 and 4.

import { isDid } from "./did.mjs";
import { FORMULA_FACTS, readAlternative } from "./formula.mjs";
import { LAST_SECOND, MOST_INTEGER } from "./limits.mjs";
import { isAction, isCurrency } from "./request.mjs";
import { normalise } from "./resource.mjs";
import { checkKey, date, integer, queryKey, set, sorted, string, texts, variable } from "./term.mjs";
import { isVisible, length } from "./text.mjs";

export const PERIODS = {
  Rate: ["second", "minute", "hour", "day", "week", "month"],
  Budget: ["total", "day", "week", "month"],
  Spaced: ["day", "week", "fortnight", "month", "quarter", "year"],
};
const PROPERTIES =
  "accountable capability digest kind model owner parent provider purpose stage version".split(" ");
const $0 = variable(0);

const predicate = (name, ...terms) => ({ name, terms });
const query = (body, ...expressions) => ({ body: [body], expressions });
const single = (name, ...terms) => [query(predicate(name, ...terms))];
const starts = (prefix, ...not) => [$0, string(prefix), "starts_with", ...not];

const isCount = (value) => typeof value === "bigint" && value >= 1n && value <= BigInt(MOST_INTEGER);
const isText = (value) => typeof value === "string";
const isStarred = (name) => name.endsWith(":*");
const isActionName = (name) => (isStarred(name) ? name.length <= 256 && isAction(name.slice(0, -2)) : isAction(name));
const isAudience = (name) => name !== "" && name.length <= 2_048 && isVisible(name);
const isUri = (text) => isAudience(text) && /^[A-Za-z][A-Za-z0-9+.-]*:./.test(text);
const isDids = (found) => Array.isArray(found) && found.length >= 1 && found.length <= 16 && found.every(isDid);
const isResource = (name) => normalise(name) === name;

const starredQuery = (name) =>
  isStarred(name) ? query(predicate("operation", $0), starts(name.slice(0, -1))) : query(predicate("operation", string(name)));

/** For each kind: how it is written, what it may hold, and what of a check it might hold. */
export const KINDS = {
  Actions: {
    write: ({ names }) => sorted(names).map(starredQuery),
    allows: ({ names }) => names.length > 0 && names.every((name) => isText(name) && isActionName(name)),
    guess: (check) => ({ names: check.map(nameOfAction) }),
  },
  Resources: {
    write: ({ names }) => sorted(names).map((name) => query(predicate("path", string(name)))),
    allows: ({ names }) => names.length > 0 && names.every((name) => isText(name) && isResource(name)),
    guess: (check) => ({ names: check.map((one) => one.body[0]?.terms[0]?.value) }),
  },
  Audience: {
    write: ({ names }) => sorted(names).map((name) => query(predicate("audience", string(name)))),
    allows: ({ names }) => names.length > 0 && names.every((name) => isText(name) && isAudience(name)),
    guess: (check) => ({ names: check.map((one) => one.body[0]?.terms[0]?.value) }),
  },
  NotBefore: {
    write: ({ at }) => [query(predicate("time", variable("time")), [variable("time"), date(at), ">="])],
    allows: ({ at }) => Number.isInteger(at) && at <= LAST_SECOND,
    guess: ([{ expressions }]) => ({ at: expressions[0]?.[1]?.value }),
  },
  Expires: {
    write: ({ at }) => [query(predicate("time", variable("time")), [variable("time"), date(at), "<"])],
    allows: ({ at }) => Number.isInteger(at) && at <= LAST_SECOND,
    guess: ([{ expressions }]) => ({ at: expressions[0]?.[1]?.value }),
  },
  MaxDepth: {
    write: ({ most }) => [query(predicate("depth", $0), [$0, integer(most), "<="])],
    allows: ({ most }) => typeof most === "bigint" && most >= 0n && most <= 1_000_000n,
    guess: ([{ expressions }]) => ({ most: expressions[0]?.[1]?.value }),
  },
  MaxUses: {
    write: ({ most }) => single("max_uses", integer(most)),
    allows: ({ most }) => isCount(most),
    guess: ([{ body }]) => ({ most: body[0].terms[0].value }),
  },
  Rate: {
    write: ({ most, per }) => single("rate", integer(most), string(per)),
    allows: ({ most, per }) => isCount(most) && PERIODS.Rate.includes(per),
    guess: ([{ body }]) => ({ most: body[0].terms[0].value, per: body[0].terms[1]?.value }),
  },
  Budget: {
    write: ({ most, currency, per }) => single("budget", integer(most), string(currency), string(per)),
    allows: ({ most, currency, per }) =>
      isCount(most) && isText(currency) && isCurrency(currency) && PERIODS.Budget.includes(per),
    guess: ([{ body }]) => {
      const [most, currency, per] = body[0].terms.map(({ value }) => value);
      return { most, currency, per };
    },
  },
  Spaced: {
    write: ({ per }) => single("spaced", string(per)),
    allows: ({ per }) => PERIODS.Spaced.includes(per),
    guess: ([{ body }]) => ({ per: body[0].terms[0].value }),
  },
  Status: {
    write: ({ list, uri, index, issuer }) => single("status", string(list), string(uri), integer(index), string(issuer)),
    allows: ({ list, uri, index, issuer }) =>
      ["token", "revocation", "suspension"].includes(list) &&
      [uri, issuer].every(isText) && isUri(uri) && isDid(issuer) &&
      typeof index === "bigint" && index >= 0n && index <= BigInt(MOST_INTEGER),
    guess: ([{ body }]) => {
      const [list, uri, index, issuer] = body[0].terms.map(({ value }) => value);
      return { list, uri, index, issuer };
    },
  },
  FreshList: {
    write: ({ by }) => single("fresh_list", string(by)),
    allows: ({ by }) => isText(by) && isDid(by),
    guess: ([{ body }]) => ({ by: body[0].terms[0].value }),
  },
  Agent: {
    write: ({ scope, by, said }) =>
      single("attested", string(scope), texts(by), ...(said.length ? [texts(said)] : [])),
    allows: ({ scope, by, said }) =>
      ["holder", "every"].includes(scope) && isDids(by) && said.length <= 64 && said.every(isProperty),
    guess: ([{ body }]) => {
      const [scope, by, said] = body[0].terms;
      return { scope: scope.value, by: membersOf(by), said: said ? membersOf(said) : [] };
    },
  },
  RequiresApproval: {
    write: ({ threshold, by, when }) => [
      query(predicate("approved", integer(threshold), texts(by))),
      ...when.map(writeException),
    ],
    allows: ({ threshold, by, when }) =>
      isDids(by) && typeof threshold === "bigint" && threshold >= 1n && threshold <= BigInt(by.length) &&
      when.every((one) => one !== null) && new Set(when.map((one) => queryKey(writeException(one)))).size === when.length,
    guess: ([first, ...rest]) => {
      const [threshold, by] = first.body[0].terms;
      return { threshold: threshold.value, by: by ? membersOf(by) : [], when: rest.map(readException) };
    },
  },
};

const membersOf = (term) => (term.type === "set" ? term.value.map(({ value }) => value) : []);

function isProperty(text) {
  const [name] = isText(text) ? text.split("=", 1) : [""];
  const value = isText(text) ? text.slice(name.length + 1) : "";
  return PROPERTIES.includes(name) && text.includes("=") && value !== "" && length(value) <= 256;
}

function nameOfAction({ body, expressions }) {
  const term = body[0]?.terms[0];
  return term?.type === "variable" ? `${expressions[0]?.[1]?.value}*` : term?.value;
}

// A condition that a request which needs approval fulfils, as the alternative that says when it does not hold.
const within = (names) => (names.length ? [[texts(names), $0, "contains", "!"]] : []);
const below = (name) => (name.endsWith("/") ? name : `${name}/`);

function writeException({ fact, names, alternative }) {
  if (fact === "operation") {
    const stars = sorted(names.filter(isStarred));
    const plain = names.filter((name) => !isStarred(name));
    return query(predicate(fact, $0), ...within(plain), ...stars.map((name) => starts(name.slice(0, -1), "!")));
  }
  if (fact === "resource") {
    return query(predicate(fact, $0), ...within(names), ...sorted(names).map((name) => starts(below(name), "!")));
  }
  return alternative;
}

/** One alternative behind the first as a condition, or null. */
function readException(alternative) {
  const fact = alternative.body[0]?.name;
  const values = alternative.expressions.flatMap((expression) => {
    const [left, right] = expression;
    if (left?.type === "set") return membersOf(left);
    return fact === "operation" ? [`${right?.value}*`] : [];
  });
  if (fact === "operation" || fact === "resource") {
    const isName = fact === "operation" ? isActionName : isResource;
    const condition = { fact, names: values };
    const sound = values.length && values.every((name) => isText(name) && isName(name));
    return sound && queryKey(writeException(condition)) === queryKey(alternative) ? condition : null;
  }
  const literals = readAlternative(alternative);
  if (!literals || literals.some(({ form }) => form.name === "null")) return null;
  const seen = alternative.body.map((one, at) => literalKey(literals[at]));
  return new Set(seen).size === seen.length ? { fact: "formula", literals, alternative } : null;
}

const literalKey = ({ form, name, constants, negated }) =>
  JSON.stringify([form.name, form.tests ?? null, name, queryKey({ body: [{ name: "", terms: constants }], expressions: [] }), negated]);

const FIRST = {
  operation: "Actions", path: "Resources", audience: "Audience", depth: "MaxDepth", max_uses: "MaxUses", rate: "Rate",
  budget: "Budget", spaced: "Spaced", status: "Status", fresh_list: "FreshList", approved: "RequiresApproval",
  attested: "Agent",
};

/** The caveat that a check stands for, with its `kind`; of kind `Unknown` where it stands for none. */
export function readCaveat(check) {
  const [{ body, expressions }] = check;
  const fact = body[0]?.name;
  if (FORMULA_FACTS.has(fact)) {
    const alternatives = check.map(readAlternative);
    return alternatives.includes(null) ? { kind: "Unknown" } : { kind: "Formula", alternatives };
  }
  const kind = fact === "time" ? (expressions[0]?.[2] === ">=" ? "NotBefore" : "Expires") : FIRST[fact];
  if (kind === undefined) return { kind: "Unknown" };
  const caveat = KINDS[kind].guess(check);
  const stands = KINDS[kind].allows(caveat) && checkKey(KINDS[kind].write(caveat)) === checkKey(check);
  return stands ? { kind, ...caveat } : { kind: "Unknown" };
}
