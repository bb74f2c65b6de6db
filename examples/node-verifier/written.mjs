// Formulas as a person writes them, in JSON, made into the alternatives of a check. caveats.md, section 5.

import { networkBits } from "./address.mjs";
import { isPattern } from "./glob.mjs";
import { normalHost } from "./host.mjs";
import { isInteger, isObject } from "./json.mjs";
import { isArgumentName } from "./formula.mjs";
import { MOST_INTEGER } from "./limits.mjs";
import { normalPath } from "./path.mjs";
import { invalidInput } from "./refusal.mjs";
import { boolean, integer, queryKey, set, sorted, string, texts, variable } from "./term.mjs";
import { isWhole, length } from "./text.mjs";

const MOST = { alternatives: 64, literals: 64, parts: 32, depth: 8, text: 4_096 };
const SCALARS = { string: "text", integer: "integer", boolean: "boolean" };

const isNumber = (value) => isInteger(value, -MOST_INTEGER, MOST_INTEGER);
const refuse = (why) => {
  throw invalidInput(why);
};

/** A value as a term. */
function termOf(value) {
  if (typeof value === "boolean") return boolean(value);
  if (isNumber(value)) return integer(value);
  return typeof value === "string" && isWhole(value) && length(value) <= MOST.text ? string(value) : refuse("a value");
}

/** Values of one type as a set in ascending order, each once. */
function setOf(values) {
  if (!Array.isArray(values) || values.length === 0) refuse("values");
  const terms = values.map(termOf);
  const [{ type }] = terms;
  if (terms.some((one) => one.type !== type)) refuse("values of several types");
  if (type === "string") return texts(values);
  const ordered = [...new Set(values)].sort((one, other) => Number(one) - Number(other));
  return set(ordered.map(termOf));
}

function sameOf(values, normal) {
  if (!Array.isArray(values) || values.length === 0) refuse("values");
  const found = values.map((text) => (typeof text === "string" ? normal(text) : null));
  return found.includes(null) ? refuse("a value in no normal form") : sorted(found);
}

/** A literal: how it is written from variable `first` on, and how many it takes. */
const literal = (name, argument, terms, tests = []) => {
  const count = terms.filter((term) => typeof term === "number").length;
  const at = (part, first) => (typeof part === "number" ? variable(first + part) : part);
  const write = (first) => ({
    predicate: { name, terms: [string(argument), ...terms.map((term) => at(term, first))] },
    expressions: tests.map((test) => test.map((part) => at(part, first))),
  });
  return { write, count };
};

const negation = (negated) => (negated ? ["!"] : []);
const one = (...found) => [found];
const each = (names, negated, positive, negative) =>
  negated ? [names.map(negative)] : names.map((name) => [positive(name)]);

