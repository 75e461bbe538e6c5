// The point: a field and a slider for every variable. Every number follows while it moves.

const STEPS = 400, FIELDS = 60;

class Point {
  constructor(app) {
    this.app = app;
    const { T } = app, section = document.getElementById("point");
    this.fields = T.variables.slice(0, FIELDS).map((name, i) => {
      const field = element("input", { type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false });
      const slider = element("input", { type: "range", min: 0, max: STEPS, step: 1 });
      field.setAttribute("aria-label", `Value of ${name}`);
      slider.setAttribute("aria-label", `Slider of ${name}`);
      field.dataset.variable = slider.dataset.variable = name;
      field.addEventListener("input", () => this.typed(i));
      slider.addEventListener("input", () => this.app.move(i, this.slid(i)));
      const label = element("label", { textContent: name, title: name });
      section.append(element("div", { className: "variable" }, label, field, slider));
      return { field, slider };
    });
    if (T.variables.length > FIELDS) section.append(element("p", { className: "foot", textContent: `\u2026 and ${T.variables.length - FIELDS} more variables` }));
    const reset = element("button", { type: "button", id: "reset", textContent: "reset" });
    reset.setAttribute("aria-label", "Back to the point of the trace");
    reset.addEventListener("click", () => this.app.setPoint(T.start));
    if (this.fields.length) section.append(element("div", { className: "buttons" }, reset));
    this.ranges = T.start.map((x) => {
      const reach = Number.isFinite(x) && x !== 0 ? Math.abs(x) : 1, middle = Number.isFinite(x) ? x : 0;
      return [middle - reach, middle + reach];
    });
    this.draw();
  }

  slid(i) {
    const [low, high] = this.ranges[i], share = Number(this.fields[i].slider.value) / STEPS;
    const x = low + share * (high - low);
    return Number(x.toPrecision(6)); // a number that a person would write
  }

  typed(i) {
    const { field } = this.fields[i], x = readNumber(field.value);
    field.setAttribute("aria-invalid", String(x === null || !Number.isFinite(x)));
    if (x !== null && Number.isFinite(x)) this.app.move(i, x);
  }

  draw() {
    const { T } = this.app;
    this.fields.forEach(({ field, slider }, i) => {
      const x = T.point[i], [low, high] = this.ranges[i];
      if (document.activeElement !== field || readNumber(field.value) !== x) {
        field.value = write(x);
        field.setAttribute("aria-invalid", "false");
      }
      slider.value = Math.round(((x - low) / (high - low)) * STEPS);
      slider.setAttribute("aria-valuetext", write(x));
    });
  }
}
