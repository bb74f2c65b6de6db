// Date and time as credentials and proofs write them. credential.md, "Documents".

import { LAST_SECOND } from "./limits.mjs";

const SHAPE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;
const MOST_AWAY = 14 * 60;
const FIRST = -62_135_596_800; // the year 1
export const SECOND = 1_000_000_000n;

const UTC = /^(?!0|1[0-8]|19[0-6])[^.]*(?:\.\d{1,6})?(?:Z|\+00:00)$/;

/** The same of a time in UTC from 1970 on, at most to the microsecond. */
export const readUtc = (text) => (typeof text === "string" && UTC.test(text) ? readMoment(text) : null);

/** Nanoseconds since 1970, or null for what is no time of the years 1 to 9999 with a zone. */
export function readMoment(text) {
  const found = typeof text === "string" ? SHAPE.exec(text) : null;
  if (found === null) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const [away, apart] = found.slice(9, 11).map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59 || apart > 59 || away * 60 + apart > MOST_AWAY) return null;
  const offset = (found[8] === "-" ? -1 : 1) * (away * 60 + apart);
  const whole = date.getTime() / 1_000 + hour * 3_600 + (minute - offset) * 60 + second;
  if (whole < FIRST || whole > LAST_SECOND) return null;
  return BigInt(whole) * SECOND + BigInt((found[7] ?? "").padEnd(9, "0"));
}
