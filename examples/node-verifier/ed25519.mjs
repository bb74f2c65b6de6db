// What Node does not say about an Ed25519 key: low order, and membership in the prime-order group.

const P = (1n << 255n) - 19n;
const L = (1n << 252n) + 27742317777372353535851937790883648493n;
const D = mod(-121665n * power(121666n, P - 2n));

function mod(value) {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let result = 1n;
  for (let square = mod(base), rest = exponent; rest > 0n; rest >>= 1n, square = mod(square * square)) {
    if (rest & 1n) result = mod(result * square);
  }
  return result;
}

const number = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);

/** The point of an encoded key as (x, y), or null. */
function decode(bytes) {
  const encoded = number(bytes);
  const y = encoded & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const odd = encoded >> 255n;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) === mod(-u)) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(v * x * x) !== u || (x === 0n && odd === 1n)) return null;
  return { x: (x & 1n) === odd ? x : mod(-x), y };
}

// Projective (X, Y, Z), by the complete addition of the curve.
function add(one, other) {
  const a = mod(one.z * other.z);
  const b = mod(a * a);
  const c = mod(one.x * other.x);
  const d = mod(one.y * other.y);
  const e = mod(D * c * d);
  const f = mod(b - e);
  const g = mod(b + e);
  const x = mod(a * f * mod((one.x + one.y) * (other.x + other.y) - c - d));
  return { x, y: mod(a * g * mod(d + c)), z: mod(f * g) };
}

function multiply(point, factor) {
  let result = { x: 0n, y: 1n, z: 1n };
  for (let double = point, rest = factor; rest > 0n; rest >>= 1n, double = add(double, double)) {
    if (rest & 1n) result = add(result, double);
  }
  return result;
}

const isNeutral = ({ x, y, z }) => x === 0n && y === z;

const MOST_REMEMBERED = 1000;

/** The same answer for the same bytes: a batch meets the same few keys again and again. */
function remembered(answer) {
  const known = new Map();
  return (bytes) => {
    const name = Buffer.from(bytes).toString("hex");
    if (!known.has(name)) {
      if (known.size === MOST_REMEMBERED) known.clear();
      known.set(name, answer(bytes));
    }
    return known.get(name);
  };
}

/** y below the prime, and no point of low order. The sign of x makes no difference to either. */
export const isReadable = remembered((bytes) => {
  const y = number(bytes) & ((1n << 255n) - 1n);
  if (y >= P) return false;
  const unsigned = Buffer.from(bytes);
  unsigned[31] &= 0x7f;
  const point = decode(unsigned);
  return point === null || !isNeutral(multiply({ ...point, z: 1n }, 8n));
});

export const isPrimeOrder = remembered((bytes) => {
  const point = decode(bytes);
  return point !== null && isNeutral(multiply({ ...point, z: 1n }, L)) && isReadable(bytes);
});
