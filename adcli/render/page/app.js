// The state of the page, and what moves it: controls, keys, and the address.
//
// S: mode (forward, reverse), seed (of T.seeds), output (of T.outputs), cursor {forward, reverse}, node (the one selected).

const COMPARE = { ">": (x, y) => x > y, "<": (x, y) => x < y, "=": (x, y) => x === y, ">=": (x, y) => x >= y, "<=": (x, y) => x <= y };
const FILTERS = { nan: (x) => x !== x, inf: (x) => x === Infinity || x === -Infinity, zero: (x) => x === 0 };

class App {
  constructor(data) {
    this.T = new Trace(data, kernels, conditions);
    const { T } = this;
    this.S = { mode: data.mode === "forward" ? "forward" : "reverse", seed: 0, output: 0, cursor: { forward: 0, reverse: 0 }, node: -1 };
    this.hits = new Set();
    this.found = [];
    this.filter = "";
    this.path = null;
    this.noteAll();
    this.tables = new Tables(this);
    this.panels = new Panels(this);
    this.point = new Point(this);
    this.matrix = new Matrix(this);
    this.controls();
    this.S.cursor = { forward: T.order.length + T.outputs.length - 1, reverse: T.backwards.length };
    this.S.node = stepOf(T, this.S, this.S.cursor[this.S.mode]).node;
    this.graph = new Graph(this);
    this.fromAddress();
    this.graph.reveal(this.S.node);
    this.everything();
  }

  noteAll() {
    this.noted = new Map(this.T.notes.map((note) => [note.node, note.message]));
  }

  // What is drawn: all of it; or, after a step, all but what depends on the point alone.
  everything() {
    this.matrix.draw();
    this.panels.drawPaths();
    this.step();
  }

  step() {
    this.tables.draw();
    this.panels.draw();
    this.graph.draw();
    this.drawTimeline();
    this.toAddress();
  }

  // Changes

  go(i) {
    const { T, S } = this, last = stepCount(T, S) - 1;
    S.cursor[S.mode] = Math.max(0, Math.min(last, i));
    S.node = stepOf(T, S, S.cursor[S.mode]).node;
    this.graph.reveal(S.node);
    this.step();
  }

  select(k) {
    const { T, S } = this, at = stepAt(T, S, k);
    S.node = k;
    if (at >= 0) S.cursor[S.mode] = at;
    this.graph.reveal(k);
    this.step();
  }

  change({ mode, seed, output, path }) {
    const { S } = this;
    if (mode) S.mode = mode;
    if (seed !== undefined) S.seed = seed;
    if (output !== undefined) S.output = output;
    if (path || seed !== undefined || output !== undefined) this.path = null;
    S.node = stepOf(this.T, S, S.cursor[S.mode]).node;
    this.everything();
  }

  move(i, x) {
    const point = this.T.point.slice();
    point[i] = x;
    this.setPoint(point);
  }

  // At most once a frame: a slider may send more.
  setPoint(point) {
    this.T.point = Array.from(point);
    this.moving ??= requestAnimationFrame(() => {
      this.moving = undefined;
      this.recompute();
    });
  }

  recompute() {
    this.T.set(this.T.point);
    this.path = null;
    this.noteAll();
    this.point.draw();
    if (this.query) this.search(this.query, false);
    this.everything();
  }

  showPath(path) {
    this.path = path;
    this.panels.drawPaths();
    this.graph.draw();
  }

  // Search and filter

  search(query, move = true) {
    const { T } = this, text = query.trim(), compared = /^(>=|<=|>|<|=)\s*(.+)$/.exec(text);
    this.query = text;
    let matches = null;
    if (compared) {
      const x = readNumber(compared[2]);
      if (x !== null) matches = (k) => COMPARE[compared[1]](T.values[k], x) || (compared[1] === "=" && T.valueText(k) === compared[2]);
    } else if (Object.hasOwn(FILTERS, text)) matches = (k) => FILTERS[text](T.values[k]);
    else if (text) {
      const names = (k) => [T.name[k], T.variable.get(k), T.bound.get(k), T.variable.has(k) ? "" : T.row(k).label];
      matches = (k) => names(k).includes(text) || T.outputs.some((o) => o.node === k && o.name === text);
    }
    this.found = matches ? [...T.order].filter(matches) : [];
    this.hits = new Set(this.found);
    const count = this.found.length;
    document.getElementById("hits").textContent = !text ? "" : compared && !matches ? "no number" : `${count} ${count === 1 ? "hit" : "hits"}`;
    if (move && this.found.length) this.select(this.found[0]);
    else if (move) this.step();
  }

