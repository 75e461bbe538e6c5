// The steps of the sweeps: what each is about, in words, in symbols and in numbers, as adcli/report/steps.py has them.

// How many steps a sweep has, and which node (or output) each is about.
const stepCount = (T, S) => (S.mode === "forward" ? T.order.length + T.outputs.length : T.backwards.length + 1);

function stepOf(T, S, i) {
  if (S.mode === "forward") {
    return i < T.order.length ? { node: T.order[i], output: -1 } : { node: -1, output: i - T.order.length };
  }
  return i ? { node: T.backwards[i - 1], output: -1 } : { node: -1, output: S.output };
}

// The step that a node is reached at, or -1 for one without.
const stepAt = (T, S, k) => (S.mode === "forward" ? T.place[k] : T.backPlace[k] < 0 ? -1 : T.backPlace[k] + 1);

const listed = (names) => {
  const once = [...new Set(names)];
  if (once.length > 8) return `${once.slice(0, 6).join(", ")} and ${once.length - 6} others`;
  return once.length > 1 ? `${once.slice(0, -1).join(", ")} and ${once[once.length - 1]}` : once.join("");
};

// The one-line doc of a row up to its first aside: a comma, or brackets in which no parameter is mentioned.
function outermost(doc, mentioned) {
  let depth = 0;
  for (let i = 0; i < doc.length; i++) {
    depth += (doc[i] === "(") - (doc[i] === ")");
    const inside = doc.slice(i, doc.indexOf(")", i));
    if (depth === 0 && (",;".includes(doc[i]) || (doc.startsWith(" (", i) && !mentioned(inside)))) return doc.slice(0, i);
  }
  return doc;
}

// What a node computes: "product of v-1 and v0".
function meaning(T, k) {
  if (T.variable.has(k)) return `the input ${T.variable.get(k)}`;
  const row = T.row(k);
  if (row.condition) return `whether ${formula(T, k)[0]}`;
  const texts = T.args(k).map((a) => T.name[a] ?? T.constants.get(a)), left = new Map(row.params.map((p, i) => [p, texts[i]]));
  const word = new RegExp(`(?<![A-Za-z0-9_])(?:${row.params.join("|")})(?![A-Za-z0-9_])`, "g");
  const doc = outermost(row.doc, (text) => text.search(word) >= 0);
  const said = doc.replace(word, (name) => {
    left.delete(name);
    return texts[row.params.indexOf(name)];
  });
  if (left.size === row.params.length) return `${said} of ${listed([...left.values()])}`;
  return left.size ? `${said} at ${listed([...left.values()])}` : said;
}

// {title, words, rule, numbers, value, terms: [{node, rule, numbers, text}], role} of step i.
function stepTexts(T, S, i) {
  const { node, output } = stepOf(T, S, i);
  return S.mode === "forward" ? forwardStep(T, S, node, output) : reverseStep(T, S, node);
}

function forwardStep(T, S, k, output) {
  const tangents = T.tangents(T.seeds[S.seed]), seed = T.variables[T.seeds[S.seed]];
  if (k < 0) {
    const { name, node } = T.outputs[output], known = T.name[node];
    return {
      title: dot(name), words: `the output ${name} is ${T.nodeText(node)}`, rule: known ? dot(known) : "0", numbers: "",
      value: T.number(known ? tangents[node] : 0), terms: [],
      primal: { title: name, rule: T.nodeText(node), numbers: "", value: T.valueText(node) },
    };
  }
  const [text, put] = formula(T, k), name = T.name[k];
  const primal = { title: name, rule: text, numbers: put, value: T.valueText(k) };
  if (T.isCondition(k)) return { title: name, words: meaning(T, k), ...primal, terms: [], primal: null };
  if (T.variable.has(k)) {
    const own = T.variable.get(k);
    const words = own === seed ? `${own} is the seed` : `${own} is another input than ${seed}`;
    return { title: dot(name), words, rule: dot(own), numbers: "", value: T.number(tangents[k]), terms: [], primal };
  }
  const places = linkedPlaces(T, k), found = tangentTexts(T, k, tangents);
  const terms = places.map((place) => {
    const a = T.columns[place][k], [rule, numbers] = termTexts(T, k, place, dot(T.name[a]), tangents[a]);
    return { node: a, rule, numbers, term: T.engine.times(T.partials[3 * k + place], tangents[a]) };
  });
  sumTexts(terms.map((t) => t.term), tangents[k], T.digits)[0].forEach((shown, n) => (terms[n].text = shown));
  let words = `${name} is the ${meaning(T, k).replace(/^the /, "")}. Its tangent is `;
  words += places.length > 1 ? "the sum of each partial times its tangent." : "the partial times the tangent.";
  if (!places.length) words = `${name} does not change with ${seed}.`;
  return { title: dot(name), words, ...found, terms, primal };
}

function reverseStep(T, S, k) {
  const { name } = T.outputs[S.output];
  if (k < 0) {
    return { title: bar(name), words: `The seed: ${name} changes as itself.`, rule: "seed", numbers: "", value: "1", terms: [], primal: null };
  }
  const adjoints = T.adjoints(S.output), { terms, value } = T.group(k, S.output);
  const users = listed(terms.map((t) => (t.user < 0 ? name : T.name[t.user]))), own = T.name[k];
  let words = `${own} is used by ${users}: `;
  words += terms.length > 1 ? "the adjoint of each times its partial, added up." : "its adjoint times its partial.";
  if (terms[0].user < 0) words = terms[0].rule.startsWith("no ") ? `No path leads from ${own} to ${name}.` : terms.length > 1 ? words : `${own} is the output ${name}.`;
  return {
    title: bar(own), words, rule: joined(terms.map((t) => t.rule)), numbers: joined(terms.map((t) => t.numbers)), value,
    terms: terms.map((t) => ({ node: t.user, rule: t.rule, numbers: t.numbers, text: t.text ?? T.number(adjoints[k]) })),
    primal: null,
  };
}
