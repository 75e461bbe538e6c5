// The paths from an input to an output by the size of the product of their partials, the largest first.

// A binary heap of [size, item], the largest size on top.
class Heap {
  constructor() {
    this.items = [];
  }

  push(size, item) {
    const { items } = this;
    let i = items.push([size, item]) - 1;
    for (let up = (i - 1) >> 1; i > 0 && items[up][0] < items[i][0]; i = up, up = (i - 1) >> 1) {
      [items[i], items[up]] = [items[up], items[i]];
    }
  }

  pop() {
    const { items } = this, top = items[0], last = items.pop();
    if (items.length) {
      items[0] = last;
      for (let i = 0; ; ) {
        let largest = i;
        for (const down of [2 * i + 1, 2 * i + 2]) {
          if (down < items.length && items[down][0] > items[largest][0]) largest = down;
        }
        if (largest === i) break;
        [items[i], items[largest]] = [items[largest], items[i]];
        i = largest;
      }
    }
    return top;
  }

  get size() {
    return this.items.length;
  }
}

// {count, total, found: [{nodes, places, product}], rest}: the `most` largest; what is left of the derivative is `rest`.
function largestPaths(T, input, output, most) {
  const from = T.inputs[input], to = T.outputs[output].node;
  const bound = new Float64Array(T.size).fill(-1), count = new Float64Array(T.size); // -1: no path from the input
  bound[from] = count[from] = 1;
  T.edges((user, i, k) => {
    if (bound[k] < 0) return;
    const p = Math.abs(T.partials[3 * user + i]), through = p === 0 || bound[k] === 0 ? 0 : p * bound[k];
    bound[user] = Math.max(bound[user], Number.isNaN(through) ? Infinity : through);
    count[user] += count[k];
  });
  const total = T.tangents(input)[to], found = [], heap = new Heap();
  if (bound[to] >= 0) heap.push(bound[to], { node: to, place: -1, product: 1, up: null });
  while (heap.size && found.length < most) {
    const [, step] = heap.pop();
    if (step.node === from) {
      found.push(walked(step));
      continue;
    }
    for (let i = 0; i < 3; i++) {
      if (!T.hasEdge(step.node, i)) continue;
      const node = T.columns[i][step.node];
      if (bound[node] < 0) continue;
      const product = T.engine.times(T.partials[3 * step.node + i], step.product);
      const size = product === 0 || bound[node] === 0 ? 0 : Math.abs(product) * bound[node];
      heap.push(Number.isNaN(size) ? Infinity : size, { node, place: i, product, up: step });
    }
  }
  const rest = found.reduce((left, path) => left - path.product, total);
  return { count: count[to], total, found, rest: found.length === count[to] ? 0 : rest };
}

function walked(step) {
  const nodes = [], places = [];
  for (let s = step; s; s = s.up) {
    nodes.push(s.node);
    if (s.up) places.push(s.place);
  }
  return { nodes, places, product: step.product };
}
