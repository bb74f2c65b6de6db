// What a use is charged to: one account for each limit of each link. verification.md, step 10.

const iso = (now) => new Date(now * 1_000).toISOString();
const SIZES = { second: 19, minute: 16, hour: 13, day: 10, month: 7 };

/** The year and number of the ISO week, whose Thursday decides. */
function week(now) {
  const day = new Date(now * 1_000);
  day.setUTCDate(day.getUTCDate() + 3 - ((day.getUTCDay() + 6) % 7));
  const first = Date.UTC(day.getUTCFullYear(), 0, 1);
  const number = 1 + Math.floor((day.getTime() - first) / (7 * 86_400_000));
  return `${String(day.getUTCFullYear()).padStart(4, "0")}-W${String(number).padStart(2, "0")}`;
}

function windowOf(per, now) {
  if (per === "total") return "";
  return per === "week" ? week(now) : iso(now).slice(0, SIZES[per]);
}

const DAYS = { day: 1, week: 7, fortnight: 14 };
const MONTHS = { month: 1, quarter: 3, year: 12 };

/** The first second at which a Spaced use is due again. */
export function nextOf(last, per) {
  if (per in DAYS) return last + DAYS[per] * 86_400;
  const at = new Date(last * 1_000);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth() + MONTHS[per]];
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return last - (Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()) - Date.UTC(year, month, Math.min(at.getUTCDate(), days))) / 1_000;
}

function chargeOf(caveat, account, { request, now, ledger }) {
  const { kind, most, per = "total" } = caveat;
  if (kind === "MaxUses") return { name: `${account}/uses/total/`, amount: 1n, limit: most };
  if (kind === "Rate") return { name: `${account}/uses/${per}/${windowOf(per, now)}`, amount: 1n, limit: most };
  if (kind === "Budget") {
    const name = `${account}/${caveat.currency}/${per}/${windowOf(per, now)}`;
    return { name, amount: BigInt(request.cost.amount), limit: most };
  }
  if (kind !== "Spaced") return null;
  const name = `${account}/apart:${per}/total/`;
  const held = ledger?.held(name) ?? 0n;
  const isDue = held === 0n || now >= nextOf(Number(held) - 1, per);
  return isDue ? { name, amount: BigInt(now) + 1n - held, limit: BigInt(now) + 1n } : { name, amount: 1n, limit: 0n };
}

/** The charges of a use; two limits on one account count as the lower one, and a charge of nothing is none. */
export function chargesOf(links, world) {
  const charges = new Map();
  let delegator = links[0].root.did;
  for (const { id, delegate, caveats } of links) {
    for (const caveat of caveats) {
      const charge = chargeOf(caveat, `${delegator}/${id}`, world);
      if (!charge || charge.amount === 0n) continue;
      const before = charges.get(charge.name);
      if (!before || charge.limit < before.limit) charges.set(charge.name, charge);
    }
    delegator = delegate.did;
  }
  return [...charges.values()];
}
