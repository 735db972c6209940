"use strict";
const data = JSON.parse(document.getElementById("document").textContent);
const map = map_coverage;
const state = {
  chosen: data.headline.first, theme: "protection", selected: null, end: data.incidents.months.length - 1,
  overview: 0,
  show: { incidents: false, sites: true, roads: true, areas: true, ways: false },
};

const tools = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const ARRAYS = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, int32: Int32Array };
  const DEGREES = 1e-5;

  const byId = (id) => document.getElementById(id);

  function add(parent, node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === false || value === null || value === undefined) continue;
      if (name === "text") node.textContent = value;
      else if (name === "click") node.addEventListener("click", value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children || []) node.append(child);
    if (parent) parent.append(node);
    return node;
  }
  const html = (tag, attributes, children, parent) =>
    add(parent, document.createElement(tag), attributes, children);
  const svg = (tag, attributes, children, parent) =>
    add(parent, document.createElementNS(SVG, tag), attributes, children);

  function whole(n) {
    return String(n).replace(/\B(?=(\d{3})+$)/g, data.labels.thousands);
  }

  function say(key, slots) {
    let sentence = data.labels.ui[key];
    if (typeof sentence !== "string") sentence = sentence[slots.n === 1 ? "one" : "other"];
    return sentence.replace(/\{(\w+)\}/g, (_, name) =>
      typeof slots[name] === "number" ? whole(slots[name]) : slots[name]);
  }

  function pieces(list, strongClass) {
    return list.map(([text, strong]) =>
      strong ? html("b", { text, class: strongClass || null }) : document.createTextNode(text));
  }

  async function unpack(column) {
    const bytes = Uint8Array.from(atob(column.data), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new ARRAYS[column.dtype](await new Response(stream).arrayBuffer());
  }

  async function unpackLines(lines) {
    const [counts, steps] = await Promise.all([unpack(lines.counts), unpack(lines.steps)]);
    const all = [];
    let at = 0;
    for (const count of counts) {
      const line = [];
      let x = 0;
      let y = 0;
      for (let i = 0; i < count; i++, at += 2) {
        x += steps[at];
        y += steps[at + 1];
        line.push([y * DEGREES, x * DEGREES]);
      }
      all.push(line);
    }
    return all;
  }

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  const currentCase = () => data.headline.cases[state.chosen];
  const classOf = (site) => site.classes[state.chosen];

  return { DEGREES, add, byId, classOf, colour, currentCase, html, pieces, say, svg, unpack, unpackLines, whole };
})();
