// Numbers as adcli/report/number.py and adcli/numbers/text.py write them, digit for digit.

const MOST_DECIMALS = 12, DIGITS = 6, SIGNIFICANT = 15, SMALLEST = -4, LARGEST = 15;
const bits = new DataView(new ArrayBuffer(8));

// A finite double as m * 2^e, exactly.
function exactly(x) {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0), power = (high >>> 20) & 0x7ff;
  let m = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  if (power) m |= 1n << 52n;
  return [high >>> 31 ? -m : m, (power || 1) - 1075];
}

const magnitude = (n) => (n < 0n ? -n : n);

// x as a whole number of 10^-places, rounded half to even.
function roundTo(x, places) {
  let [m, e] = exactly(x), below = 1n;
  if (places >= 0) m *= 10n ** BigInt(places);
  else below *= 10n ** BigInt(-places);
  if (e >= 0) m <<= BigInt(e);
  else below <<= BigInt(-e);
  const size = magnitude(m), rest = (size % below) * 2n;
  let units = size / below;
  if (rest > below || (rest === below && units % 2n === 1n)) units += 1n;
  return m < 0n ? -units : units;
}

// The decimal exponent of the first digit of a finite number other than 0.
function exponent(x) {
  const [digits, e] = Math.abs(x).toExponential().split("e").map(Number);
  if (digits !== 1) return e;
  // The shortest text may have been rounded up to a power of ten.
  const [m, power] = exactly(Math.abs(x));
  const left = m * (power > 0 ? 1n << BigInt(power) : 1n) * (e < 0 ? 10n ** BigInt(-e) : 1n);
  const right = (power < 0 ? 1n << BigInt(-power) : 1n) * (e > 0 ? 10n ** BigInt(e) : 1n);
  return left < right ? e - 1 : e;
}

// How many decimals show `digits` of them from 1 on, or `digits` significant ones below 1.
function decimals(x, digits) {
  const e = exponent(x);
  return e >= 0 ? Math.min(digits, Math.max(digits, SIGNIFICANT) - 1 - e) : digits - 1 - e;
}

// `units` times 10^-places in the shorter of the two notations.
function onGrid(units, places) {
  if (units === 0n) return "0";
  const all = String(magnitude(units)), digits = all.replace(/0+$/, ""), e = all.length - 1 - places;
  const sign = units < 0n ? "-" : "";
  if (e < SMALLEST || e >= LARGEST) return `${sign}${digits[0]}${digits.length > 1 ? "." : ""}${digits.slice(1)}e${e}`;
  if (e < 0) return `${sign}0.${"0".repeat(-e - 1)}${digits}`;
  const whole = digits.slice(0, e + 1).padEnd(e + 1, "0");
  return `${sign}${whole}${digits.length > e + 1 ? "." : ""}${digits.slice(e + 1)}`;
}

// A number for people: 0.693147, 11.652071, 10, 1.5e-20.
function display(x, digits = DIGITS) {
  if (x === 0 || !Number.isFinite(x)) return write(x + 0);
  const places = decimals(x, digits);
  return onGrid(roundTo(x, places), places);
}

// The shortest text that reads back to the same double, as Python writes it.
function write(x) {
  if (x !== x) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Object.is(x, -0)) return "-0";
  const size = Math.abs(x);
  if (size === 0 || (size >= 1e-4 && size < 1e16)) return String(x);
  const [digits, e] = x.toExponential().split("e");
  return `${digits}e${e[0] === "-" ? "-" : ""}${e.slice(1).padStart(2, "0")}`;
}

// The terms, their sum, and whether the printed terms add up to it. All have one number of decimals; no digit is ever
// adjusted. Where they do not add up, or one would show as 0, more decimals are taken.
function sumTexts(terms, total, digits = DIGITS) {
  const numbers = [...terms, total], sizes = numbers.filter(Number.isFinite).map(Math.abs);
  const largest = sizes.reduce((x, y) => Math.max(x, y), 0), finite = sizes.length === numbers.length;
  if (largest === 0 || !finite) {
    const added = terms.reduce((x, y) => x + y, 0), addsUp = added === total || (added !== added && total !== total);
    return [terms.map((x) => display(x, digits)), display(total, digits), addsUp];
  }
  const start = decimals(largest, digits), last = Math.max(start, start + MOST_DECIMALS - DIGITS);
  let fallback = null, found = null;
  for (let places = start; places <= last && found === null; places++) {
    if (!addsUp(numbers, places)) continue;
    fallback ??= places;
    if (numbers.every((x) => x === 0 || roundTo(x, places) !== 0n)) found = places;
  }
  const places = found ?? fallback ?? start, texts = numbers.map((x) => onGrid(roundTo(x, places), places));
  return [texts.slice(0, -1), texts[texts.length - 1], fallback !== null];
}

function addsUp(numbers, places) {
  const units = numbers.map((x) => roundTo(x, places)), total = units.pop();
  return units.reduce((x, y) => x + y, 0n) === total;
}

// What a person may type into a field of the point: a number, or null.
function readNumber(text) {
  return /^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$/.test(text) ? Number(text) : null;
}
