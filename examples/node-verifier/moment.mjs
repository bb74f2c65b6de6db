// Date and time as credentials and proofs write them. credential.md, "Documents".

const SHAPE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;
export const SECOND = 1_000_000_000n;

/** Nanoseconds since 1970, or null for what is no time of the years 1 to 9999 with a zone. */
export function readMoment(text) {
  const found = typeof text === "string" ? SHAPE.exec(text) : null;
  if (found === null) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const [away, apart] = found.slice(9, 11).map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59 || away > 23 || apart > 59) return null;
  const offset = (found[8] === "-" ? -1 : 1) * (away * 60 + apart);
  const whole = date.getTime() / 1_000 + hour * 3_600 + (minute - offset) * 60 + second;
  return BigInt(whole) * SECOND + BigInt((found[7] ?? "").padEnd(9, "0"));
}
