// The engines of adcli over flat columns: one linearisation, two sweeps, what is active, and the notes of a point.
//
//   const engine = makeEngine(tape, kernels);
//
// `kernels` is what adcli.numbers.script writes: key -> {value, partials, domain, kink, taken}. `tape` holds arrays or
// typed arrays; nodes are indices 0..n-1, arguments before their users:
//
//   keys      the keys of the rows in use
//   op        per node, an index into keys; -1 for a leaf (an input or a literal)
//   a, b, c   per node, its arguments; -1 where there is none
//   inputs    nodes of the variables, in order
//   literals  [[node, value], ...], values as numbers
//   outputs   nodes of the results
//   wrt       positions in `inputs` of the variables differentiated (all, when left out): they decide which kinks count
//
//   engine.run(point)     one number per input; fills the columns below and returns the engine
//   engine.values         Float64Array(n); conditions are 1 or 0
//   engine.partials       Float64Array(3n): the partial of node k in its i-th argument is partials[3*k + i]
//   engine.linked(k, i)   whether that edge exists: false for a structural zero, and where there is no argument
//   engine.varying        Uint8Array(n): 1 where an input is below the node; constants have no tangents or adjoints
//   engine.active         Uint8Array(n): 1 where an output depends on the node at this point
//   engine.tangents(i)    a new Float64Array(n): tangents of every node for the seed 1 on the i-th input
//   engine.adjoints(j)    a new Float64Array(n): adjoints of every node for the seed 1 on the j-th output
//   engine.notes()        [{node, kind, place}], in tape order; kind is domain, overflow or kink; place is the argument
//                         whose partial is not finite or has the kink, -1 where it is the value
//   engine.times(p, w)    the absolute product of the sweeps
//
// Columns are overwritten by the next run. A structural zero is 0 in `partials`; nothing is raised: inf and nan appear.

