// Formulas, rules and sums in node names and with numbers, as adcli/report/trace.py and formulas.py write them.

// A template with its places filled in: `text` gives that of a place, in brackets where it is negative and needs them.
function filled(template, text) {
  return template.replace(/\{(.)\}|\[(.)\]/g, (_, bare, guarded) => {
    const found = text(bare ?? guarded);
    return guarded && found.startsWith("-") ? `(${found})` : found;
  });
}

const PLACES = "abc";

// The node that stands at a place of node k's formula.
const at = (T, k, place) => (place === "v" ? k : T.columns[PLACES.indexOf(place)][k]);
const nameAt = (T, k) => (place) => T.name[at(T, k, place)] ?? T.constants.get(at(T, k, place));
const numberAt = (T, k) => (place) => T.valueText(at(T, k, place));

// [formula, the same with numbers]
function formula(T, k) {
  if (T.variable.has(k)) return [T.variable.get(k), ""];
  const template = T.data.templates[T.data.template[k]][0];
  return [filled(template, nameAt(T, k)), filled(template, numberAt(T, k))];
}

// {partial, term, choice}: the templates of the rule that holds at this point, and whether others hold elsewhere.
function rule(T, k, i) {
  let tree = T.data.templates[T.data.template[k]][1 + i];
  const choice = typeof tree[0] === "number";
  const value = (column) => (column[k] >= 0 ? T.values[column[k]] : 0);
  while (typeof tree[0] === "number") {
    tree = T.conditions[tree[0]](...T.columns.map(value), T.values[k]) ? tree[1] : tree[2];
  }
  return { partial: tree[0], term: tree[1], choice };
}

// [the partial of node k in its i-th argument, the same with numbers]
function partialTexts(T, k, i) {
  const { partial } = rule(T, k, i);
  return [filled(partial, nameAt(T, k)), filled(partial, numberAt(T, k))];
}

// [its product with a tangent or adjoint, the same with numbers]
function termTexts(T, k, i, weightName, weight) {
  const { term } = rule(T, k, i), names = nameAt(T, k), numbers = numberAt(T, k);
  return [
    filled(term, (place) => (place === "w" ? weightName : names(place))),
    filled(term, (place) => (place === "w" ? T.number(weight) : numbers(place))),
  ];
}

// Terms as a sum: a + b - c.
function joined(terms) {
  return terms.reduce((text, term) => {
    if (!text) return term;
    return term.startsWith("-") ? `${text} - ${term.slice(1)}` : `${text} + ${term}`;
  }, "");
}

const linkedPlaces = (T, k) => [0, 1, 2].filter((i) => T.hasEdge(k, i));

// The tangent of node k: {rule, numbers, value}. Printed terms add up to the printed value.
function tangentTexts(T, k, tangents) {
  const rules = [], numbers = [], terms = [];
  for (const i of linkedPlaces(T, k)) {
    const a = T.columns[i][k], [text, number] = termTexts(T, k, i, dot(T.name[a]), tangents[a]);
    rules.push(text);
    numbers.push(number);
    terms.push(T.engine.times(T.partials[3 * k + i], tangents[a]));
  }
  const total = tangents[k];
  let [shown, value, addsUp] = sumTexts(terms, total, T.digits);
  shown = shown.map((text, n) => (rules[n][0] === "-" && text === "0" ? "-0" : text));
  let put = joined(numbers);
  if (terms.length > 1 && put !== joined(shown)) {
    const bare = numbers.every((number) => /^-*\d+\.?\d*$|^-*\.\d+$/.test(number));
    put = bare ? joined(shown) : `${put} = ${joined(shown)}`;
  }
  if (terms.length === 1) value = T.number(total);
  return { rule: joined(rules) || "0", numbers: put, value: addsUp || terms.length < 2 ? value : `\u2248${value}` };
}

