// Whether every member and type of a document is defined. integrity.md, "Terms"; JSON-LD 1.1 API, section 5.1.

import { isObject } from "./json.mjs";
import { Refusal } from "./refusal.mjs";
import { bad, Terms } from "./terms.mjs";

const MOST = { values: 20_000, levels: 32 };
const TAKEN = ["@id", "@type", "@context"];
const OF_VALUES = ["@value", "@type", "@language", "@direction", "@index"];
const HOLDS_CONTEXTS = ["https://w3id.org/security#proof", "https://www.w3.org/2018/credentials#verifiableCredential"];

const undefinedTerm = (name) => new Refusal("bad_credential", 1, `nothing defines ${name}`);
const textsOf = (value) => [value].flat().filter((one) => typeof one === "string");

class Walk {
  count = 0;
  contexts = []; // the objects that hold a context, which only some places may

  value(value, terms, definition, level) {
    this.count += 1;
    if (this.count > MOST.values || level > MOST.levels) throw bad("too much to look through");
    if (definition?.type === "@json") return;
    if (Array.isArray(value)) return value.forEach((one) => this.value(one, terms, definition, level + 1));
    if (!isObject(value)) return;
    if (!definition?.container.includes("@language")) return this.node(value, terms, definition, level);
    const isWords = (one) => one === null || [one].flat().every((text) => typeof text === "string");
    if (!Object.values(value).every(isWords)) throw bad("no texts by language");
  }

  /** The terms within a node, and those without the contexts of its types. */
  enter(node, terms, definition) {
    const kinds = Object.keys(node).map((name) => terms.expand(name));
    const isAlone = kinds.includes("@value") || (kinds.length === 1 && kinds[0] === "@id");
    let inner = terms.previous !== null && !isAlone ? terms.previous : terms;
    if (definition?.context !== undefined) inner = inner.extend(definition.context, { isOver: true });
    if ("@context" in node) {
      if (definition && !HOLDS_CONTEXTS.includes(definition.id)) throw bad("a context below the top");
      inner = inner.extend(node["@context"]);
    }
    return inner;
  }

  node(node, terms, definition, level) {
    const outer = this.enter(node, terms, definition);
    const names = Object.keys(node);
    const types = names.filter((name) => outer.expand(name) === "@type").sort();
    let inner = outer;
    for (const type of types.flatMap((name) => textsOf(node[name]).sort())) {
      const scoped = outer.definition(type)?.context;
      if (scoped !== undefined) inner = inner.extend(scoped, { propagates: false });
    }
    for (const type of types.flatMap((name) => textsOf(node[name]))) {
      if ((inner.expand(type) ?? "@").startsWith("@")) throw undefinedTerm(type);
    }
    const keywords = names.map((name) => inner.expand(name)).filter((iri) => iri?.startsWith("@"));
    if (new Set(keywords).size !== keywords.length) throw bad("a keyword twice");
    const taken = keywords.includes("@value") ? OF_VALUES : TAKEN;
    if (!keywords.every((keyword) => taken.includes(keyword))) throw bad("a keyword that is not taken here");
    for (const name of names) this.member(name, node[name], inner, level);
  }

  member(name, value, terms, level) {
    const iri = terms.expand(name);
    if (iri === null) throw undefinedTerm(name);
    if (iri.startsWith("@")) return;
    this.value(value, terms, terms.definition(name) ?? { id: iri, type: null, container: [] }, level + 1);
  }
}

/** Refuses a document with a member or type that its contexts do not define. */
export function requireDefined(document, contexts) {
  new Walk().node(document, new Terms(contexts), null, 1);
}
