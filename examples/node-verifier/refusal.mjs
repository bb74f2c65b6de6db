// A verdict that is not "ok": a stable code, the numbered step that refuses, and a result where the operation has one for it.

export class Refusal extends Error {
  constructor(code, step = null, why = "") {
    super(why || code);
    this.code = code;
    this.step = step;
    this.result = undefined;
  }
}

export const malformed = (why, step = 1) => new Refusal("malformed", step, why);
export const notAdmitted = (why) => new Refusal("not_admitted", 1, why);
export const limitExceeded = (why, step = 1) => new Refusal("limit_exceeded", step, why);
export const invalidInput = (why) => new Refusal("invalid_input", null, why);