const ATOMS = {
  Equals({ name, value }, negated) {
    if (value === null) return negated ? refuse("not null") : one(literal("null", name, []));
    const term = termOf(value);
    return negated ? ATOMS.OneOf({ name, values: [value] }, true) : one(literal(SCALARS[term.type], name, [term]));
  },
  OneOf({ name, values }, negated) {
    const found = setOf(values);
    return one(literal(SCALARS[found.value[0].type], name, [0], [[found, 0, "contains", ...negation(negated)]]));
  },
  NotOneOf: (atom, negated) => ATOMS.OneOf(atom, !negated),
  Range({ name, minimum = null, maximum = null }, negated) {
    if (![minimum, maximum].every((bound) => bound === null || isNumber(bound))) refuse("a bound");
    if ((minimum === null && maximum === null) || (minimum !== null && maximum !== null && minimum > maximum)) refuse("bounds");
    const tests = [];
    if (minimum !== null) tests.push([0, integer(minimum), negated ? "<" : ">="]);
    if (maximum !== null) tests.push([1, integer(maximum), negated ? ">" : "<="]);
    return negated ? tests.map((test) => [literal("number", name, [0, 1], [test])]) : one(literal("number", name, [0, 1], tests));
  },
  MaxLength({ name, most }, negated) {
    if (!isInteger(most, 0, MOST_INTEGER)) refuse("a length");
    return one(literal("length", name, [0], [[0, integer(most), negated ? ">" : "<="]]));
  },
  Contains({ name, values }, negated) {
    const found = setOf(values);
    return one(literal(`${SCALARS[found.value[0].type]}s`, name, [0], [[0, found, "contains", ...negation(negated)]]));
  },
  SubsetOf({ name, values }, negated) {
    const found = setOf(values);
    return one(literal(`${SCALARS[found.value[0].type]}s`, name, [0], [[found, 0, "contains", ...negation(negated)]]));
  },
  StartsWith({ name, prefix }, negated) {
    if (typeof prefix !== "string" || prefix === "") refuse("a prefix");
    return one(literal("text", name, [0], [[0, termOf(prefix), "starts_with", ...negation(negated)]]));
  },
  Glob({ name, glob }, negated) {
    if (typeof glob !== "string" || !isPattern(glob)) refuse("a pattern");
    return one(literal("glob", name, [string(glob), boolean(!negated)]));
  },
  Subpath: ({ name, paths }, negated) =>
    each(
      sameOf(paths, normalPath), negated,
      (path) => literal("subpath", name, [string(path)]),
      (path) => literal("subpaths", name, [0], [[0, string(path), "contains", "!"]]),
    ),
  UrlHost: ({ name, hosts }, negated) =>
    each(
      sameOf(hosts, normalHost), negated,
      (host) => literal("host", name, [string(host)]),
      (host) => literal("hosts", name, [0], [[0, string(host), "contains", "!"]]),
    ),
  Cidr: ({ name, networks }, negated) =>
    each(
      sameOf(networks, networkBits), negated,
      (bits) => literal("address", name, [0], [[0, string(bits), "starts_with"]]),
      (bits) => literal("address", name, [0], [[0, string(bits), "starts_with", "!"]]),
    ),
};

const MEMBERS = {
  Equals: ["value"], OneOf: ["values"], NotOneOf: ["values"], Range: ["minimum", "maximum"], MaxLength: ["most"],
  Contains: ["values"], SubsetOf: ["values"], StartsWith: ["prefix"], Glob: ["glob"], Subpath: ["paths"], UrlHost: ["hosts"],
  Cidr: ["networks"],
};

/** One alternative as a query. */
export function queryOf(literals) {
  let first = 0;
  const written = literals.map(({ write, count }) => {
    const found = write(first);
    first += count;
    return found;
  });
  return { body: written.map(({ predicate }) => predicate), expressions: written.flatMap(({ expressions }) => expressions) };
}

const keyOf = (literals) => queryKey(queryOf(literals));

/** Without exact repetitions. */
export function distinct(parts, key) {
  const seen = new Map();
  for (const part of parts) if (!seen.has(key(part))) seen.set(key(part), part);
  return [...seen.values()];
}

function bounded(alternatives) {
  if (alternatives.length > MOST.alternatives || alternatives.some(({ length: size }) => size > MOST.literals)) refuse("too much");
  return alternatives;
}

const anyOf = (parts) => bounded(distinct(parts.flat(), keyOf));
const allOf = (parts) =>
  parts.reduce(
    (left, right) =>
      bounded(left.flatMap((one) => right.map((other) => distinct([...one, ...other], (literal) => keyOf([literal]))))),
    [[]],
  );

function atomOf(kind, value, negated) {
  const known = isObject(value) && Object.keys(value).every((name) => name === "name" || MEMBERS[kind].includes(name));
  if (!known || typeof value.name !== "string" || !isArgumentName(value.name)) refuse(kind);
  return bounded(ATOMS[kind](value, negated));
}

export const isFormula = (kind) => Object.hasOwn(ATOMS, kind) || ["AllOf", "AnyOf", "Not"].includes(kind);

/** The alternatives of a formula, `{kind: value}`, or of its negation: lists of literals. */
export function alternativesOf(formula, negated = false, depth = 0) {
  const [[kind, value] = [], ...more] = isObject(formula) ? Object.entries(formula) : [];
  if (more.length || !isFormula(kind ?? "") || depth > MOST.depth) refuse("no formula");
  if (kind === "Not") return alternativesOf(value, !negated, depth + 1);
  if (Object.hasOwn(ATOMS, kind)) return atomOf(kind, value, negated);
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST.parts) refuse("parts");
  const parts = value.map((part) => alternativesOf(part, negated, depth + 1));
  return (kind === "AllOf") === negated ? anyOf(parts) : allOf(parts);
}