function makeEngine(tape, kernels) {
  "use strict";
  const size = tape.op.length;
  const op = Int32Array.from(tape.op);
  const columns = [tape.a, tape.b, tape.c].map((column) => Int32Array.from(column));
  const [first, second, third] = columns;
  const { inputs, outputs } = tape;
  const rows = tape.keys.map((key) => kernels[key]);

  const values = new Float64Array(size);
  const partials = new Float64Array(3 * size);
  const varying = depending(inputs);
  const moving = tape.wrt ? depending(tape.wrt.map((i) => inputs[i])) : varying;
  // Bit i of links[key]: the row has a partial in its i-th argument. Structure does not depend on the point.
  const links = rows.map((row) => {
    const slopes = row.partials ? row.partials(...new Array(row.partials.length).fill(NaN)) : [];
    return slopes.reduce((bits, p, i) => bits | ((p === null ? 0 : 1) << i), 0);
  });
  // What the sweeps read: bit i of edges[k] is set where the i-th partial meets an argument that varies.
  const edges = new Uint8Array(size);
  const linked = (k, i) => op[k] >= 0 && ((links[op[k]] >> i) & 1) === 1;
  for (let k = 0; k < size; k++) {
    for (let i = 0; i < 3; i++) if (linked(k, i) && varying[columns[i][k]]) edges[k] |= 1 << i;
  }
  const steps = [];
  for (let k = 0; k < size; k++) if (op[k] >= 0 && varying[k]) steps.push(k);

  let marks = null;
  for (const [node, value] of tape.literals) values[node] = value;
  for (let k = 0; k < size; k++) if (op[k] >= 0 && !varying[k]) linearise(k);

  function depending(nodes) {
    const found = new Uint8Array(size);
    for (const node of nodes) found[node] = 1;
    for (let k = 0; k < size; k++) {
      for (const column of columns) if (column[k] >= 0 && found[column[k]]) found[k] = 1;
    }
    return found;
  }

  function linearise(k) {
    const row = rows[op[k]], slopes = row.partials, x = values[first[k]];
    let p;
    if (second[k] < 0) {
      const v = (values[k] = row.value(x));
      if (slopes) p = slopes(v, x);
    } else if (third[k] < 0) {
      const y = values[second[k]], v = (values[k] = row.value(x, y));
      if (slopes) p = slopes(v, x, y);
    } else {
      const y = values[second[k]], z = values[third[k]], v = (values[k] = row.value(x, y, z));
      if (slopes) p = slopes(v, x, y, z);
    }
    if (p) for (let i = 0; i < p.length; i++) partials[3 * k + i] = p[i];
  }

  function run(point) {
    for (let i = 0; i < inputs.length; i++) values[inputs[i]] = point[i];
    for (let s = 0; s < steps.length; s++) linearise(steps[s]);
    marks = null;
    return engine;
  }

  // 0 where either factor is exactly 0, even against inf and nan.
  function times(p, w) {
    return p === 0 || w === 0 ? 0 : p * w;
  }

  function tangents(input) {
    const found = new Float64Array(size);
    if (inputs[input] !== undefined) found[inputs[input]] = 1;
    for (let s = 0; s < steps.length; s++) {
      const k = steps[s], bits = edges[k];
      let total = 0;
      if (bits & 1) total += times(partials[3 * k], found[first[k]]);
      if (bits & 2) total += times(partials[3 * k + 1], found[second[k]]);
      if (bits & 4) total += times(partials[3 * k + 2], found[third[k]]);
      found[k] = total;
    }
    return found;
  }

  function adjoints(output) {
    const found = new Float64Array(size);
    if (outputs[output] !== undefined) found[outputs[output]] = 1;
    for (let s = steps.length - 1; s >= 0; s--) {
      const k = steps[s], w = found[k], bits = edges[k];
      if (w === 0) continue;
      if (bits & 1) found[first[k]] += times(partials[3 * k], w);
      if (bits & 2) found[second[k]] += times(partials[3 * k + 1], w);
      if (bits & 4) found[third[k]] += times(partials[3 * k + 2], w);
    }
    return found;
  }

  // A condition of a row at the arguments of node k; what a row does not take it does not read.
  function holds(condition, k) {
    return condition(values[first[k]], second[k] < 0 ? 0 : values[second[k]], third[k] < 0 ? 0 : values[third[k]]);
  }

  function active() {
    if (marks) return marks;
    marks = new Uint8Array(size);
    for (const node of outputs) marks[node] = 1;
    for (let k = size - 1; k >= 0; k--) {
      if (!marks[k] || op[k] < 0) continue;
      const { taken } = rows[op[k]], reads = taken ? holds(taken, k) : null;
      for (let i = 0; i < 3; i++) if (columns[i][k] >= 0 && (!reads || reads[i])) marks[columns[i][k]] = 1;
    }
    return marks;
  }

  const finite = (x) => x - x === 0;

  // The kind of note that a node deserves and the argument it is about, or null where it only passes on what came in.
  function remark(k, kinked) {
    const { domain } = rows[op[k]], places = [0, 1, 2].filter((i) => columns[i][k] >= 0);
    if (!finite(values[k])) {
      if (!places.every((i) => finite(values[columns[i][k]]))) return null;
      return { kind: domain && !holds(domain, k) ? "domain" : "overflow", place: -1 };
    }
    const moves = (i) => moving[columns[i][k]] === 1;
    const broken = places.find((i) => linked(k, i) && moves(i) && !finite(partials[3 * k + i]));
    if (broken !== undefined) return { kind: "domain", place: broken };
    const place = places.find(moves);
    return kinked && place !== undefined ? { kind: "kink", place } : null;
  }

  function notes() {
    const found = [], here = active();
    for (let k = 0; k < size; k++) {
      if (!here[k] || op[k] < 0) continue;
      const { kink } = rows[op[k]], kinked = kink !== undefined && holds(kink, k);
      const sum = values[k] + partials[3 * k] + partials[3 * k + 1] + partials[3 * k + 2];
      const spoken = kinked || !finite(sum) ? remark(k, kinked) : null;
      if (spoken) found.push({ node: k, ...spoken });
    }
    return found;
  }

  const engine = {
    values, partials, varying, linked, run, times, tangents, adjoints, notes,
    get active() {
      return active();
    },
  };
  return engine;
}