  nextHit() {
    if (!this.found.length) return;
    this.select(this.found[(this.found.indexOf(this.S.node) + 1) % this.found.length]);
  }

  // The nodes that the tables show.
  filtered(nodes) {
    const { T, S } = this;
    if (!this.filter) return nodes;
    if (this.filter === "note") return nodes.filter((k) => this.noted.has(k));
    const holds = FILTERS[this.filter], other = S.mode === "reverse" ? T.adjoints(S.output) : T.tangents(T.seeds[S.seed]);
    return nodes.filter((k) => !T.isCondition(k) && (holds(T.values[k]) || holds(other[k])));
  }

  // The timeline

  drawTimeline() {
    const { T, S } = this;
    for (const mode of ["forward", "reverse"]) {
      const count = stepCount(T, { ...S, mode }), range = document.getElementById(`cursor-${mode}`);
      range.max = count - 1;
      range.value = S.cursor[mode];
      range.setAttribute("aria-valuetext", `step ${S.cursor[mode] + 1} of ${count}`);
      document.getElementById(`count-${mode}`).textContent = `${S.cursor[mode] + 1} / ${count}`;
      const radio = document.getElementById(`mode-${mode}`);
      radio.checked = S.mode === mode;
      radio.closest(".track").classList.toggle("on", S.mode === mode);
    }
    document.getElementById("seed").value = S.seed;
    document.getElementById("output").value = S.output;
  }

  play(on = !this.timer) {
    clearInterval(this.timer);
    this.timer = undefined;
    const button = document.getElementById("play"), { S, T } = this;
    if (on) {
      if (S.cursor[S.mode] === stepCount(T, S) - 1) this.go(0);
      this.timer = setInterval(() => {
        if (S.cursor[S.mode] >= stepCount(T, S) - 1) this.play(false);
        else this.go(S.cursor[S.mode] + 1);
      }, Number(document.getElementById("speed").value));
    }
    button.textContent = on ? "stop" : "play";
    button.setAttribute("aria-label", on ? "Stop" : "Play");
  }

  controls() {
    const $ = (id) => document.getElementById(id), { T, S } = this;
    const on = (id, name, act) => $(id).addEventListener(name, act), here = () => S.cursor[S.mode];
    const acts = { home: () => this.go(0), back: () => this.go(here() - 1), next: () => this.go(here() + 1), end: () => this.go(Infinity) };
    this.acts = acts;
    for (const [id, act] of Object.entries(acts)) on(id, "click", () => (this.play(false), act()));
    on("play", "click", () => this.play());
    on("speed", "change", () => this.timer && this.play(true));
    for (const mode of ["forward", "reverse"]) {
      on(`mode-${mode}`, "change", () => this.change({ mode }));
      on(`cursor-${mode}`, "input", (event) => {
        S.mode = mode;
        this.go(Number(event.target.value));
      });
    }
    $("seed").append(...T.seeds.map((i, c) => element("option", { value: c, textContent: `${dot(T.variables[i])} = 1` })));
    $("output").append(...T.outputs.map((o, c) => element("option", { value: c, textContent: `${bar(o.name)} = 1` })));
    on("seed", "change", (event) => this.change({ seed: Number(event.target.value) }));
    on("output", "change", (event) => this.change({ output: Number(event.target.value) }));
    on("search", "input", (event) => this.search(event.target.value));
    on("search", "keydown", (event) => event.key === "Enter" && this.nextHit());
    on("filter", "change", (event) => {
      this.filter = event.target.value;
      this.step();
    });
    on("theme", "click", () => this.theme());
    on("help", "click", () => $("keys").showModal());
    on("zoom-in", "click", () => this.graph.zoom(1.4));
    on("zoom-out", "click", () => this.graph.zoom(1 / 1.4));
    on("zoom-fit", "click", () => this.graph.fit());
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("hashchange", () => {
      if (`#${new URLSearchParams(location.hash.slice(1))}` !== this.address) {
        this.fromAddress();
        this.recompute();
      }
    });
    window.addEventListener("beforeprint", () => this.tables.print(true));
    window.addEventListener("afterprint", () => this.tables.print(false));
  }

