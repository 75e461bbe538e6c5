// The drawing of the graph: only what is in view is in the document. Far away, nodes are dots.

const ACROSS = 196, DOWN = 74, WIDE = 138, TALL = 54, UNIT = 100; // units of the drawing a level, a place, a node
const NEAR = 0.7; // the scale of a part of a graph that is too large to be read as a whole
const CLOSE = 0.42, MOST = 700, BUSY = 60; // the scale below which, the nodes beyond which, they are dots; edges of a node

const svg = (tag, properties = {}, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(properties)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};
const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}\u2026` : text);

class Graph {
  constructor(app) {
    this.app = app;
    const { T } = app, { data } = T;
    this.drawing = document.getElementById("drawing");
    this.x = data.x.map((x) => (x / UNIT) * ACROSS);
    this.y = data.y.map((y) => (y / UNIT) * DOWN);
    this.from = data.edges.filter((_, i) => i % 2 === 0);
    this.to = data.edges.filter((_, i) => i % 2 === 1);
    this.bends = new Map(data.routes.map(([e, ...ends]) => [e, ends]));
    this.touching = new Map();
    this.from.forEach((a, e) => {
      for (const k of [a, this.to[e]]) this.touching.has(k) ? this.touching.get(k).push(e) : this.touching.set(k, [e]);
    });
    this.results = new Map();
    for (const { name, node } of T.outputs) this.results.set(node, [...(this.results.get(node) ?? []), name]);
    const arrow = svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerUnits: "userSpaceOnUse", markerWidth: 8, markerHeight: 8, orient: "auto" }, svg("path", { d: "M0,0L8,4L0,8z" }));
    [this.below, this.above] = [svg("g"), svg("g")];
    this.layer = svg("g", {}, this.below, this.above);
    this.drawing.replaceChildren(svg("title", {}, "The graph of the trace"), svg("defs", {}, arrow), this.layer);
    this.moves();
    this.fit();
    if (this.dots) this.scale = NEAR; // of a large graph what is near the step, not a cloud of dots
  }

  // Zoom and pan: `scale` pixels a unit, (left, top) the unit at the upper left corner.
  fit() {
    const { width, height } = this.size(), nodes = this.app.T.order;
    let right = 0, bottom = 0;
    for (const k of nodes) {
      right = Math.max(right, this.x[k] + WIDE);
      bottom = Math.max(bottom, this.y[k] + TALL);
    }
    const room = 14;
    this.scale = Math.min(1.25, (width - 2 * room) / (right || 1), (height - 2 * room) / (bottom || 1));
    this.left = (right - width / this.scale) / 2;
    this.top = (bottom - height / this.scale) / 2;
    this.draw();
  }

  // Asked once, and again when it changes: to ask while the page is being changed costs a layout.
  size() {
    this.extent ??= this.drawing.getBoundingClientRect();
    return { width: this.extent.width || 700, height: this.extent.height || 330 };
  }

  zoom(factor, px, py) {
    const { width, height } = this.size(), x = px ?? width / 2, y = py ?? height / 2;
    const scale = Math.min(3, Math.max(0.002, this.scale * factor));
    this.left += x / this.scale - x / scale;
    this.top += y / this.scale - y / scale;
    this.scale = scale;
    this.draw();
  }

  moves() {
    const d = this.drawing;
    d.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = d.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    let held = null, far = false;
    d.addEventListener("pointerdown", (event) => {
      held = [event.clientX, event.clientY];
      far = false;
    });
    d.addEventListener("pointermove", (event) => {
      if (!held) return;
      const [x, y] = held;
      if (!far && Math.hypot(event.clientX - x, event.clientY - y) < 4) return;
      far = true;
      this.left -= (event.clientX - x) / this.scale;
      this.top -= (event.clientY - y) / this.scale;
      held = [event.clientX, event.clientY];
      this.draw();
    });
    for (const name of ["pointerup", "pointerleave"]) d.addEventListener(name, () => (held = null));
    d.addEventListener("click", (event) => {
      if (far) return;
      const node = event.target.closest("[data-node]");
      if (node) this.app.select(Number(node.dataset.node));
      else if (this.dots) this.nearest(event);
    });
    d.addEventListener("keydown", (event) => {
      const by = { ArrowUp: [0, -60], ArrowDown: [0, 60] }[event.key];
      if (!by) return;
      event.preventDefault();
      this.top += by[1] / this.scale;
      this.draw();
    });
    new ResizeObserver(() => {
      this.extent = null;
      this.draw();
    }).observe(d);
  }

  nearest(event) {
    const box = this.drawing.getBoundingClientRect(), reach = 24 / this.scale;
    const x = this.left + (event.clientX - box.left) / this.scale, y = this.top + (event.clientY - box.top) / this.scale;
    let best = -1, least = reach;
    for (const k of this.app.T.order) {
      const far = Math.hypot(this.x[k] + WIDE / 2 - x, this.y[k] + TALL / 2 - y);
      if (far < least) [best, least] = [k, far];
    }
    if (best >= 0) this.app.select(best);
  }

  // Bring a node into view, where it is not.
  reveal(k) {
    if (k < 0 || this.app.T.place[k] < 0) return;
    const { width, height } = this.size();
    const x = (this.x[k] - this.left) * this.scale, y = (this.y[k] - this.top) * this.scale;
    if (x >= 0 && y >= 0 && x + WIDE * this.scale <= width && y + TALL * this.scale <= height) return;
    this.left = this.x[k] + WIDE / 2 - width / 2 / this.scale;
    this.top = this.y[k] + TALL / 2 - height / 2 / this.scale;
  }

  draw() {
    const { T, S } = this.app, { width, height } = this.size();
    this.drawing.classList.toggle("reverse", S.mode === "reverse");
    const view = [this.left, this.top, this.scale, width, height].join(" ");
    if (view !== this.view) {
      this.view = view;
      const right = this.left + width / this.scale, bottom = this.top + height / this.scale;
      this.seen = T.order.filter((k) => this.x[k] + WIDE >= this.left && this.x[k] <= right && this.y[k] + TALL >= this.top && this.y[k] <= bottom);
      this.dots = this.scale < CLOSE || this.seen.length > MOST;
      this.layer.setAttribute("transform", `scale(${this.scale}) translate(${-this.left} ${-this.top})`);
      this.below.replaceChildren(...(this.dots ? this.points() : []));
    }
    this.above.replaceChildren(...(this.dots ? this.marks() : this.boxes()));
  }

  // Far away: every node a dot, all of them one path, which stays as it is while the view does.
  points() {
    const made = [], { seen } = this;
    if (seen.length <= 4000) {
      const lines = new Set(Array.from(seen).flatMap((k) => this.touching.get(k) ?? []));
      made.push(svg("path", { class: "edge", d: [...lines].map((e) => this.way(e)).join("") }));
    }
    return [...made, this.dotted("dots", seen, 1)];
  }

  // And above them those that matter now.
  marks() {
    const { S, hits, path } = this.app, drawn = (k) => this.app.T.place[k] >= 0;
    return [this.dotted("dots hit", [...hits].filter(drawn), 2), this.dotted("dots lit", [S.node, ...(path?.nodes ?? [])].filter(drawn), 2)];
  }

  dotted(name, nodes, times) {
    const width = times * Math.max(5, Math.min(26, 8 / this.scale), 1.5 / this.scale); // a pixel and a half at least
    return svg("path", { class: name, "stroke-width": width, d: Array.from(nodes, (k) => `M${this.x[k] + WIDE / 2} ${this.y[k] + TALL / 2}h0`).join("") });
  }

  // Of a node that very many use some edges are drawn, and those to the nodes in view.
  boxes() {
    const seen = Array.from(this.seen), shown = new Set(seen.flatMap((k) => (this.touching.get(k) ?? []).slice(0, BUSY))), step = this.stepEdges(), path = this.pathEdges();
    const lines = [], labels = [];
    for (const e of shown) {
      const lit = step.has(e), name = `edge${lit ? " lit" : ""}${path.has(e) ? " path" : ""}`;
      lines.push(svg("path", { class: name, d: this.way(e), "marker-end": "url(#arrow)" }));
      if (this.scale > 0.6) labels.push(this.label(e, lit));
    }
    return [...lines, ...labels, ...seen.map((k) => this.box(k))];
  }

  way(e) {
    const a = this.from[e], b = this.to[e], bends = this.bends.get(e) ?? [], points = [[this.x[a] + WIDE, this.y[a] + TALL / 2]];
    for (let i = 0; i < bends.length; i += 2) {
      const x = (bends[i] / UNIT) * ACROSS, y = (bends[i + 1] / UNIT) * DOWN + TALL / 2;
      points.push([x, y], [x + WIDE, y]);
    }
    points.push([this.x[b] - 2, this.y[b] + TALL / 2]);
    let d = `M${points[0]}`;
    for (let i = 1; i < points.length; i++) {
      const [x0, y0] = points[i - 1], [x1, y1] = points[i], half = (x1 - x0) / 2;
      d += y0 === y1 ? `L${x1},${y1}` : `C${x0 + half},${y0} ${x1 - half},${y1} ${x1},${y1}`;
    }
    return d;
  }

  // The partials of the edge, at its end: several where a node is used twice.
  label(e, lit) {
    const { T } = this.app, a = this.from[e], b = this.to[e];
    const values = linkedPlaces(T, b).filter((i) => T.columns[i][b] === a).map((i) => T.number(T.partials[3 * b + i]));
    const bends = this.bends.get(e), x = bends ? (bends[bends.length - 2] / UNIT) * ACROSS + WIDE : this.x[a] + WIDE;
    const y = bends ? (bends[bends.length - 1] / UNIT) * DOWN : this.y[a], end = this.x[b];
    return svg("text", { class: `label${lit ? " lit" : ""}`, x: x + 0.5 * (end - x), y: TALL / 2 + y + 0.5 * (this.y[b] - y) + 3.5, "text-anchor": "middle" }, shortened(joined(values), 14));
  }

  stepEdges() {
    const { T, S } = this.app, k = S.node, found = new Set();
    for (const e of this.touching.get(k) ?? []) {
      if (S.mode === "forward" ? this.to[e] === k : this.from[e] === k && T.reaches(S.output)[this.to[e]]) found.add(e);
    }
    return found;
  }

  pathEdges() {
    const nodes = this.app.path?.nodes ?? [], found = new Set();
    for (let i = 1; i < nodes.length; i++) {
      for (const e of this.touching.get(nodes[i]) ?? []) if (this.from[e] === nodes[i - 1] && this.to[e] === nodes[i]) found.add(e);
    }
    return found;
  }

  box(k) {
    const { T, S, hits, noted } = this.app, forward = S.mode === "forward", variable = T.variable.get(k), results = this.results.get(k);
    const step = stepAt(T, S, k), future = step > S.cursor[S.mode], names = ["node"];
    if (variable !== undefined) names.push("input");
    if (results) names.push("result");
    if (future) names.push("future");
    if (!T.active[k]) names.push("off");
    if (k === S.node) names.push("current");
    if (hits.has(k)) names.push("hit");
    const title = variable !== undefined ? `${T.name[k]} = ${variable}` : `${T.name[k]}${results ? ` = ${results.join(" = ")}` : ""}`;
    const derivative = T.isCondition(k) ? "" : this.derivative(k);
    const made = svg("g", { class: names.join(" "), "data-node": k, transform: `translate(${this.x[k]} ${this.y[k]})` },
      svg("title", {}, `${T.name[k]} = ${formula(T, k)[0]}`), svg("rect", { class: "box", width: WIDE, height: TALL, rx: 6 }),
      svg("text", { class: "title", x: 8, y: 15 }, shortened(title, 18)),
      svg("text", { class: "op", x: 8, y: 30 }, variable !== undefined ? "" : shortened(formula(T, k)[0], 18)),
      svg("text", { class: "value", x: 8, y: 46 }, forward && future ? "" : shortened(T.valueText(k), 9)),
      svg("text", { class: "derivative", x: WIDE - 8, y: 46, "text-anchor": "end" }, future ? "" : shortened(derivative, 9)));
    if (noted.has(k)) made.append(svg("text", { class: "sign", x: WIDE - 8, y: 15, "text-anchor": "end" }, "!"));
    return made;
  }

  derivative(k) {
    const { T, S } = this.app;
    if (S.mode === "reverse") return T.number(T.adjoints(S.output)[k]);
    return T.seeds.length ? T.number(T.tangents(T.seeds[S.seed])[k]) : "";
  }
}
