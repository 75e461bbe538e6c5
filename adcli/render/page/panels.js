// The program, the current step, the paths, the notes and the constants.

const PATHS = 12, LONG_PROGRAM = 600, ENDS = 12; // ENDS: contributions shown at either end of very many
const SHORTCUTS = [
  ["\u2192 \u2190", "one step on, one back"], ["Home End", "to the start, to the end"], ["Space", "play or stop"],
  ["f r", "forward sweep, reverse sweep"], ["s", "the next seed or output"], ["/", "search: v12, sin, >10, =0.5, nan"],
  ["Enter", "the next hit, in the search field"], ["+ \u2212 0", "zoom in, out, fit"], ["t", "light or dark"], ["?", "this list"], ["Esc", "close, leave a field"],
];

class Panels {
  constructor(app) {
    this.app = app;
    const $ = (id) => document.getElementById(id);
    this.program = $("program");
    this.program.classList.toggle("long", app.T.source.length > LONG_PROGRAM);
    this.program.addEventListener("click", (event) => this.clicked(event));
    this.step = $("step");
    this.paths = $("paths");
    this.notes = $("notes");
    const { data } = app.T;
    if (data.long.length) {
      const rows = data.long.map(([name, text]) => element("tr", {}, element("th", { scope: "row", textContent: name }), element("td", { textContent: text })));
      $("constants").append(element("table", {}, element("caption", { textContent: "Constants" }), element("tbody", {}, ...rows)));
    } else $("constants").hidden = true;
    const keys = $("keys"), list = SHORTCUTS.flatMap(([key, what]) => [element("dt", { textContent: key }), element("dd", { textContent: what })]);
    const close = element("button", { type: "button", textContent: "close" });
    close.addEventListener("click", () => keys.close());
    keys.append(element("h2", { textContent: "Keyboard" }), element("dl", {}, ...list), close);
  }

  draw() {
    this.drawProgram();
    this.drawStep();
    this.drawNotes();
  }

  // The program with every place of the current node marked.
  drawProgram() {
    const { T, S } = this.app, spans = S.node >= 0 ? T.spans(S.node).sort((a, b) => a[0] - b[0]) : [], pieces = [];
    const role = S.mode === "forward" ? "tangent" : "adjoint";
    let end = 0;
    for (const [start, stop] of spans) {
      if (start < end) continue;
      pieces.push(T.source.slice(end, start).join(""), element("mark", { className: role, textContent: T.source.slice(start, stop).join("") }));
      end = stop;
    }
    pieces.push(T.source.slice(end).join(""));
    this.program.replaceChildren(...pieces);
  }

  // The node of the smallest span at the click.
  clicked(event) {
    const caret = document.caretPositionFromPoint?.(event.clientX, event.clientY), range = caret ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
    const inside = caret?.offsetNode ?? range?.startContainer, offset = caret?.offset ?? range?.startOffset;
    if (!inside || !this.program.contains(inside)) return;
    const before = document.createRange();
    before.setStart(this.program, 0);
    before.setEnd(inside, offset);
    const at = Array.from(before.toString()).length, { T } = this.app;
    let best = -1, least = Infinity;
    for (const k of T.order) {
      for (const [start, stop] of T.spans(k)) {
        if (start <= at && at <= stop && stop - start < least) [best, least] = [k, stop - start];
      }
    }
    if (best >= 0) this.app.select(best);
  }

  drawStep() {
    const { T, S, noted } = this.app, i = S.cursor[S.mode], count = stepCount(T, S);
    const { node } = stepOf(T, S, i), found = stepTexts(T, S, i), role = S.mode === "forward" ? "tangent" : "adjoint";
    const heading = element("h2", {}, element("span", { className: role, textContent: found.title }), " ", element("span", { className: "count", textContent: `step ${i + 1} of ${count}, ${S.mode} sweep` }));
    const formulas = element("div", { className: "formulas" });
    for (const [part, name] of [[found.primal, "primal"], [found, role]]) {
      if (!part) continue;
      const texts = [part.rule, part.numbers, part.value].filter((text, n, all) => text && (n === 2 || text !== all[n - 1]) && !(n < 2 && text === all[2]));
      texts.forEach((text, n) => formulas.append(element("span", { className: name, textContent: n ? "=" : `${part.title} =` }), element("span", { textContent: shortened(text, 600), className: n === texts.length - 1 ? name : "" })));
    }
    const made = [heading, element("p", { className: "words", textContent: found.words }), formulas];
    if (found.terms.length > 1) made.push(this.contributions(found, role));
    else if (found.terms.length === 1 && found.terms[0].node >= 0) made.push(this.follow(found.terms[0].node));
    if (noted.has(node)) made.push(element("p", { className: "spoken", textContent: noted.get(node) }));
    this.step.replaceChildren(...made);
    const line = `Step ${i + 1} of ${count}: ${found.title} = ${found.value}. ${found.words}`;
    const live = document.getElementById("live");
    if (live.textContent !== line) live.textContent = line;
  }

