// evaluate-caveat: whether the caveats of one block permit one request, with no chain around it.

import { prohibitsAgent } from "./attested.mjs";
import * as base64url from "./base64url.mjs";
import { Blocks, CHARGED } from "./blocks.mjs";
import { readCondition } from "./chained.mjs";
import { isDid } from "./did.mjs";
import { asksFor, prohibits } from "./evaluate.mjs";
import { isObject } from "./json.mjs";
import { LIMITS } from "./limits.mjs";
import { isSecond, isText, isTexts, Members } from "./members.mjs";
import { invalidInput, notAdmitted, Refusal } from "./refusal.mjs";
import { Request } from "./request.mjs";
import { IS } from "./signed.mjs";

const isCredential = (value) =>
  isObject(value) && Object.keys(value).sort().join() === "by,says" && isDid(value.by) && isTexts(value.says);
const isBase64url = (value) => isText(value) && Buffer.from(value, "base64url").toString("base64url") === value;
const isAttested = (value) => Array.isArray(value) && value.every((one) => Array.isArray(one) && one.every(isCredential));

function prohibitsHere(caveat, use) {
  const { kind } = caveat;
  if (kind === "Status" || kind === "FreshList") return true; // nobody has looked
  if (kind === "Agent") return prohibitsAgent(caveat, use.attested);
  if (kind !== "RequiresApproval") return prohibits(caveat, use);
  const given = caveat.by.filter((did) => use.approved.includes(did)).length;
  return asksFor(caveat, use.request) && given < caveat.threshold;
}

export function evaluateCaveat(input) {
  const members = new Members(input);
  const block = members.take("block", isBase64url, null);
  const condition = members.take("condition", isText, null);
  if ((block === null) === (condition === null)) throw invalidInput("block or condition");
  const use = {
    request: new Request(members.take("request", isObject)),
    audience: members.take("audience", IS.audience),
    now: members.take("now", isSecond),
    depth: members.take("depth", isSecond, 0),
    approved: members.take("approved", (value) => isTexts(value) && value.every(isDid), []),
    attested: members.take("attested", isAttested, []),
  };
  members.end();
  const bytes = block === null ? readCondition(Buffer.from(condition)) : base64url.decode(block);
  const caveats = new Blocks(LIMITS).alone(bytes);
  if (condition !== null && caveats.some(({ kind }) => CHARGED.has(kind))) throw notAdmitted("a caveat of a link");
  if (caveats.some((one) => prohibitsHere(one, use))) throw new Refusal("denied", 9);
  return {};
}
