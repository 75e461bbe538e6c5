// The evaluation table and the table of the sweep in view.

class Tables {
  constructor(app) {
    this.app = app;
    const pick = (node) => app.select(node), $ = (id) => document.getElementById(id);
    this.evaluation = new Book($("evaluation"), [
      { title: "node", role: "name" }, { title: "formula" }, { title: "with numbers", cut: true },
      { title: "value", role: "primal", number: true }, { title: "written as", role: "source", cut: true },
    ], pick);
    this.sweeps = {
      forward: [{ title: "tangent", role: "name" }, { title: "rule" }, { title: "with numbers", cut: true }, { title: "value", role: "tangent", number: true }],
      reverse: [{ title: "adjoint", role: "name" }, { title: "contributions" }, { title: "with numbers", cut: true }, { title: "value", role: "adjoint", number: true }],
    };
    this.pick = pick;
  }

  draw() {
    const { T, S } = this.app;
    const at = T.variables.slice(0, 6).map((name, i) => `${name} = ${T.number(T.point[i])}`).join(", ");
    this.nodes = this.app.filtered([...T.order]);
    this.evaluation.show(`Evaluation at ${at}${T.variables.length > 6 ? ", \u2026" : ""}`, {
      length: this.nodes.length + T.outputs.length, row: (i) => this.value(i),
    }, this.nodes.indexOf(S.node));
    if (this.mode !== S.mode) {
      this.mode = S.mode;
      this.sweep = new Book(document.getElementById("sweep"), this.sweeps[S.mode], this.pick);
    }
    if (S.mode === "forward") this.forward();
    else this.reverse();
  }

  classes(k, future, role) {
    const { T, S, hits } = this.app, names = [];
    if (k >= 0 && !T.active[k]) names.push("dim");
    if (future) names.push("future");
    if (k >= 0 && k === S.node) names.push("current", role);
    if (k >= 0 && hits.has(k)) names.push("hit");
    return names.join(" ");
  }

  value(i) {
    const { T, S, noted } = this.app, forward = S.mode === "forward";
    if (i >= this.nodes.length) {
      const { name, node } = T.outputs[i - this.nodes.length];
      const future = forward && T.order.length + i - this.nodes.length > S.cursor.forward;
      return { cells: [name, T.nodeText(node), "", future ? "" : T.valueText(node), ""], node: T.place[node] < 0 ? -1 : node, classes: future ? "future" : "" };
    }
    const k = this.nodes[i], future = forward && T.place[k] > S.cursor.forward, [text, numbers] = formula(T, k);
    const cells = [T.name[k], text, future ? "" : numbers, future ? "" : T.valueText(k), T.written(k)];
    return { cells, node: k, classes: this.classes(k, future, "primal"), current: k === S.node, sign: noted.get(k) };
  }

  forward() {
    const { T, S } = this.app, tangents = T.tangents(T.seeds[S.seed]), seed = T.variables[T.seeds[S.seed]];
    const nodes = this.nodes;
    this.sweep.show(seed === undefined ? "Forward sweep: no variable" : `Forward sweep, seed ${dot(seed)} = 1`, {
      length: nodes.length + T.outputs.length,
      row: (i) => {
        const k = i < nodes.length ? nodes[i] : -1, step = k < 0 ? T.order.length + i - nodes.length : T.place[k];
        const future = step > S.cursor.forward;
        const found = k >= 0 && T.isCondition(k)
          ? { title: T.name[k], rule: "a condition has no derivative", numbers: "", value: "" }
          : forwardStep(T, S, k, i - nodes.length);
        const cells = [found.title, found.rule, future ? "" : found.numbers, future ? "" : found.value];
        return { cells, node: k < 0 ? T.outputs[i - nodes.length].node : k, classes: this.classes(k, future, "tangent"), current: k === S.node };
      },
    }, nodes.indexOf(S.node));
  }

  reverse() {
    const { T, S } = this.app, { name } = T.outputs[S.output], adjoints = T.adjoints(S.output);
    const nodes = this.app.filtered([...T.backwards]), start = new Int32Array(nodes.length + 1);
    nodes.forEach((k, i) => (start[i + 1] = start[i] + adjointLines(T, k, S.output)));
    const here = nodes.indexOf(S.node);
    this.sweep.show(`Reverse sweep, seed ${bar(name)} = 1`, {
      length: start[nodes.length] + 1,
      row: (line) => {
        if (line === 0) return { cells: [bar(name), "seed", "", "1"], node: -1, classes: "" };
        const i = above(start, line - 1), k = nodes[i], future = T.backPlace[k] + 1 > S.cursor.reverse;
        const [title, text, numbers, value] = adjointLine(T, k, S.output, adjoints, line - 1 - start[i], (node) => T.group(node, S.output));
        const cells = [title, text, future ? "" : numbers, future ? "" : value];
        return { cells, node: k, classes: this.classes(k, future, "adjoint"), current: k === S.node };
      },
    }, here < 0 ? -1 : start[here] + 1);
  }

  // Everything in the document, for paper; and back.
  print(whole) {
    for (const book of [this.evaluation, this.sweep]) {
      book.whole = whole && book.source.length < 5000;
      book.draw();
    }
  }
}

// The last i with start[i] <= line.
function above(start, line) {
  let low = 0, high = start.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (start[middle] <= line) low = middle;
    else high = middle;
  }
  return low;
}
