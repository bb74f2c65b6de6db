// Accounts that only grow, in memory. A real one charges all accounts of a use in one atomic step.

export class Ledger {
  #accounts = new Map();
  #uses = new Map(); // what tells one use from another, to the second of its first charge

  held(name) {
    return this.#accounts.get(name) ?? 0n;
  }

  /** Whether this use was charged before, at most so many seconds ago. */
  wasCharged(use, now, seconds) {
    const first = this.#uses.get(use);
    return first !== undefined && now < first + seconds;
  }

  keep(use, now) {
    this.#uses.set(use, now);
  }

  hasRoom({ name, amount, limit }) {
    return this.held(name) + amount <= limit;
  }

  /** Charges all, or none and says which is the first without room. One account may be charged for several. */
  charge(charges) {
    const held = new Map();
    for (const charge of charges) {
      const sum = (held.get(charge.name) ?? this.held(charge.name)) + charge.amount;
      if (sum > charge.limit) return charge;
      held.set(charge.name, sum);
    }
    held.forEach((sum, name) => this.#accounts.set(name, sum));
    return null;
  }
}