  theme() {
    const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  }

  key(event) {
    const { target } = event, field = target.matches("input[type=text], select"), slider = target.matches("input[type=range]");
    if (event.key === "Escape" && (field || slider)) target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || field || document.getElementById("keys").open) return;
    const { S, T } = this, key = event.key;
    if (slider && (/^Arrow|^Home$|^End$|^Page/.test(key))) return; // the slider's own
    const table = { ArrowRight: this.acts.next, ArrowLeft: this.acts.back, Home: this.acts.home, End: this.acts.end,
      f: () => this.change({ mode: "forward" }), r: () => this.change({ mode: "reverse" }), t: () => this.theme(),
      s: () => (S.mode === "forward" ? this.change({ seed: (S.seed + 1) % (T.seeds.length || 1) }) : this.change({ output: (S.output + 1) % T.outputs.length })),
      "/": () => document.getElementById("search").focus(), "?": () => document.getElementById("keys").showModal(),
      "+": () => this.graph.zoom(1.4), "-": () => this.graph.zoom(1 / 1.4), 0: () => this.graph.fit() };
    if (key === " " && !target.matches("button, input, [tabindex='0'] tr")) table[" "] = () => this.play();
    const act = table[key];
    if (!act) return;
    event.preventDefault();
    if (/^Arrow|Home|End/.test(key)) this.play(false);
    act();
  }

  // The address: #mode=reverse&step=12&seed=x1&output=y&x1=2.5

  toAddress() {
    const { T, S } = this, parts = new URLSearchParams({ mode: S.mode, step: S.cursor[S.mode] + 1 });
    if (S.seed) parts.set("seed", T.variables[T.seeds[S.seed]]);
    if (S.output) parts.set("output", T.outputs[S.output].name);
    T.point.forEach((x, i) => {
      if (x !== T.start[i]) parts.set(this.coordinate(i), write(x));
    });
    this.address = `#${parts}`;
    clearTimeout(this.writing);
    this.writing = setTimeout(() => history.replaceState(null, "", this.address), 120); // browsers count these calls
  }

  // A variable by its name, but for those that mean something else here: at.step.
  coordinate(i) {
    const name = this.T.variables[i];
    return ["mode", "step", "node", "seed", "output"].includes(name) ? `at.${name}` : name;
  }

  fromAddress() {
    const { T, S } = this, parts = new URLSearchParams(location.hash.slice(1));
    if (["forward", "reverse"].includes(parts.get("mode"))) S.mode = parts.get("mode");
    const seed = T.seeds.findIndex((i) => T.variables[i] === parts.get("seed")), output = T.outputs.findIndex((o) => o.name === parts.get("output"));
    S.seed = Math.max(0, seed);
    S.output = Math.max(0, output);
    const point = T.start.map((x, i) => {
      const given = readNumber(parts.get(this.coordinate(i)) ?? "");
      return given !== null && Number.isFinite(given) ? given : x;
    });
    if (point.some((x, i) => x !== T.point[i])) {
      T.set(point);
      this.noteAll();
      this.point.draw();
    }
    const step = readNumber(parts.get("step") ?? ""), node = T.byName.get(parts.get("node"));
    if (step !== null) S.cursor[S.mode] = Math.max(0, Math.min(stepCount(T, S), Math.round(step)) - 1);
    if (node !== undefined && stepAt(T, S, node) >= 0) S.cursor[S.mode] = stepAt(T, S, node);
    S.node = stepOf(T, S, S.cursor[S.mode]).node;
  }
}

const app = new App(JSON.parse(document.getElementById("data").textContent));
