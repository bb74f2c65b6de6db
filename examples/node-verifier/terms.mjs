// What the terms of a document mean: contexts of JSON-LD 1.1, as far as integrity.md, "Terms", admits them.

import { canonical, isObject } from "./json.mjs";
import { Refusal } from "./refusal.mjs";

const KEYWORD = /^@[A-Za-z]+$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]*$/;
const DELIMITER = /[:/?#[\]@]$/;
const KEYWORDS = new Set(
  "@base @container @context @direction @graph @id @import @included @index @json @language @list @nest @none @prefix @propagate @protected @reverse @set @type @value @version @vocab".split(" "),
);
const CONTAINERS = ["@set", "@list", "@graph", "@language"];
const MEMBERS = ["@id", "@type", "@container", "@context", "@language", "@direction", "@prefix", "@protected"];
const OF_CONTEXT = ["@version", "@vocab", "@language", "@direction", "@protected"];
const MOST = { contexts: 16, terms: 4_096, taken: 262_144, iri: 512, depth: 32 };

export const bad = (why) => new Refusal("bad_credential", 1, why);

function checkLength(iri) {
  if (typeof iri === "string" && iri.length > MOST.iri) throw bad("a long IRI");
  return iri;
}

/** What one definition says, but for whether it is protected: two that say the same are one. */
const meaning = ({ isProtected, ...said }) => canonical(said);

/** The terms of one place in a document. Each extension is another value. */
export class Terms {
  constructor(contexts, counts = { terms: 0, taken: 0 }) {
    Object.assign(this, { contexts, counts, terms: new Map(), vocabulary: null, previous: null });
  }

  #copy() {
    const copy = Object.assign(new Terms(this.contexts, this.counts), this);
    copy.terms = new Map(this.terms);
    this.counts.taken += this.terms.size;
    if (this.counts.taken > MOST.taken) throw bad("too many terms taken over");
    return copy;
  }

  definition(name) {
    return this.terms.get(name);
  }

  /** The IRI or keyword of a member or type; null where nothing says what it means. */
  expand(name) {
    if (KEYWORDS.has(name)) return name;
    if (KEYWORD.test(name)) return null;
    if (this.terms.has(name)) return this.terms.get(name).id;
    const colon = name.indexOf(":");
    if (colon > 0) {
      const [prefix, suffix] = [name.slice(0, colon), name.slice(colon + 1)];
      if (prefix === "_") return null;
      const known = this.terms.get(prefix);
      if (!suffix.startsWith("//") && known?.isPrefix && known.id !== null) return known.id + suffix;
      if (ABSOLUTE.test(name)) return name;
    }
    return this.vocabulary === null ? null : this.vocabulary + name;
  }

  /** With one more context: a URL, an object, null, or a list of these. `isOver`: it may redefine what is protected. */
  extend(local, { isOver = false, propagates = true, depth = 0 } = {}) {
    if (depth > MOST.depth) throw bad("contexts nested too deeply");
    const list = Array.isArray(local) ? local : [local];
    if (list.length > MOST.contexts) throw bad("too many contexts");
    let result = this.#copy();
    if (!propagates && result.previous === null) result.previous = this;
    for (const one of list) {
      if (one === null) result = result.#cleared(isOver, propagates ? null : result);
      else if (typeof one === "string") result = result.extend(this.contexts.get(one), { depth: depth + 1 });
      else if (isObject(one)) result.#define(one, isOver);
      else throw bad("no context");
    }
    return result;
  }

  #cleared(isOver, previous) {
    if (!isOver && [...this.terms.values()].some(({ isProtected }) => isProtected)) throw bad("a protected term is cleared");
    return Object.assign(new Terms(this.contexts, this.counts), { previous });
  }

  #define(context, isOver) {
    const keywords = Object.keys(context).filter((name) => KEYWORD.test(name));
    if (!keywords.every((name) => OF_CONTEXT.includes(name))) throw bad("a keyword that is not taken in a context");
    if ("@version" in context && context["@version"] !== 1.1) throw bad("another version");
    if ("@vocab" in context) this.vocabulary = this.#vocabularyOf(context["@vocab"]);
    const run = { context, isOver, done: new Map() };
    for (const name of Object.keys(context)) if (!KEYWORD.test(name)) this.#create(name, run);
  }

  #vocabularyOf(value) {
    if (value === null) return null;
    const iri = typeof value === "string" ? this.expand(value) : null;
    if (iri === null || !ABSOLUTE.test(iri)) throw bad("no vocabulary");
    return checkLength(iri);
  }

  /** What an IRI in a context stands for, the terms that it uses being defined first. */
  #iriOf(value, run) {
    if (typeof value !== "string") throw bad("no IRI");
    const used = value.includes(":") ? value.slice(0, value.indexOf(":")) : value;
    if (Object.hasOwn(run.context, used) && !KEYWORD.test(used)) this.#create(used, run);
    if (value !== used && Object.hasOwn(run.context, value)) this.#create(value, run);
    return this.expand(value);
  }

  #create(name, run) {
    const { context, done } = run;
    if (done.has(name)) {
      if (!done.get(name)) throw bad("a term in terms of itself");
      return;
    }
    done.set(name, false);
    if (name === "") throw bad("a term without name");
    const written = context[name];
    const value = isObject(written) ? written : { "@id": written };
    if (!Object.keys(value).every((one) => MEMBERS.includes(one))) throw bad("a member of a term that is not taken");
    const before = this.terms.get(name);
    this.terms.delete(name); // a term is not defined by what it meant before
    const found = this.#read(name, value, run, !isObject(written));
    this.terms.set(name, this.#protectedAs(before, found, run.isOver));
    this.counts.terms += 1;
    if (this.counts.terms > MOST.terms) throw bad("too many terms");
    done.set(name, true);
  }

  #protectedAs(before, found, isOver) {
    if (isOver || !before?.isProtected) return found;
    if (meaning(before) !== meaning(found)) throw bad("a protected term is redefined");
    return before;
  }

  #read(name, value, run, isSimple) {
    const { context } = run;
    const isProtected = value["@protected"] ?? context["@protected"] ?? false;
    if (typeof isProtected !== "boolean") throw bad("@protected");
    const id = this.#idOf(name, value, run);
    const isPrefix = value["@prefix"] ?? (isSimple && !/[:/]/.test(name) && typeof id === "string" && DELIMITER.test(id));
    if (typeof isPrefix !== "boolean") throw bad("@prefix");
    const container = [value["@container"] ?? []].flat();
    if (!container.every((one) => CONTAINERS.includes(one))) throw bad("another container");
    const definition = { id, type: this.#typeOf(value, run), container: [...container].sort(), isPrefix, isProtected };
    if (!("@context" in value)) return definition;
    return { ...definition, context: value["@context"] };
  }

  #typeOf(value, run) {
    if (!("@type" in value)) return null;
    const type = this.#iriOf(value["@type"], run);
    const isType = ["@id", "@vocab", "@json", "@none"].includes(type) || (type !== null && ABSOLUTE.test(type));
    if (!isType) throw bad("no type");
    return type;
  }

  #idOf(name, value, run) {
    const said = value["@id"];
    if (said === null) return null;
    if (said !== undefined && said !== name) {
      const id = this.#iriOf(said, run);
      if (id === null || id === "@context" || !(KEYWORDS.has(id) || ABSOLUTE.test(id))) throw bad("no IRI");
      const isIri = name.indexOf(":") > 0 || name.includes("/");
      if (isIri && this.expand(name) !== id) throw bad("an IRI with another meaning");
      return checkLength(id);
    }
    const prefix = name.slice(0, Math.max(0, name.indexOf(":")));
    if (prefix && Object.hasOwn(run.context, prefix)) this.#create(prefix, run);
    const id = this.expand(name);
    if (id === null || !ABSOLUTE.test(id)) throw bad("a term without IRI");
    return checkLength(id);
  }
}