// The adjoint of node k: {terms: [{user, place, rule, numbers, text}], value}. A term without user is the seed.
function adjointTexts(T, k, output, adjoints) {
  const { name, node } = T.outputs[output], terms = [];
  if (node === k) terms.push({ user: -1, place: -1, rule: bar(name), numbers: "1", term: 1 });
  for (const { user, place } of T.contributions(k, output)) {
    const w = adjoints[user], [text, numbers] = termTexts(T, user, place, bar(T.name[user]), w);
    terms.push({ user, place, rule: text, numbers, term: T.engine.times(T.partials[3 * user + place], w) });
  }
  if (!terms.length) terms.push({ user: -1, place: -1, rule: `no path to ${name}`, numbers: "", term: 0 });
  if (terms.length < 2) return { terms, value: T.number(adjoints[k]) };
  const [shown, value, addsUp] = sumTexts(terms.map((t) => t.term), adjoints[k], T.digits);
  terms.forEach((t, i) => (t.text = shown[i]));
  return { terms, value: addsUp ? value : `\u2248${value}` };
}

// How many lines the adjoint of a node takes in the table: one a term, and one for their sum.
function adjointLines(T, k, output) {
  const marks = T.reaches(output);
  let count = T.outputs[output].node === k ? 1 : 0;
  for (let u = T.useStart[k]; u < T.useStart[k + 1]; u++) count += marks[Math.floor(T.uses[u] / 3)];
  return count < 2 ? 1 : count + 1;
}

// One of those lines: [name, rule, numbers, value].
function adjointLine(T, k, output, adjoints, line, group) {
  const found = group(k), name = bar(T.name[k]);
  if (found.terms.length < 2) {
    const [only] = found.terms;
    return [name, only.rule, only.numbers, found.value];
  }
  if (line === found.terms.length) return ["", `= ${name}`, "", found.value];
  const term = found.terms[line], sign = term.rule.startsWith("-") ? "- " : line ? "+ " : "  ";
  return [line ? "" : name, sign + term.rule.replace(/^-/, ""), term.numbers, term.text];
}

// Notes, in the words of adcli/engines/notes.py

const LEVEL = { multiply: 6, power: 8 }, STEP = 2 ** -20;

function applied(row, texts) {
  if (!row.infix) return `${row.label}(${texts.join(", ")})`;
  const wrapped = texts.map((text) => (text.startsWith("-") ? `(${text})` : text));
  if (texts.length === 1) return `${row.infix}${/^[a-z]/.test(row.infix) ? " " : ""}${wrapped[0]}`;
  return wrapped.join(row.level === LEVEL.multiply || row.level === LEVEL.power ? row.infix : ` ${row.infix} `);
}

function noteText(T, { node, kind, place }) {
  const row = T.row(node), args = T.args(node).map((a) => T.values[a]), value = T.values[node];
  const here = `${T.name[node] ? `${T.name[node]} = ` : ""}${applied(row, args.map(write))}`;
  if (place < 0) {
    if (kind === "domain") return `${here} is ${write(value)}: ${applied(row, row.params)} needs ${row.domain}`;
    return `${here} is ${write(value)}: beyond the range of binary64`;
  }
  const wrt = args.length > 1 ? ` in ${row.params[place]}` : "", partial = T.partials[3 * node + place];
  if (kind === "domain") return `${here} has no finite derivative${wrt} here: its partial is ${write(partial)}`;
  if (row.condition) return `${here} holds or fails with equality: the derivative is that of the branch taken`;
  return `${here} ${sides(T.kernel(node), args, place, wrt)}; used ${write(partial)}`;
}

// The one-sided derivatives, or the jump of the value.
function sides(kernel, args, i, wrt) {
  const step = STEP * Math.max(1, Math.abs(args[i]));
  const [low, high] = [-step, step].map((by) => {
    const moved = args.map((x, n) => (n === i ? x + by : x)), value = kernel.value(...moved);
    return { value, partial: kernel.partials(value, ...moved)[i] };
  });
  const explained = 2 * step * (Math.abs(low.partial) + Math.abs(high.partial)) + step / 2;
  if (Math.abs(high.value - low.value) > explained) return `jumps here${wrt}`;
  return `has a kink here${wrt}: left ${write(low.partial)}, right ${write(high.partial)}`;
}
