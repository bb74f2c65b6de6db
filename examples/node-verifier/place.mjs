// Where the log of a did:webvh is, by its name. webvh.md, "Names".

import { isHash } from "./multihash.mjs";
import { decode } from "./text.mjs";

const LABEL = "(?!-)[a-z0-9-]{1,63}(?<!-)";
const HOST = new RegExp(`^((?:${LABEL}\\.)+(?!0x[0-9a-f]*(?:%|$)|[0-9]+(?:%|$))${LABEL})(?:%3A([1-9][0-9]{0,4}))?$`);
const NO_SEGMENT = /^\.{0,2}$|[/\\%?#:]|(?! )[\p{C}\p{Z}]/u;

const escape = (text) => encodeURIComponent(text).replace(/[!'()*~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** Whether a segment of a path is written in its one way. */
function isSegment(written) {
  const latin = written.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const text = decode(Buffer.from(latin, "latin1"));
  return text !== null && !NO_SEGMENT.test(text) && escape(text) === written;
}

/** {scid, log, approvals}: the SCID of a did:webvh, and the URLs of its log and of the approvals; or null. */
export function placeOf(did) {
  const [scid, name = "", ...segments] = did.slice("did:webvh:".length).split(":");
  const [whole, host, port] = HOST.exec(name) ?? [];
  if (whole === undefined || !isHash(scid) || host.length > 253 || port === "443" || Number(port ?? 1) > 65_535) return null;
  if (!did.startsWith("did:webvh:") || !segments.every(isSegment)) return null;
  const base = `https://${host}${port ? `:${port}` : ""}/${segments.length ? segments.join("/") : ".well-known"}`;
  return { scid, log: `${base}/did.jsonl`, approvals: `${base}/did-witness.json` };
}
