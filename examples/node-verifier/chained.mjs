// A chain on a macaroon, with its discharges, up to what its signatures say. macaroon.md, section 7.

import * as base64url from "./base64url.mjs";
import { Blocks } from "./blocks.mjs";
import { writeBlock } from "./encode.mjs";
import { multikey as multikeyOf, readMultikey, verifyRaw } from "./keys.mjs";
import { bound, isEqual, nameOf, next as nextMac, sha256, signaturesOf, tokenKey, transcriptsOf } from "./mac.mjs";
import { readMacaroons, writeMacaroon } from "./macaroon.mjs";
import { limitExceeded, malformed, notAdmitted, Refusal } from "./refusal.mjs";
import { open } from "./secretbox.mjs";

const LINK = "attorn-link-1.";
const PRESENTATION = "attorn-presentation-1.";
const CAVEATS = "attorn-caveats-1.";
const APPROVAL = "attorn-approval-1.";
const MOST_APPROVALS = 16;

const broken = (why) => new Refusal("broken_chain", 5, why);
const forged = (why) => new Refusal("bad_signature", 4, why);
const isThird = ({ vid }) => vid.length > 0;
const begins = (bytes, prefix) => bytes.subarray(0, prefix.length).toString("latin1") === prefix;

function behind(bytes, prefix) {
  if (bytes.some((byte) => byte > 0x7f)) throw malformed("a condition that is not ASCII");
  return bytes.subarray(prefix.length).toString("latin1");
}

const decoded = (bytes, prefix) => base64url.decode(behind(bytes, prefix));

/** The block in a condition that holds one. */
export function readCondition(bytes) {
  if (!begins(bytes, CAVEATS)) throw notAdmitted("a condition that has no place there");
  return decoded(bytes, CAVEATS);
}

function rootKey({ identifier }, keys) {
  const key = identifier.length === 24 ? keys.find((one) => isEqual(nameOf(one), identifier.subarray(0, 8))) : undefined;
  if (key === undefined) throw new Refusal("untrusted_root", 2, "no key of this verifier");
  return tokenKey(key, identifier);
}

/** The signatures of a macaroon before each caveat, and the last, which is its own. */
function verifyMac(macaroon, keys) {
  const signatures = signaturesOf(macaroon, rootKey(macaroon, keys));
  if (!isEqual(signatures.at(-1), macaroon.signature)) throw forged("the MAC");
  return signatures;
}

/** The discharge of each third party's caveat, by the order of the caveats, every MAC verified. */
function verifyMacs([presented, ...discharges], keys) {
  rootKey(presented, keys);
  const byIdentifier = new Map(discharges.map((one) => [one.identifier.toString("hex"), one]));
  if (byIdentifier.size !== discharges.length) throw broken("two discharges with one identifier");
  if (discharges.some(({ caveats }) => caveats.some(isThird))) throw notAdmitted("a discharge that asks for another");
  const signatures = verifyMac(presented, keys);
  const third = presented.caveats.map((caveat, at) => ({ ...caveat, at })).filter(isThird);
  const names = new Set(third.map(({ cid }) => cid.toString("hex")));
  if (names.size !== third.length || names.size !== byIdentifier.size) throw broken("not one discharge for each caveat");
  if ([...names].some((name) => !byIdentifier.has(name))) throw broken("a caveat without discharge");
  return third.map(({ vid, cid, at }) => {
    const content = open(signatures[at], vid);
    const discharge = byIdentifier.get(cid.toString("hex"));
    const last = content && signaturesOf(discharge, content).at(-1);
    if (!last || !isEqual(bound(presented.signature, last), discharge.signature)) throw forged("a discharge");
    return { discharge, cid, at };
  });
}

function checkConditions({ caveats }, limits) {
  const last = caveats.findIndex((one) => !isThird(one) && begins(one.cid, PRESENTATION));
  caveats.forEach((one, at) => {
    if (last >= 0 && at > last) throw notAdmitted("something behind the presentation");
    if (!isThird(one) && !begins(one.cid, LINK) && !begins(one.cid, PRESENTATION)) throw notAdmitted("no link");
  });
  const links = caveats.filter((one) => !isThird(one) && begins(one.cid, LINK));
  if (links.length > limits.links) throw limitExceeded("too many links");
}

function readLinkCondition(bytes) {
  const size = bytes[0];
  if (!(bytes.length > 1 + size + 64)) throw malformed("a short link"); // there is a payload
  const next = readMultikey(bytes.subarray(1, 1 + size));
  return { multikey: bytes.subarray(1, 1 + size), next, signature: bytes.subarray(1 + size, 65 + size), payload: bytes.subarray(65 + size) };
}

function readPresentation(bytes) {
  if (bytes.length <= 64) throw malformed("a short presentation");
  return { signature: bytes.subarray(0, 64), payload: bytes.subarray(64) };
}

