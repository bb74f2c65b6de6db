// Formulas over named arguments, as they stand on the wire: literals, read, written and asked. caveats.md, section 5.

import { isNetwork } from "./address.mjs";
import { isPattern } from "./glob.mjs";
import { normalHost } from "./host.mjs";
import { MOST_INTEGER } from "./limits.mjs";
import { normalPath } from "./path.mjs";
import { expressionKey, predicateKey } from "./term.mjs";
import * as term from "./term.mjs";
import { isHidden, length } from "./text.mjs";

const TYPES = { text: "string", integer: "integer", boolean: "boolean" };
const LISTS = { texts: "string", integers: "integer", booleans: "boolean" };

export const isArgumentName = (text) => text !== "" && length(text) <= 256 && !isHidden(text);

/** Whether a caveat may hold this value. */
function isValue({ type, value }) {
  if (type === "string") return length(value) <= 4_096;
  return type === "boolean" || (type === "integer" && inRange(value));
}

const inRange = (value) => -BigInt(MOST_INTEGER) <= value && value <= BigInt(MOST_INTEGER);
const isText = (part) => part?.type === "string";
const isInteger = (part, least = -MOST_INTEGER) => part?.type === "integer" && inRange(part.value) && part.value >= least;
const isSetOf = (part, type) => part?.type === "set" && part.value[0].type === type && part.value.every(isValue);
const key = ({ value }) => String(value);
const keys = (set) => new Set(set.value.map(key));

// Each form: the predicate's name and terms behind the argument's, the expressions, and what holds of the fact. `$` is
// the first variable of a literal, `#` the second, and C a constant that `accepts` looks at.
const bounds = (...tests) => ({ terms: ["$", "#"], tests });
const FORMS = [
  ...Object.entries(TYPES).map(([name, type]) => ({
    name,
    terms: ["C"],
    accepts: ([constant]) => constant.type === type && isValue(constant),
    holds: (fact, [{ value }]) => fact === value,
  })),
  { name: "null", terms: [], holds: () => true },
  ...Object.entries(TYPES).flatMap(([name, type]) => [
    {
      name,
      terms: ["$"],
      tests: [["C", "$", "contains"]],
      negatable: true,
      accepts: ([set]) => isSetOf(set, type),
      holds: (fact, [set]) => keys(set).has(String(fact)),
    },
  ]),
  {
    name: "text",
    terms: ["$"],
    tests: [["$", "C", "starts_with"]],
    negatable: true,
    accepts: ([prefix]) => isText(prefix) && prefix.value !== "" && isValue(prefix),
    holds: (fact, [prefix]) => fact.startsWith(prefix.value),
  },
  ...[
    [bounds(["$", "C", ">="]), ([least], [floor]) => floor >= least],
    [bounds(["#", "C", "<="]), ([most], [, ceiling]) => ceiling <= most],
    [bounds(["$", "C", "<"]), ([least], [floor]) => floor < least],
    [bounds(["#", "C", ">"]), ([most], [, ceiling]) => ceiling > most],
    [bounds(["$", "C", ">="], ["#", "C", "<="]), ([least, most], [floor, ceiling]) => floor >= least && ceiling <= most],
  ].map(([form, holds]) => ({
    name: "number",
    ...form,
    accepts: (found) => found.every((one) => isInteger(one)) && (found.length < 2 || found[0].value <= found[1].value),
    holds: (fact, found) => holds(found.map(({ value }) => value), fact),
  })),
  ...[
    ["<=", (one, other) => one <= other],
    [">", (one, other) => one > other],
  ].map(([operation, compare]) => ({
    name: "length",
    terms: ["$"],
    tests: [["$", "C", operation]],
    accepts: ([most]) => isInteger(most, 0),
    holds: (fact, [{ value }]) => compare(fact, value),
  })),
  ...Object.entries(LISTS).flatMap(([name, type]) => [
    {
      name,
      terms: ["$"],
      tests: [["$", "C", "contains"]],
      negatable: true,
      accepts: ([set]) => isSetOf(set, type),
      holds: (fact, [set]) => set.value.every((one) => fact.some((element) => String(element) === key(one))),
    },
    {
      name,
      terms: ["$"],
      tests: [["C", "$", "contains"]],
      negatable: true,
      accepts: ([set]) => isSetOf(set, type),
      holds: (fact, [set]) => fact.every((element) => keys(set).has(String(element))),
    },
  ]),
  {
    name: "glob",
    terms: ["C", "C"],
    accepts: ([pattern, answer]) => isText(pattern) && isPattern(pattern.value) && answer.type === "boolean",
    holds: (_, [pattern, answer], name, request) => request.glob(name, pattern.value) === answer.value,
  },
  ...[
    ["host", "hosts", (text) => normalHost(text) === text],
    ["subpath", "subpaths", (text) => normalPath(text) === text],
  ].flatMap(([one, all, isNormal]) => {
    const accepts = ([constant]) => isText(constant) && isNormal(constant.value);
    const holds = (fact, [{ value }]) => fact.includes(value);
    const negated = { name: all, terms: ["$"], tests: [["$", "C", "contains"]], negatable: true, only: true };
    return [
      { name: one, terms: ["C"], fact: all, accepts, holds },
      { ...negated, accepts, holds },
    ];
  }),
  {
    name: "address",
    terms: ["$"],
    tests: [["$", "C", "starts_with"]],
    negatable: true,
    accepts: ([prefix]) => isText(prefix) && isNetwork(prefix.value),
    holds: (fact, [prefix]) => fact.startsWith(prefix.value),
  },
];

