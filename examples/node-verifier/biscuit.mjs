// A chain in a Biscuit container, up to what its signatures say. verification.md, the rows of steps 0 to 5.

import { Blocks } from "./blocks.mjs";
import { payload, readContainer, readSigned, verifyBlock, verifySeal } from "./container.mjs";
import { writeBlock, writeSigned, writeTransit } from "./encode.mjs";
import { isSame } from "./keys.mjs";
import { limitExceeded, malformed, Refusal } from "./refusal.mjs";

function readLinks(signed, blocks) {
  return signed.map(({ block, next }, at) => blocks.link(block, next, at === 0));
}

/** Each block's signature, with the key of the delegate before. */
function verifyBlocks(signed, rootKey) {
  let [key, before] = [rootKey, null];
  for (const one of signed) {
    verifyBlock(one, key, before);
    [key, before] = [one.next, one.signature];
  }
}

/** {links, presented, verify(rootKey)} of a presentation. */
export function readBiscuit(bytes, limits) {
  const { blocks: messages, kind, seal } = readContainer(bytes, limits.links + 1);
  if (kind !== "seal" || messages.length < 2) throw new Refusal("not_holder", 8, "not sealed by a holder");
  const signed = readSigned(messages);
  const blocks = new Blocks(limits);
  const links = readLinks(signed.slice(0, -1), blocks);
  const last = signed.at(-1);
  const presented = blocks.presented(last.block);
  const holder = links.at(-1).delegate.key;
  const verify = (rootKey) => {
    verifyBlocks(signed, rootKey);
    if (!isSame(last.next, holder)) throw new Refusal("broken_chain", 5, "another next key");
    verifySeal(last, holder, seal);
  };
  return { links, presented, discharged: [], approvals: presented.approvals, verify };
}

/** {links, verify(rootKey), append} of a token in transit, which carries no proof. wire.md, sections 2 and 6. */
export function readTransit(bytes, limits) {
  const { blocks: messages, kind } = readContainer(bytes, limits.links + 1);
  const signed = readSigned(messages);
  if (kind !== "transit") throw malformed("a token in transit with a proof");
  if (messages.length > limits.links) throw limitExceeded("too many links", 0);
  if (signed[0].external) throw malformed("an external signature on the first block");
  const blocks = new Blocks(limits);
  const links = readLinks(signed, blocks);
  const verify = (rootKey) => verifyBlocks(signed, rootKey);
  /** The token with one more link of these contents. */
  const append = (contents, next, sign) => {
    const block = writeBlock(contents, blocks.symbols);
    const added = { block, next };
    const signature = sign(payload(added, signed.at(-1).signature));
    return writeTransit([...messages, writeSigned({ ...added, signature })]);
  };
  return { links, verify, append };
}
