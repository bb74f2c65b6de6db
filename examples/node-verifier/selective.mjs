// verify-sd-jwt: whether an SD-JWT holds in every way, for a verifier that trusts any issuer. sd-jwt.md.

import { isPages } from "./described.mjs";
import { isSecond, isText, Members } from "./members.mjs";
import { invalidInput } from "./refusal.mjs";
import { Resolver } from "./resolver.mjs";
import { readSdJwt } from "./sdjwt.mjs";

const isAsked = (value) => isText(value) && value !== "";

export function verifySdJwt(input) {
  const members = new Members(input);
  const text = members.take("sd_jwt", isText);
  const typ = members.take("typ", isText);
  const [audience, nonce] = ["audience", "nonce"].map((name) => members.take(name, isAsked, null));
  const now = members.take("now", isSecond);
  const resolver = new Resolver({ documents: members.take("documents", isPages, {}), now });
  members.end();
  if ((audience === null) !== (nonce === null)) throw invalidInput("audience and nonce");
  return readSdJwt(text, typ).verify({ audience, nonce, now, resolver });
}