export const FORMULA_FACTS = new Set(FORMS.map(({ name }) => name));

/** The literal that a form and its constants stand for, if predicate and expressions are exactly it. */
function readLiteral(form, predicate, expressions, first) {
  const [name, ...terms] = predicate.terms;
  const tests = form.tests ?? [];
  const negated = Boolean(form.negatable) && expressions[0]?.at(-1) === "!";
  if (!isText(name) || !isArgumentName(name.value) || terms.length !== form.terms.length) return null;
  if (expressions.length !== tests.length || (form.only && !negated)) return null;
  const constants = [];
  const fill = (part, found) => {
    if (part === "$") return term.variable(first);
    if (part === "#") return term.variable(first + 1);
    if (part === "C" && found?.type) constants.push(found);
    return part === "C" ? (found ?? "") : part;
  };
  const written = { name: form.name, terms: [name, ...form.terms.map((part, at) => fill(part, terms[at]))] };
  const writtenTests = tests.map((test, at) => [
    ...test.map((part, place) => fill(part, expressions[at][place])),
    ...(negated ? ["!"] : []),
  ]);
  if (written.terms.some((part) => !part.type) || predicateKey(written) !== predicateKey(predicate)) return null;
  if (writtenTests.map(expressionKey).join(";") !== expressions.map(expressionKey).join(";")) return null;
  const variable = constants.some(({ type }) => type === "variable");
  return variable || (form.accepts && !form.accepts(constants)) ? null : { form, name: name.value, constants, negated };
}

const variablesOf = (terms) => terms.filter(({ type }) => type === "variable").map(({ value }) => value);

/** The literals of one alternative, or null where it holds anything else. */
export function readAlternative({ body, expressions }) {
  const rest = [...expressions];
  const literals = [];
  let first = 0;
  for (const predicate of body) {
    const own = variablesOf(predicate.terms);
    const mine = [];
    const isMine = (expression) => expression.some((part) => part.type === "variable" && own.includes(part.value));
    while (rest.length && isMine(rest[0])) mine.push(rest.shift());
    const forms = FORMS.filter(({ name }) => name === predicate.name);
    const literal = forms.map((form) => readLiteral(form, predicate, mine, first)).find((found) => found !== null);
    if (!literal) return null;
    literals.push(literal);
    first += own.length;
  }
  return literals.length && !rest.length ? literals : null;
}

/** Whether the facts of a literal are there and it is true. A negation is true only of what is there. */
function isTrue({ form, name, constants, negated }, request) {
  const fact = form.name === "glob" ? null : request.fact(form.fact ?? form.name, name);
  return fact !== undefined && form.holds(fact, constants, name, request) !== negated;
}

export const isKnownTrue = (literals, request) => literals.every((literal) => isTrue(literal, request));
