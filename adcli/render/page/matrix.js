// The Jacobian as a heat map: a cell chooses the seed and the output it is a derivative of.

const WIDEST = 24;

class Matrix {
  constructor(app) {
    this.app = app;
    this.section = document.getElementById("jacobian");
  }

  // By as few sweeps as there are rows or columns.
  rows() {
    const { T } = this.app, outputs = T.outputs.slice(0, WIDEST), seeds = T.seeds.slice(0, WIDEST);
    if (outputs.length <= seeds.length) return outputs.map((_, j) => seeds.map((i) => T.adjoints(j)[T.inputs[i]]));
    return outputs.map(({ node }) => seeds.map((i) => T.tangents(i)[node]));
  }

  draw() {
    const { T, S } = this.app, rows = this.rows(), sizes = rows.flat().map(Math.abs).filter(Number.isFinite);
    const most = sizes.reduce((x, y) => Math.max(x, y), 0) || 1, seeds = T.seeds.slice(0, WIDEST);
    const columns = seeds.map((_, c) => aligned(rows.map((row) => T.number(row[c] + 0))));
    const button = (text, label, act) => {
      const made = element("button", { type: "button", textContent: text });
      made.setAttribute("aria-label", label);
      made.addEventListener("click", act);
      return made;
    };
    const head = element("tr", {}, element("th", { scope: "col", textContent: "" }), ...seeds.map((i, c) => {
      const act = () => this.app.change({ mode: "forward", seed: c, path: true });
      const name = `${dot(T.variables[i])} = 1`;
      return element("th", { scope: "col", className: S.mode === "forward" && S.seed === c ? "chosen tangent" : "" }, button(name, `Forward sweep of ${T.variables[i]}`, act));
    }));
    const body = rows.map((row, r) => {
      const { name } = T.outputs[r], act = () => this.app.change({ mode: "reverse", output: r, path: true });
      const first = element("th", { scope: "row", className: S.mode === "reverse" && S.output === r ? "chosen adjoint" : "" }, button(`${bar(name)} = 1`, `Reverse sweep of ${name}`, act));
      return element("tr", {}, first, ...row.map((x, c) => this.cell(x, columns[c][r], r, c, most, button)));
    });
    const table = element("table", {}, element("caption", { textContent: "Jacobian: a row is one reverse sweep, a column one forward sweep" }), element("thead", {}, head), element("tbody", {}, ...body));
    const more = T.outputs.length > WIDEST || T.seeds.length > WIDEST;
    const foot = more ? [element("p", { className: "foot", textContent: `the first ${rows.length} of ${T.outputs.length} outputs and ${seeds.length} of ${T.seeds.length} variables` })] : [];
    this.section.replaceChildren(table, ...foot);
  }

  cell(x, text, r, c, most, button) {
    const { T, S } = this.app, name = `\u2202${T.outputs[r].name}/\u2202${T.variables[T.seeds[c]]}`;
    const made = element("td", {}, button(text, `${name} = ${text.trim()}`, () => this.app.change({ seed: c, output: r, path: true })));
    made.dataset.value = write(x);
    if (r === S.output && c === S.seed) made.classList.add("chosen");
    const share = Number.isFinite(x) ? Math.abs(x) / most : 1;
    if (x !== 0 && x === x) made.style.backgroundColor = `rgb(var(--${x < 0 ? "less" : "more"}) / ${(0.06 + 0.44 * share).toFixed(3)})`;
    return made;
  }
}
