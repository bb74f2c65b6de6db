// The presentation block. wire.md, section 7.

import { LAST_SECOND } from "./limits.mjs";
import { limitExceeded, malformed, Refusal } from "./refusal.mjs";
import { date, expressionKey, valueOf, variable } from "./term.mjs";
import { isPrintable, length } from "./text.mjs";

const MOST_APPROVALS = 16;
const MOST_CREDENTIALS = 32;

function text(term, most) {
  const value = valueOf(term, "string");
  if (value === undefined || value === "" || length(value) > most) throw malformed("a text of another size");
  return value;
}

function bytes(term, size) {
  const value = valueOf(term, "bytes");
  if (value?.length !== size) throw malformed("bytes of another size");
  return value;
}

/** The facts of the block, in their order: {key, approvals, credentials}. */
function readFacts(facts) {
  const rest = facts.map(({ name, terms }) => {
    if (terms.length !== 1 || terms[0].type !== "string") throw malformed("a fact that is none of a presentation");
    return [name, terms[0].value];
  });
  const take = (name) => (rest.length && rest[0][0] === name ? rest.shift()[1] : null);
  const many = (name, most) => {
    const texts = [];
    for (let one = take(name); one !== null; one = take(name)) texts.push(one);
    if (texts.length > most) throw limitExceeded(`too many facts ${name}`);
    return texts;
  };
  const key = take("idempotency");
  if (key !== null && (key === "" || key.length > 255 || !isPrintable(key))) throw malformed("no idempotency key");
  const approvals = many("approval", MOST_APPROVALS);
  const credentials = many("credential", MOST_CREDENTIALS);
  if (rest.length) throw malformed("a fact that is none of a presentation");
  return { key, approvals, credentials };
}

function readWindow(expressions) {
  const [from, until] = expressions.map((expression) => valueOf(expression[1], "date"));
  if (expressions.length !== 2 || from === undefined || until === undefined) throw malformed("no window");
  const expected = [[variable("time"), date(from), ">="], [variable("time"), date(until), "<"]];
  if (expressions.map(expressionKey).join() !== expected.map(expressionKey).join()) throw malformed("no window");
  if (until > LAST_SECOND) throw malformed("a window that ends too late");
  return { from, until };
}

export function readPresented({ facts, checks }) {
  if (facts.some(({ name }) => name === "link")) throw new Refusal("not_holder", 8, "a link is sealed");
  const stated = readFacts(facts);
  if (checks.length !== 1 || checks[0].length !== 1) throw malformed("not one check with one alternative");
  const [{ body, expressions }] = checks[0];
  const challenged = body.length === 5;
  const names = ["audience", "request", "nonce", ...(challenged ? ["challenge"] : []), "time"];
  if (body.map(({ name }) => name).join() !== names.join() || body.some(({ terms }) => terms.length !== 1)) {
    throw malformed("another check");
  }
  const [audience, request, nonce, ...rest] = body.map(({ terms }) => terms[0]);
  const time = rest.at(-1);
  if (time.type !== "variable" || time.value !== "time") throw malformed("another variable");
  return {
    ...stated,
    audience: text(audience, 2_048),
    digest: bytes(request, 32),
    nonce: bytes(nonce, 16),
    challenge: challenged ? text(rest[0], 2_048) : null,
    ...readWindow(expressions),
  };
}
