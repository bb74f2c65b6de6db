// The limits of a verifier that was not told otherwise.

export const LIMITS = Object.freeze({
  text: 65_536,
  links: 32,
  checks: 64,
  alternatives: 64,
  symbols: 1_024,
  values: 1_024,
  globs: 32,
  window: 600,
  skew: 60,
  staleness: 300,
});

export const LAST_SECOND = 253_402_300_799; // the end of the year 9999
export const MOST_INTEGER = Number.MAX_SAFE_INTEGER;
