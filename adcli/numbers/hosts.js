// What Math lacks, or answers otherwise than C's libm and IEEE 754 do: `host` of the kernels that script.py writes.
const host = (() => {
  "use strict";

  // c[0] + c[1]*x + c[2]*x^2 + ...
  const polynomial = (c, x) => {
    let sum = 0;
    for (let k = c.length - 1; k >= 0; k--) sum = sum * x + c[k];
    return sum;
  };

  const negative = (x) => x < 0 || Object.is(x, -0);
  const signed = (magnitude, x) => (negative(x) ? -magnitude : magnitude);

  const sign = (x) => (x !== x ? x : (x > 0) - (x < 0));
  const max = (x, y) => (x > y || x !== x ? x : y);
  const min = (x, y) => (x < y || x !== x ? x : y);

  // The nearest whole number, halves to the even one.
  const round = (x) => {
    const below = Math.floor(x), rest = x - below;
    if (!(rest > 0)) return x;
    return signed(Math.abs(rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1), x);
  };

  // The remainder with the sign of b, as in Python.
  const mod = (a, b) => {
    const rest = a % b;
    if (rest === 0) return signed(0, b);
    return rest < 0 !== b < 0 ? rest + b : rest;
  };

  // In C 1^y and (-1)^inf are 1; in JavaScript they may be NaN.
  const pow = (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y));
  const exp2 = (x) => Math.pow(2, x);

  // A square as a sum of two doubles (Dekker 1971).
  const squared = (x) => {
    const c = 134217729 * x, top = c - (c - x), rest = x - top, square = x * x;
    return [square, top * top - square + 2 * top * rest + rest * rest];
  };
  // The root of x^2 + y^2, corrected by what its own square leaves; Math.hypot may err by 2 ulp.
  const hypot = (x, y) => {
    const large = max(Math.abs(x), Math.abs(y)), small = min(Math.abs(x), Math.abs(y));
    if (Math.abs(x) === Infinity || Math.abs(y) === Infinity) return Infinity;
    if (!(small > 0)) return large;
    const scale = large > 2 ** 500 ? 2 ** -600 : large < 2 ** -400 ? 2 ** 700 : 1;
    const [a, aRest] = squared(large * scale), [b, bRest] = squared(small * scale), root = Math.sqrt(a + b);
    const [c, cRest] = squared(root);
    return (root - (c - a - b + (cRest - aRest - bRest)) / (2 * root)) / scale;
  };

  // The exact sum, rounded once (Shewchuk 1997, as math.fsum of Python); undefined where that raises.
  const fsum = (terms) => {
    let partials = [], special = 0;
    for (let x of terms) {
      if (x - x !== 0) {
        special += x;
        continue;
      }
      const kept = [];
      for (let y of partials) {
        if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
        const high = x + y, low = y - (high - x);
        if (low !== 0) kept.push(low);
        x = high;
      }
      if (x - x !== 0) return undefined;
      partials = [...kept, x];
    }
    if (special !== 0) return special;
    let k = partials.length - 1;
    if (k < 0) return 0;
    let high = partials[k], low = 0;
    while (k > 0 && low === 0) {
      const x = high, y = partials[--k];
      high = x + y;
      low = y - (high - x);
    }
    // Half-way cases are rounded by the sign of what follows.
    if (k > 0 && low !== 0 && low < 0 === partials[k - 1] < 0) {
      const twice = 2 * low, x = high + twice;
      if (twice === x - high) high = x;
    }
    return high;
  };

  // erf and erfc: the rational approximations of fdlibm, s_erf.c:
  //   Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
  //   Developed at SunPro, a Sun Microsystems, Inc. business.
  //   Permission to use, copy, modify, and distribute this software is freely granted,
  //   provided that this notice is preserved.
  const ERX = 0.8450629115104675;
  const PP = [0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442,
    -2.3763016656650163e-05];
  const QQ = [1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164,
    -3.960228278775368e-06];
  const PA = [-0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175,
    -0.11089469428239668, 0.035478304325618236, -0.002166375594868791];
  const QA = [1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164,
    0.01363708391202905, 0.011984499846799107];
  const RA = [-0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006,
    -162.39666946257347, -184.60509290671104, -81.2874355063066, -9.814329344169145];
  const SA = [1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679,
    429.00814002756783, 108.63500554177944, 6.570249770319282, -0.0604244152148581];
  const RB = [-0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192,
    -637.5664433683896, -1025.0951316110772, -483.5191916086514];
  const SB = [1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644,
    474.52854120695537, -22.44095244658582];

  // (erf(x) - x)/x below 0.84375; erf(x) - ERX up to 1.25.
  const near = (x) => polynomial(PP, x * x) / polynomial(QQ, x * x);
  const middle = (x) => polynomial(PA, Math.abs(x) - 1) / polynomial(QA, Math.abs(x) - 1);
  // erfc(x) from 1.25 to 28. The first factor is exact up to its exp: z has 24 bits.
  const tail = (x) => {
    const s = 1 / (x * x), z = Math.fround(x), low = x < 1 / 0.35;
    const ratio = polynomial(low ? RA : RB, s) / polynomial(low ? SA : SB, s);
    return (Math.exp(-z * z - 0.5625) * Math.exp((z - x) * (z + x) + ratio)) / x;
  };
  const erf = (x) => {
    const size = Math.abs(x);
    if (size < 0.84375) return x + x * near(x);
    if (size < 1.25) return signed(ERX + middle(x), x);
    return size < 6 ? signed(1 - tail(size), x) : Math.sign(x);
  };
  const erfc = (x) => {
    const size = Math.abs(x);
    if (x < 0.25 && size < 0.84375) return 1 - (x + x * near(x));
    if (size < 0.84375) return 0.5 - (x - 0.5 + x * near(x));
    if (size < 1.25) return x > 0 ? 1 - ERX - middle(x) : 1 + (ERX + middle(x));
    if (size < 28) return x > 0 ? tail(x) : 2 - tail(size);
    return x !== x ? x : x > 0 ? 0 : 2;
  };

  // gamma and lgamma: Lanczos' approximation as in CPython's Modules/mathmodule.c (Mark Dickinson; copyright Python
  // Software Foundation, PSF licence). Where math.gamma raises they answer as the rows' `edge` does.
  const LANCZOS = [
    [23531376880.41076, 42919803642.6491, 35711959237.35567, 17921034426.037209, 6039542586.352028, 1439720407.3117216,
      248874557.86205417, 31426415.585400194, 2876370.6289353725, 186056.26539522348, 8071.672002365816,
      210.82427775157936, 2.5066282746310002],
    [0, 39916800, 120543840, 150917976, 105258076, 45995730, 13339535, 2637558, 357423, 32670, 1925, 66, 1],
  ];
  const G = 6.02468004077673, G_HALF = 5.52468004077673; // g and g - 1/2
  const lanczos = (x) => {
    if (x < 5) return polynomial(LANCZOS[0], x) / polynomial(LANCZOS[1], x);
    let top = 0, bottom = 0;
    for (let k = 0; k < 13; k++) {
      top = top / x + LANCZOS[0][k];
      bottom = bottom / x + LANCZOS[1][k];
    }
    return top / bottom;
  };
  const sinpi = (x) => {
    const y = Math.abs(x) % 2;
    const turn = [() => Math.sin(Math.PI * y), () => Math.cos(Math.PI * (y - 0.5)), () => Math.sin(Math.PI * (1 - y)),
      () => -Math.cos(Math.PI * (y - 1.5)), () => Math.sin(Math.PI * (y - 2))];
    return signed(turn[Math.floor(2 * y + 0.5)](), x);
  };
  const FACTORIALS = [1];
  for (let k = 1; k < 23; k++) FACTORIALS.push(FACTORIALS[k - 1] * k);
  const factorial = (n) => gamma(n + 1);
  const gamma = (x) => {
    if (x !== x || x === Infinity) return x;
    if (x === 0) return 1 / x;
    if (x === Math.floor(x)) {
      if (x < 0) return NaN;
      if (x <= 23) return FACTORIALS[x - 1];
    }
    const size = Math.abs(x);
    if (size < 1e-20) return 1 / x;
    if (size > 200) return x < 0 ? 0 / sinpi(x) : Infinity;
    const y = size + G_HALF;
    const z = ((size > G_HALF ? y - size - G_HALF : y - G_HALF - size) * G) / y;
    let r = x < 0 ? ((-Math.PI / sinpi(size) / size) * Math.exp(y)) / lanczos(size) : lanczos(size) / Math.exp(y);
    r += x < 0 ? -z * r : z * r;
    const root = pow(y, size < 140 ? size - 0.5 : size / 2 - 0.25);
    for (let k = 0; k < (size < 140 ? 1 : 2); k++) r = x < 0 ? r / root : r * root;
    return r;
  };
  const lgamma = (x) => {
    if (x !== x) return x;
    if (Math.abs(x) === Infinity) return Infinity;
    if (x === Math.floor(x) && x <= 2) return x <= 0 ? Infinity : 0;
    const size = Math.abs(x);
    if (size < 1e-20) return -Math.log(size);
    const r = Math.log(lanczos(size)) - G + (size - 0.5) * (Math.log(size + G - 0.5) - 1);
    return x < 0 ? 1.1447298858494002 - Math.log(Math.abs(sinpi(size))) - Math.log(size) - r : r;
  };

  // digamma and polygamma: the algorithms of adcli/numbers/special.py; undefined stands for what raises there.
  const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798,
    -174611 / 330, 854513 / 138];
  const HIGHEST = 300, HIGHEST_REFLECTED = 500, HIGHEST_SCALED = 20000, ASYMPTOTIC = 14;
  const ROOT = 1.4616321449683622, ROOT_TAIL = 9.549995429965697e-17;
  const pole = (x) => x <= 0 && x === Math.floor(x);

  const cotpi = (x) => {
    const r = x - round(x);
    return Math.abs(r) > 0.25 ? Math.tan(Math.PI * (signed(0.5, r) - r)) : 1 / Math.tan(Math.PI * r);
  };
  // psi^(n)(ROOT)/n! for n = 1..24.
  let rootSeries = null;
  const seriesAtRoot = () => {
    rootSeries ??= Array.from({ length: 24 }, (_, k) => scaled(k + 1, 0, ROOT) / factorial(k + 1));
    return rootSeries;
  };
  const digammaOf = (x) => {
    if (pole(x)) return undefined;
    if (x <= 0) return digammaOf(1 - x) - Math.PI * cotpi(x);
    if (Math.abs(x - ROOT) < 0.25) {
      const step = x - ROOT - ROOT_TAIL;
      let power = 1;
      return fsum(seriesAtRoot().map((c) => c * (power *= step)));
    }
    const terms = [];
    for (; x < ASYMPTOTIC; x++) terms.push(-1 / x);
    let power = 1;
    BERNOULLI.forEach((b, k) => terms.push(-b / (2 * (k + 1) * (power *= x * x))));
    return fsum([...terms, Math.log(x), -0.5 / x]);
  };
  const digamma = (x) => digammaOf(x) ?? (x === 0 ? -1 / x : NaN);

  // m!/x^(n + 1) for m <= n.
  const factorialOverPower = (m, n, x) => {
    let quotient = 1 / x;
    if (m < 100 && x > 1e-3 && x < 1e3) quotient = factorial(m) * pow(x, -(m + 1));
    else for (let k = 1; k <= m; k++) quotient *= k / x;
    return quotient * pow(x, m - n);
  };
  // (n-j)!/n! times the n-th derivative of pi*cot(pi*x) where cot(pi*x) is c.
  const cotDerivative = (n, j, c) => {
    let p = [0, Math.PI];
    for (let order = 1; order <= n; order++) {
      const next = new Array(p.length + 1).fill(0);
      for (let k = 1; k < p.length; k++) {
        const a = k * p[k] * (order > n - j ? Math.PI / order : Math.PI);
        next[k - 1] -= a;
        next[k + 1] -= a;
      }
      p = next;
    }
    const powers = p.map((_, k) => pow(c, k));
    return powers.some((x) => x - x !== 0) ? undefined : fsum(p.map((a, k) => a * powers[k]));
  };
  // (n-j)!/n! times the n-th derivative of digamma.
  const scaled = (n, j, x) => {
    if (!(n >= 0 && j >= 0 && j < Math.max(n, 1) && n % 1 === 0 && j % 1 === 0)) return undefined;
    if (n === 0) return digammaOf(x);
    if (pole(x) || n - j > HIGHEST || n > (x <= 0 ? HIGHEST_REFLECTED : HIGHEST_SCALED)) return undefined;
    if (x <= 0) {
      const turn = cotDerivative(n, j, cotpi(x)), mirrored = scaled(n, j, 1 - x);
      return turn === undefined || mirrored === undefined ? undefined : (n % 2 ? -mirrored : mirrored) - turn;
    }
    const terms = [];
    for (; x < ASYMPTOTIC + n; x++) terms.push(factorialOverPower(n - j, n, x));
    let leading = (factorialOverPower(n - j - 1, n - 1, x) * (n - j)) / n;
    terms.push(leading, factorialOverPower(n - j, n, x) / 2);
    if (terms.some((t) => Math.abs(t) === Infinity)) return undefined;
    BERNOULLI.forEach((b, i) => {
      const k = i + 1;
      leading *= ((n + 2 * k - 2) * (n + 2 * k - 1)) / ((2 * k - 1) * (2 * k) * (x * x));
      terms.push(b * leading);
    });
    const sum = fsum(terms);
    return sum === undefined ? undefined : n % 2 ? sum : -sum;
  };
  const psi = (n, j, x) => scaled(n, j, x) ?? polygammaEdge(n, x);
  const polygammaEdge = (n, x) => {
    if (!(n >= 0) || n % 1 !== 0 || x > 1) return NaN;
    return n % 2 ? Infinity : Math.abs(x) < 1 ? signed(-Infinity, x) : NaN;
  };
  const polygamma = (n, x) => psi(n, 0, x);

  return { digamma, erf, erfc, exp2, gamma, hypot, lgamma, max, min, mod, polygamma, pow, psi, round, sign };
})();
