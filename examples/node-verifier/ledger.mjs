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

  charge({ name, amount }) {
    this.#accounts.set(name, this.held(name) + amount);
  }
}
