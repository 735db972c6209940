"use strict";
/* Classes, response bands and threat levels: coded cells painted pixel by pixel, with their patterns.
   Between cell centres the code with the greatest bilinear weight wins, so that edges are smooth. */
const surfaces = (() => {
  const { colour, unpack } = tools;
  const CLASS_CODES = ["", "P", "C", "N", "E", "?"];
  const images = { classes: [], bands: [], threat: null };
  let outline = [];

  const rgb = (name) => [1, 3, 5].map((i) => parseInt(colour(name).slice(i, i + 2), 16));
  const rgba = (name, alpha) => {
    const [r, g, b] = rgb(name);
    return (Math.round(alpha * 255) << 24) | (b << 16) | (g << 8) | r;
  };

  const hatch = (pitch, width, ink, paper) => (x, y) => ((x + y) % pitch + pitch) % pitch < width ? ink : paper;
  const back = (pitch, width, ink, paper) => (x, y) => ((x - y) % pitch + pitch) % pitch < width ? ink : paper;
  const plain = (value) => () => value;

  const PAINTS = {
    protection: () => ({
      fill: [plain(0), plain(rgba("class-p-area", 0.95)),
        hatch(11, 3, rgba("class-c-line", 1), rgba("class-c-area", 1)),
        plain(rgba("class-n-area", 1)), plain(rgba("neighbour", 1)),
        back(9, 1.4, rgba("class-unknown", 0.7), rgba("ground", 1))],
      edge: (a, b) => (a === 1 || b === 1 ? rgba("class-p", 0.9) : a === 2 || b === 2 ? rgba("class-p", 0.55) : 0),
    }),
    response: () => ({
      fill: [plain(0), ...[1, 2, 3, 4].map((n) => plain(rgba(`response-${n}`, 0.9))),
        back(8, 1, rgba("ink3", 0.5), rgba("response-5", 1)),
        back(9, 1.4, rgba("class-unknown", 0.7), rgba("ground", 1)),
        ...[1, 2, 3, 4].map((n) => hatch(11, 2.4, rgba("land", 0.75), rgba(`response-${n}`, 0.9)))],
      edge: () => rgba("paper", 1),
    }),
    threat: () => ({
      fill: [plain(0), back(8, 1.1, rgba("ink3", 0.5), rgba("threat-0", 1)),
        ...[1, 2, 3, 4, 5].map((n) => plain(rgba(`threat-${n}`, map.getZoom() >= 9 ? 0.6 : 0.9)))],
      edge: () => rgba("land", 0.8),
    }),
  };

  /** Bands in which the air is the only way within 12 h get codes 7 to 10. */
  function onlyByAir(air, ground) {
    const pixels = air.pixels.map((code, i) => (code >= 1 && code <= 4 && ground.pixels[i] >= 5 ? code + 6 : code));
    return { ...air, pixels };
  }

  async function load(image) {
    return { ...image, pixels: await unpack(image.pixels) };
  }

  async function loadAll(rings) {
    outline = rings;
    images.classes = await Promise.all(data.surfaces.classes.map(load));
    const bands = await Promise.all(data.surfaces.bands.map(load));
    const half = bands.length / 2;
    images.bands = bands.map((image, i) => (i < half ? onlyByAir(image, bands[i + half]) : image));
    images.threat = await load(data.surfaces.threat);
  }

  function current() {
    if (state.theme === "threat") return images.threat;
    return (state.theme === "response" ? images.bands : images.classes)[state.chosen];
  }

  /** For each screen pixel of one axis: the cell before it and the weight of the cell after it. */
  function axis(length, start, end, cells) {
    const first = new Int32Array(length);
    const weight = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      const u = ((i + 0.5 - start) / (end - start)) * cells - 0.5;
      first[i] = Math.floor(u);
      weight[i] = u - first[i];
    }
    return { first, weight };
  }

  function heaviest(a, b, c, d, wx, wy) {
    if (a === b && a === c && a === d) return a;
    const wa = (1 - wx) * (1 - wy);
    const wb = wx * (1 - wy);
    const wc = (1 - wx) * wy;
    const wd = wx * wy;
    const ta = wa + (b === a ? wb : 0) + (c === a ? wc : 0) + (d === a ? wd : 0);
    const tb = wb + (a === b ? wa : 0) + (c === b ? wc : 0) + (d === b ? wd : 0);
    const tc = wc + (a === c ? wa : 0) + (b === c ? wb : 0) + (d === c ? wd : 0);
    const td = wd + (a === d ? wa : 0) + (b === d ? wb : 0) + (c === d ? wc : 0);
    if (ta >= tb && ta >= tc && ta >= td) return a;
    if (tb >= tc && tb >= td) return b;
    return tc >= td ? c : d;
  }

  function codes(image, width, height, corner) {
    const { pixels } = image;
    const across = axis(width, corner.west, corner.east, image.width);
    const down = axis(height, corner.north, corner.south, image.height);
    const at = (col, row) =>
      (col < 0 || row < 0 || col >= image.width || row >= image.height ? 0 : pixels[row * image.width + col]);
    const out = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      const row = down.first[y];
      if (row < -1 || row >= image.height) continue;
      for (let x = 0; x < width; x++) {
        const col = across.first[x];
        if (col < -1 || col >= image.width) continue;
        out[y * width + x] = heaviest(at(col, row), at(col + 1, row), at(col, row + 1), at(col + 1, row + 1),
          across.weight[x], down.weight[y]);
      }
    }
    return out;
  }

  function paint(cells, width, height, origin) {
    const { fill, edge } = PAINTS[state.theme]();
    const out = new Uint32Array(width * height);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const code = cells[i];
        if (!code) continue;
        const right = x + 1 < width ? cells[i + 1] : code;
        const below = y + 1 < height ? cells[i + width] : code;
        const line = right && right !== code ? edge(code, right) : below && below !== code ? edge(code, below) : 0;
        out[i] = line || fill[code](x + origin.x, y + origin.y);
      }
    }
    return new ImageData(new Uint8ClampedArray(out.buffer), width, height);
  }

  function clip(context, scale) {
    context.globalCompositeOperation = "destination-in";
    context.beginPath();
    for (const ring of outline) {
      ring.forEach((point, i) => {
        const at = map.latLngToContainerPoint(point);
        context[i ? "lineTo" : "moveTo"](at.x * scale, at.y * scale);
      });
      context.closePath();
    }
    context.fill("evenodd");
    context.globalCompositeOperation = "source-over";
  }

  const Surface = L.Layer.extend({
    onAdd() {
      this.canvas = tools.html("canvas", { "aria-hidden": "true" }, [], map.getPane("surface"));
      map.on("moveend resize", this.draw, this);
      this.draw();
    },
    draw() {
      const image = current();
      if (!image) return;
      const size = map.getSize();
      const scale = Math.min(2, window.devicePixelRatio || 1);
      const width = Math.round(size.x * scale);
      const height = Math.round(size.y * scale);
      Object.assign(this.canvas, { width, height });
      this.canvas.style.width = `${size.x}px`;
      this.canvas.style.height = `${size.y}px`;
      const origin = map.containerPointToLayerPoint([0, 0]);
      L.DomUtil.setPosition(this.canvas, origin);
      const [west, south, east, north] = image.bounds;
      const first = map.latLngToContainerPoint([north, west]).multiplyBy(scale);
      const last = map.latLngToContainerPoint([south, east]).multiplyBy(scale);
      const corner = { west: first.x, north: first.y, east: last.x, south: last.y };
      const cells = codes(image, width, height, corner);
      const context = this.canvas.getContext("2d");
      const shift = origin.multiplyBy(scale).round();
      context.putImageData(paint(cells, width, height, shift), 0, 0);
      clip(context, scale);
    },
  });

  return { CLASS_CODES, Surface, loadAll };
})();