/** Links and presentation of a macaroon, each with the transcript before it. */
function readConditions(macaroon, transcripts) {
  const links = [];
  let presentation = null;
  macaroon.caveats.forEach((one, at) => {
    if (isThird(one)) return;
    const transcript = transcripts[at];
    if (begins(one.cid, LINK)) links.push({ at, transcript, ...readLinkCondition(decoded(one.cid, LINK)) });
    else presentation = { transcript, ...readPresentation(decoded(one.cid, PRESENTATION)) };
  });
  if (!links.length || isThird(macaroon.caveats.at(-1))) throw notAdmitted("no link, or a third party's caveat at the end");
  return { links, presentation };
}

/** {blocks, approval} of a discharge, its conditions being of a kind and in a place that they may have. */
function readDischarge({ discharge, cid }) {
  const conditions = discharge.caveats.map((one) => one.cid);
  const isApproval = begins(cid, APPROVAL);
  const blocks = [];
  let approval = null;
  for (const condition of conditions) {
    if (isApproval && !begins(condition, APPROVAL)) throw notAdmitted("a condition that has no place there");
    if (isApproval) approval = behind(condition, APPROVAL);
    else blocks.push(readCondition(condition));
  }
  if (isApproval) {
    const named = `${APPROVAL}${base64url.encode(sha256(approval ?? ""))}`;
    if (conditions.length !== 1 || named !== cid.toString("latin1")) throw notAdmitted("another approval");
  }
  return { blocks, approval };
}

/** The caveats of the discharges, and the approvals in them. */
function readDischarges(discharged, presented, limits) {
  if (presented.approvals.length) throw notAdmitted("an approval stated in a macaroon");
  const approvals = discharged.map(({ approval }) => approval).filter((text) => text !== null);
  if (approvals.length > MOST_APPROVALS) throw limitExceeded("too many approvals");
  const messages = discharged.flatMap(({ blocks }) => blocks);
  if (messages.length > limits.links) throw limitExceeded("too many blocks in discharges");
  const blocks = new Blocks(limits);
  return { approvals, caveats: discharged.map((one) => one.blocks.flatMap((bytes) => blocks.discharge(bytes))) };
}

const signedLink = ({ transcript, multikey, payload }) =>
  Buffer.concat([Buffer.from("\0ATTORN\0MACAROON LINK\0v1\0"), transcript, multikey, payload]);
const signedPresentation = ({ transcript, payload }) =>
  Buffer.concat([Buffer.from("\0ATTORN\0MACAROON PRESENTATION\0v1\0"), transcript, payload]);

function verifySignatures(links, presentation, root) {
  let key = root;
  for (const link of links) {
    if (!verifyRaw(key, signedLink(link), link.signature)) throw forged("a link");
    key = link.next;
  }
  if (presentation && !verifyRaw(key, signedPresentation(presentation), presentation.signature)) throw forged("the presentation");
}

function readChain(given, world) {
  if (given.length > world.limits.text) throw limitExceeded("more bytes", 0);
  const macaroons = readMacaroons(given);
  const third = verifyMacs(macaroons, world.macaroonKeys);
  checkConditions(macaroons[0], world.limits);
  return { third, ...readConditions(macaroons[0], transcriptsOf(macaroons[0])) };
}

const conditionOf = (next, signature, payload) =>
  Buffer.from(`${LINK}${base64url.encode(Buffer.concat([Buffer.from([next.length]), next, signature, payload]))}`);

/** {links, verify(rootKey), append} of a token in transit: the macaroon alone, its last caveat a link. section 4 */
export function readCarried(given, { limits, macaroonKeys }) {
  if (given.length > limits.text) throw limitExceeded("more bytes", 0);
  const [macaroon, ...others] = readMacaroons(given);
  checkConditions(macaroon, limits);
  const transcripts = transcriptsOf(macaroon);
  const { links: conditions, presentation } = readConditions(macaroon, transcripts);
  if (others.length || presentation !== null) throw malformed("no token in transit");
  const blocks = new Blocks(limits);
  const links = readLinks(conditions, blocks);
  if (macaroonKeys !== null) verifyMac(macaroon, macaroonKeys);
  const append = (contents, next, sign) => {
    const payload = writeBlock(contents, blocks.symbols);
    const name = multikeyOf(next);
    const signature = sign(signedLink({ transcript: transcripts.at(-1), multikey: name, payload }));
    const added = { location: null, vid: Buffer.alloc(0), cid: conditionOf(name, signature, payload) };
    const caveats = [...macaroon.caveats, added];
    return writeMacaroon({ ...macaroon, caveats, signature: nextMac(macaroon.signature, added) });
  };
  return { links, verify: (root) => verifySignatures(conditions, null, root), append };
}

const readLinks = (conditions, blocks) => conditions.map(({ payload, next }, at) => blocks.link(payload, next, at === 0));

/** {links, presented, discharged, approvals, verify(rootKey)} of a presentation. */
export function readMacaroon(given, world) {
  const { third, links: conditions, presentation } = readChain(given, world);
  if (presentation === null) throw new Refusal("not_holder", 8, "in transit");
  const discharges = third.map(readDischarge);
  const blocks = new Blocks(world.limits);
  const links = readLinks(conditions, blocks);
  const presented = blocks.presented(presentation.payload);
  const { approvals, caveats } = readDischarges(discharges, presented, world.limits);
  const verify = (root) => verifySignatures(conditions, presentation, root);
  return { links, presented, discharged: caveats, approvals, verify };
}
