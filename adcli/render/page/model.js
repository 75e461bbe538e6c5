// The trace at the point the page is set to. Nodes are indices in tape order, rows of the tables places in `order`.

class Trace {
  constructor(data, kernels, conditions) {
    this.data = data;
    this.kernels = kernels;
    this.conditions = conditions;
    this.digits = data.digits;
    this.size = data.op.length;
    this.keys = Object.keys(data.rows);
    this.columns = [data.a, data.b, data.c];
    this.variables = data.variables;
    this.inputs = data.inputs;
    this.seeds = data.wrt; // places in inputs
    this.outputs = data.outputs.map(([name, node]) => ({ name, node }));
    this.start = data.point.map(numberOf);
    this.engine = makeEngine({
      keys: this.keys, op: data.op, a: data.a, b: data.b, c: data.c, inputs: data.inputs, wrt: data.wrt,
      literals: data.constants.map(([node, value]) => [node, numberOf(value)]), outputs: this.outputs.map((o) => o.node),
    }, kernels);
    this.constants = new Map(data.constants.map(([node, , text]) => [node, text]));
    this.bound = new Map(data.bound);
    this.named();
    this.using();
    this.reached = new Map();
    this.set(this.start);
  }

  // Names, and the order of the table.
  named() {
    const shown = this.size - this.constants.size, count = [...Array(shown).keys()];
    const { order, names, rows, op } = this.data;
    this.varying = this.engine.varying;
    this.order = Int32Array.from(order.length ? order : count.map((i) => i));
    const first = 1 - this.inputs.length;
    this.name = new Array(this.size);
    this.place = new Int32Array(this.size).fill(-1);
    this.order.forEach((k, i) => {
      this.name[k] = `v${names.length ? names[i] : first + i}`;
      this.place[k] = i;
    });
    this.byName = new Map(this.order.length ? [...this.order].map((k) => [this.name[k], k]) : []);
    const condition = this.keys.map((key) => rows[key].condition);
    this.isCondition = (k) => op[k] >= 0 && condition[op[k]];
    this.variable = new Map(this.inputs.map((k, i) => [k, this.variables[i]]));
    this.backwards = Int32Array.from([...this.order].reverse().filter((k) => !this.isCondition(k)));
    this.backPlace = new Int32Array(this.size).fill(-1);
    this.backwards.forEach((k, i) => (this.backPlace[k] = i));
  }

  // For every node the edges to its users, last user first: edge 3*user + place, in uses[useStart[k]..useStart[k+1]-1].
  using() {
    const count = new Int32Array(this.size + 1);
    this.edges((user, i, k) => count[k]++);
    this.useStart = new Int32Array(this.size + 1);
    for (let k = 0; k < this.size; k++) this.useStart[k + 1] = this.useStart[k] + count[k];
    const next = this.useStart.slice();
    this.uses = new Int32Array(this.useStart[this.size]);
    for (let user = this.size - 1; user >= 0; user--) {
      for (let i = 0; i < 3; i++) if (this.hasEdge(user, i)) this.uses[next[this.columns[i][user]]++] = 3 * user + i;
    }
  }

  hasEdge(user, i) {
    return this.engine.linked(user, i) && this.varying[this.columns[i][user]] === 1;
  }

  edges(visit) {
    for (let user = 0; user < this.size; user++) {
      for (let i = 0; i < 3; i++) if (this.hasEdge(user, i)) visit(user, i, this.columns[i][user]);
    }
  }

  // 1 for the nodes from which edges lead to an output.
  reaches(output) {
    let marks = this.reached.get(output);
    if (marks) return marks;
    marks = new Uint8Array(this.size);
    marks[this.outputs[output].node] = 1;
    for (let user = this.size - 1; user >= 0; user--) {
      for (let i = 0; marks[user] && i < 3; i++) if (this.hasEdge(user, i)) marks[this.columns[i][user]] = 1;
    }
    this.reached.set(output, marks);
    return marks;
  }

  set(point) {
    this.point = Array.from(point);
    this.engine.run(this.point);
    this.values = this.engine.values;
    this.partials = this.engine.partials;
    this.active = this.engine.active;
    this.kept = new Map();
    return this;
  }

  // What depends on the point alone, worked out when first asked for.
  once(key, make) {
    if (!this.kept.has(key)) this.kept.set(key, make());
    return this.kept.get(key);
  }

  tangents(input) {
    return this.once(`tangents ${input}`, () => this.engine.tangents(input));
  }

  adjoints(output) {
    return this.once(`adjoints ${output}`, () => this.engine.adjoints(output));
  }

  // The contributions to the adjoint of node k as texts.
  group(k, output) {
    return this.once(`group ${k} ${output}`, () => adjointTexts(this, k, output, this.adjoints(output)));
  }

  get notes() {
    return this.once("notes", () => this.engine.notes().map((note) => ({ ...note, message: noteText(this, note) })));
  }

  // The edges that an adjoint is summed over.
  contributions(k, output) {
    const found = [], marks = this.reaches(output);
    for (let u = this.useStart[k]; u < this.useStart[k + 1]; u++) {
      const edge = this.uses[u], user = Math.floor(edge / 3);
      if (marks[user]) found.push({ user, place: edge % 3 });
    }
    return found;
  }

  args(k) {
    return this.columns.map((column) => column[k]).filter((a) => a >= 0);
  }

  row(k) {
    return this.data.rows[this.keys[this.data.op[k]]];
  }

  kernel(k) {
    return this.kernels[this.keys[this.data.op[k]]];
  }

  number(x) {
    return display(x, this.digits);
  }

  valueText(k) {
    return this.isCondition(k) ? (this.values[k] ? "true" : "false") : this.number(this.values[k]);
  }

  // A node by name; a constant as it was written.
  nodeText(k) {
    return this.name[k] ?? this.constants.get(k).replace(/^\((.*)\)$/, "$1");
  }

  spans(k) {
    this.places ??= new Map(this.data.places.map(([node, ...ends]) => [node, ends]));
    const found = this.data.start[k] >= 0 ? [[this.data.start[k], this.data.end[k]]] : [];
    const ends = this.places.get(k) ?? [];
    for (let i = 0; i < ends.length; i += 2) found.push([ends[i], ends[i + 1]]);
    return found;
  }

  // What the user called it, or wrote.
  written(k) {
    if (this.bound.has(k)) return `${this.bound.get(k)} = ${this.name[k]}`;
    const spans = this.spans(k);
    if (!spans.length || this.variable.has(k)) return "";
    const text = this.source.slice(...spans[0]).join("").split(/\s+/).filter(Boolean).join(" ");
    return text + (spans.length > 1 ? `  (${spans.length} places)` : "");
  }

  // The program as characters, as spans count them.
  get source() {
    return (this.characters ??= Array.from(this.data.program));
  }
}

const numberOf = (x) => (typeof x === "string" ? { inf: Infinity, "-inf": -Infinity, nan: NaN }[x] : x);
const mark = (sign) => (name) => name[0] + sign + name.slice(1);
const bar = mark("\u0304"), dot = mark("\u0307");