  follow(node) {
    const { T } = this.app, made = element("button", { type: "button", textContent: `go to ${T.name[node]}` });
    made.addEventListener("click", () => this.app.select(node));
    return made;
  }

  // Every contribution, and what they add up to; a click follows one to its source.
  contributions(found, role) {
    const { T } = this.app, values = aligned([...found.terms.map((t) => t.text), found.value]);
    const line = (cells, node, className) => {
      const made = element("tr", { className }, element("th", { scope: "row", textContent: cells[0] }), ...cells.slice(1).map((text, n) => element("td", { textContent: text, className: n === 2 ? role : "" })));
      if (node >= 0) {
        made.tabIndex = 0;
        const go = () => this.app.select(node);
        made.addEventListener("click", go);
        made.addEventListener("keydown", (event) => event.key === "Enter" && go());
      }
      return made;
    };
    const many = found.terms.length > 2 * ENDS + 1, last = found.terms.length - ENDS;
    const rows = found.terms.flatMap((t, i) => {
      if (many && i === ENDS) return [line(["", `\u2026 ${last - ENDS} more`, "", ""], -1, "dim")];
      if (many && i > ENDS && i < last) return [];
      const sign = t.rule.startsWith("-") ? "- " : i ? "+ " : "  ";
      return line([t.node < 0 ? "seed" : `from ${T.name[t.node]}`, sign + t.rule.replace(/^-/, ""), t.numbers, values[i]], t.node, "");
    });
    rows.push(line(["", `= ${found.title}`, "", values[values.length - 1]], -1, "total"));
    const table = element("table", {}, element("caption", { textContent: "Contributions" }), element("tbody", {}, ...rows));
    return element("div", { className: "book" }, table);
  }

  drawPaths() {
    const { T, S } = this.app;
    if (!T.seeds.length) return;
    const input = T.seeds[S.seed], from = T.variables[input], to = T.outputs[S.output].name;
    const { count, total, found, rest } = largestPaths(T, input, S.output, PATHS), left = count - found.length;
    const terms = [...found.map((path) => path.product), ...(left ? [rest] : [])];
    const [texts, sum, addsUp] = terms.length > 1 ? sumTexts(terms, total, T.digits) : [terms.map((x) => T.number(x)), T.number(total), true];
    const shown = aligned([...texts, (addsUp ? "" : "\u2248") + sum]), steps = " \u2192 ";
    const rows = found.map((path, i) => {
      const names = [from, ...path.nodes.slice(1).map((k) => T.name[k]), to].join(steps), factors = [];
      for (let n = path.nodes.length - 1; n > 0; n--) factors.push(T.number(T.partials[3 * path.nodes[n] + path.places[path.places.length - n]] ?? 1));
      const same = this.app.path && String(this.app.path.nodes) === String(path.nodes) && String(this.app.path.places) === String(path.places);
      const button = element("button", { type: "button", textContent: "show", ariaPressed: String(Boolean(same)) });
      button.addEventListener("click", () => this.app.showPath(same ? null : path));
      return element("tr", { className: same ? "chosen" : "" }, element("td", {}, button), element("th", { scope: "row", className: "cut", textContent: names, title: names }), element("td", { className: "adjoint", textContent: shown[i] }));
    });
    if (left) rows.push(element("tr", { className: "dim" }, element("td"), element("th", { scope: "row", textContent: `\u2026 ${left.toLocaleString("en")} more` }), element("td", { textContent: shown[found.length] })));
    rows.push(element("tr", { className: "total" }, element("td"), element("th", { scope: "row", textContent: `= \u2202${to}/\u2202${from}` }), element("td", { className: "adjoint", textContent: shown[shown.length - 1] })));
    const caption = count ? `Paths from ${from} to ${to}: products of the partials, largest first` : `No path leads from ${from} to ${to}`;
    this.paths.replaceChildren(element("table", {}, element("caption", { textContent: caption }), element("tbody", {}, ...rows)));
  }

  drawNotes() {
    const { T } = this.app, items = T.notes.slice(0, 200).map((note) => {
      const button = element("button", { type: "button", textContent: note.message });
      button.addEventListener("click", () => this.app.select(note.node));
      return element("li", {}, button);
    });
    this.notes.hidden = !items.length;
    this.notes.replaceChildren(element("h2", { textContent: "Notes" }), element("ul", {}, ...items));
  }
}
