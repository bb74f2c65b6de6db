// Whether a new caveat is decidedly wider than one above it. caveats.md, section 6.

import { isCovered } from "./evaluate.mjs";
import { hasWildcards, literalOf, matches } from "./glob.mjs";
import { ancestors } from "./resource.mjs";
import { subpathsOf } from "./path.mjs";

const SPACES = ["day", "week", "fortnight", "month", "quarter", "year"];
const LISTS = ["host", "subpath", "address"];

const covers = {
  Actions: (old, name) => isCovered(old, name.endsWith(":*") ? `${name.slice(0, -1)}x` : name) && (!name.endsWith(":*") || old.some((one) => one.endsWith(":*") && name.startsWith(one.slice(0, -1)))),
  Resources: (old, name) => ancestors(name).some((one) => old.includes(one)),
  Audience: (old, name) => old.includes(name),
  host: (old, name) => old.some((one) => one === name || (one.startsWith("*.") && name.endsWith(one.slice(1)))),
  subpath: (old, name) => subpathsOf(name).some((one) => old.includes(one)),
  address: (old, bits) => old.some((one) => bits.startsWith(one)),
};

/** A formula as one atom {kind, name, values, negated}, or null where it is more than that. */
function atomOf({ alternatives }) {
  const literals = alternatives.flat();
  const [{ form, name, negated, constants }] = literals;
  const kind = form.name;
  const isList = alternatives.every((one) => one.length === 1) && LISTS.includes(kind) && !negated;
  const same = literals.every((one) => one.form === form && one.name === name && one.negated === negated);
  if (!same || (literals.length > 1 && !isList)) return null;
  if (isList) return { kind, name, values: literals.map((one) => one.constants[0].value) };
  const operation = form.tests?.map((test) => test.join(" ")).join() ?? "";
  return { kind, operation, name, negated, constants, literal: literals[0] };
}

const valuesOf = ({ operation, constants, kind, negated }) => {
  if (negated || !["text", "integer", "boolean"].includes(kind)) return null;
  if (operation === "") return [constants[0].value];
  return operation === "C $ contains" ? constants[0].value.map(({ value }) => value) : null;
};

const BOUNDS = { "$ C >=": ["least"], "# C <=": ["most"], "$ C >=,# C <=": ["least", "most"] };
const boundsOf = ({ operation, constants, kind }) =>
  kind === "number" && operation in BOUNDS
    ? Object.fromEntries(BOUNDS[operation].map((bound, at) => [bound, constants[at].value]))
    : null;

/** Whether an atom is decidedly wider than another about the same argument. */
function isWiderAtom(one, old) {
  if (one.name !== old.name) return false;
  if (one.values || old.values) {
    return Boolean(one.values && old.values) && one.kind === old.kind && !one.values.every((name) => covers[one.kind](old.values, name));
  }
  const values = valuesOf(one);
  const allowed = valuesOf(old);
  const [bounds, above] = [boundsOf(one), boundsOf(old)];
  if (values && one.kind === old.kind && allowed) return !values.every((value) => allowed.includes(value));
  if (values && one.kind === old.kind && old.negated && old.operation === "C $ contains") {
    return old.constants[0].value.some(({ value }) => values.includes(value));
  }
  if (values && one.kind === "integer" && above) {
    return values.some((value) => (above.least ?? value) > value || (above.most ?? value) < value);
  }
  if (bounds && above) {
    return ("least" in above && !(bounds.least >= above.least)) || ("most" in above && !(bounds.most <= above.most));
  }
  return one.kind === old.kind && one.operation === old.operation && !one.negated && !old.negated && isWiderSame(one, old);
}

function isWiderSame({ kind, operation, constants: [mine] }, { constants: [theirs], ...old }) {
  if (kind === "length") return operation === "$ C <=" && mine.value > theirs.value;
  if (operation === "$ C starts_with") return !mine.value.startsWith(theirs.value);
  if (operation === "C $ contains") return !mine.value.every(({ value }) => theirs.value.some((one) => one.value === value));
  if (kind !== "glob" || hasWildcards(mine.value)) return false;
  return !matches(theirs.value, literalOf(mine.value)) && old.literal.constants[1].value;
}

const WIDER = {
  Actions: (one, old) => !one.names.every((name) => covers.Actions(old.names, name)),
  Resources: (one, old) => !one.names.every((name) => covers.Resources(old.names, name)),
  Audience: (one, old) => !one.names.every((name) => covers.Audience(old.names, name)),
  Expires: (one, old) => one.at > old.at,
  NotBefore: (one, old) => one.at < old.at,
  MaxDepth: (one, old) => one.most > old.most,
  MaxUses: (one, old) => one.most > old.most,
  Rate: (one, old) => one.per === old.per && one.most > old.most,
  Budget: (one, old) => one.per === old.per && one.currency === old.currency && one.most > old.most,
  Spaced: (one, old) => SPACES.indexOf(one.per) < SPACES.indexOf(old.per),
  RequiresApproval: (one, old) =>
    one.when.length + old.when.length === 0 && [...one.by].sort().join() === [...old.by].sort().join() && one.threshold < old.threshold,
  Formula(one, old) {
    const atoms = [one, old].map(atomOf);
    return !atoms.includes(null) && isWiderAtom(...atoms);
  },
};

export const isWider = (one, old) => one.kind === old.kind && Boolean(WIDER[one.kind]?.(one, old));
