// Accounts that only grow, in memory. A real one charges all accounts of a use in one atomic step.

export class Ledger {
  #accounts = new Map();

  held(name) {
    return this.#accounts.get(name) ?? 0n;
  }

  hasRoom({ name, amount, limit }) {
    return this.held(name) + amount <= limit;
  }

  charge({ name, amount }) {
    this.#accounts.set(name, this.held(name) + amount);
  }
}
