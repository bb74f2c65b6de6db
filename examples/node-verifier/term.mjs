// The terms of Datalog, made and compared.

import { compare } from "./text.mjs";

export const variable = (name) => ({ type: "variable", value: String(name) });
export const string = (value) => ({ type: "string", value });
export const integer = (value) => ({ type: "integer", value: BigInt(value) });
export const date = (value) => ({ type: "date", value });
export const bytes = (value) => ({ type: "bytes", value });
export const boolean = (value) => ({ type: "boolean", value });
export const set = (members) => ({ type: "set", value: members });

/** The set of these texts, in ascending order, each once. */
export const texts = (values) => set(sorted(values).map(string));

export const sorted = (values) => [...new Set(values)].sort(compare);

/** One text for each term, so that two are the same if their texts are. */
export function key(term) {
  if (term.type === "set") return `{${term.value.map(key).sort().join(",")}}`;
  if (term.type === "bytes") return `hex:${Buffer.from(term.value).toString("hex")}`;
  return `${term.type}:${term.type === "integer" ? term.value : JSON.stringify(term.value)}`;
}

const operation = (part) => (typeof part === "string" ? part : key(part));
export const predicateKey = ({ name, terms }) => `${JSON.stringify(name)}(${terms.map(key).join(",")})`;
export const expressionKey = (expression) => expression.map(operation).join(" ");
export const queryKey = ({ body, expressions }) =>
  `${body.map(predicateKey).join(";")}|${expressions.map(expressionKey).join(";")}`;
export const checkKey = (check) => check.map(queryKey).join(" or ");

/** The value of a term of this type, else undefined. */
export const valueOf = (term, type) => (term && term.type === type ? term.value : undefined);
