// Tables as books set them, of which only the rows in view are in the document where there are many.

function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made && name !== "list") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const isNumber = (text) => /^[-\u2248~]*([0-9]|inf|nan)/.test(text);

function point(text) {
  const place = text.indexOf(".");
  if (place >= 0) return place;
  const power = /^[-\u2248~]*[0-9]+e/.test(text) ? text.indexOf("e") : -1;
  return power >= 0 ? power : text.length;
}

// Numbers padded so that their decimal points stand under each other.
function aligned(texts) {
  const head = texts.reduce((most, text) => (isNumber(text) ? Math.max(most, point(text)) : most), 0);
  const padded = texts.map((text) => (isNumber(text) ? " ".repeat(head - point(text)) + text : text));
  const room = padded.reduce((most, text) => Math.max(most, text.length), 0);
  return padded.map((text, i) => (isNumber(texts[i]) ? text.padEnd(room) : text.padStart(room)));
}

const ALL = 120, HEIGHT = 22, MARGIN = 10; // rows that are all drawn; pixels of one; rows drawn beyond the view

// columns: [{title, role, number, cut}]; source: {length, row(i) -> {cells, node, classes, sign}}; pick(node) on a click.
class Book {
  constructor(section, columns, pick) {
    this.section = section;
    this.pick = pick;
    this.caption = element("caption");
    this.columns = columns;
    this.headings = columns.map((c) => element("th", { scope: "col", className: c.role ?? "", textContent: c.title }));
    this.body = element("tbody");
    this.table = element("table", {}, this.caption, element("thead", {}, element("tr", {}, ...this.headings)), this.body);
    section.replaceChildren(this.table);
    section.onscroll = () => this.long && this.scrolled(); // in the place of the book that was there before
    this.body.addEventListener("click", (event) => {
      const row = event.target.closest("tr[data-node]");
      if (row) this.pick(Number(row.dataset.node));
    });
    this.source = { length: 0 };
    this.whole = false; // for print
  }

  get long() {
    return this.source.length > ALL && !this.whole;
  }

  // Another content, scrolled only where row `i` would be out of sight, and only within the table. Read first, then drawn
  // once: to ask a size of what was just changed costs a layout.
  show(caption, source, i = -1) {
    this.source = source;
    let top = this.section.scrollTop;
    const { clientHeight } = this.section, room = clientHeight - 3 * HEIGHT, y = i * HEIGHT;
    const moves = source.length > ALL && i >= 0 && (y < top || y > top + room);
    if (moves) top = Math.max(0, y - clientHeight / 2);
    this.caption.textContent = caption;
    this.section.classList.toggle("scroll", source.length > ALL);
    this.table.setAttribute("aria-rowcount", source.length + 1);
    this.draw(top, clientHeight);
    if (moves) this.section.scrollTop = top;
  }

  // Rows that are not in the document yet.
  scrolled() {
    const { scrollTop, clientHeight } = this.section, top = Math.floor(scrollTop / HEIGHT);
    const last = Math.min(this.source.length, top + Math.ceil((clientHeight || 500) / HEIGHT));
    if (top < this.first || last > this.last) this.draw(scrollTop, clientHeight);
  }

  draw(scrollTop = this.section.scrollTop, clientHeight = this.section.clientHeight) {
    const { length } = this.source;
    let first = 0, last = length;
    if (this.long) {
      const top = Math.floor(scrollTop / HEIGHT), seen = Math.ceil((clientHeight || 500) / HEIGHT);
      first = Math.max(0, Math.min(top, length - seen) - MARGIN);
      last = Math.min(length, top + seen + MARGIN);
    }
    [this.first, this.last] = [first, last];
    const rows = [];
    for (let i = first; i < last; i++) rows.push(this.source.row(i));
    const cells = this.columns.map((column, c) => {
      const texts = rows.map((row) => row.cells[c]);
      return column.number ? aligned(texts) : texts;
    });
    const drawn = rows.map((row, i) => this.line(row, first + i, cells.map((column) => column[i])));
    if (first) drawn.unshift(this.space(first));
    if (last < length) drawn.push(this.space(length - last));
    this.body.replaceChildren(...drawn);
  }

  line(row, i, cells) {
    const made = element("tr", { className: row.classes ?? "" });
    made.setAttribute("aria-rowindex", i + 2);
    if (row.node >= 0) made.dataset.node = row.node;
    if (row.current) made.setAttribute("aria-current", "step");
    cells.forEach((text, c) => {
      const column = this.columns[c], heads = c === 0;
      const cell = element(heads ? "th" : "td", { className: (column.role ?? "") + (column.cut ? " cut" : ""), textContent: text });
      if (heads) cell.scope = "row";
      if (heads && row.sign) cell.append(element("span", { className: "sign", title: row.sign, textContent: " !" }));
      if (column.cut) cell.title = text;
      made.append(cell);
    });
    return made;
  }

  space(rows) {
    const cell = element("td", { colSpan: this.columns.length });
    cell.style.height = `${rows * HEIGHT}px`;
    return element("tr", { className: "space", ariaHidden: "true" }, cell);
  }
}
