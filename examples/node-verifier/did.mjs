// The syntax of DIDs and DID URLs.

const DID = /^did:([a-z0-9]+):(?:(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*:)*(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+$/;
const FRAGMENT = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+$/;
const MOST = 2_048;
export const SIGNING = ["authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"];
export const RELATIONSHIPS = [...SIGNING, "keyAgreement"];

export const isDid = (text) => typeof text === "string" && text.length <= MOST && DID.test(text);
export const methodOf = (did) => DID.exec(did)[1];

/** [DID, fragment] of an absolute DID URL without path and query, or null. */
export function splitUrl(text) {
  const [did, ...rest] = text.split("#");
  const whole = text.length <= MOST && rest.length === 1 && DID.test(did) && FRAGMENT.test(rest[0]);
  return whole ? [did, rest[0]] : null;
}
