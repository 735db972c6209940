"use strict";
/* Base map, roads, areas and zone outlines: SVG paths whose colours stand in the style sheet. */
const lines = (() => {
  const { unpackLines } = tools;
  const groups = { roads: [], areas: [], ways: [] };
  const outlines = [];
  let select = () => {};

  const renderers = {};
  function pane(name, order) {
    map.createPane(name).style.zIndex = order;
    renderers[name] = L.svg({ pane: name, padding: 0.3 });
  }

  function path(points, className, paneName, filled, interactive) {
    const options = {
      className, pane: paneName, renderer: renderers[paneName], interactive: Boolean(interactive), smoothFactor: 0.6,
      fill: filled, stroke: true, weight: null, color: null, fillColor: null, opacity: null, fillOpacity: null, lineCap: null, lineJoin: null, fillRule: "evenodd",
    };
    return filled ? L.polygon(points, options) : L.polyline(points, options);
  }

  async function baseMap() {
    const { drawing } = data;
    const [theatre, borders, admin, lakes, swamps, rivers] = await Promise.all(
      ["theatre", "borders", "admin", "lakes", "swamps", "rivers"].map((name) => unpackLines(drawing[name])));
    path(borders, "country-line", "ground", false).addTo(map);
    path(theatre, "land", "ground", true).addTo(map);
    path(swamps, "swamp", "water", true).addTo(map);
    path(lakes, "lake", "water", true).addTo(map);
    path(rivers, "river", "water", false).addTo(map);
    path(admin, "admin-line", "borders", false).addTo(map);
    path(theatre, "outline-casing", "borders", true).addTo(map);
    path(theatre, "outline", "borders", true).addTo(map);
    return theatre;
  }

  async function roads() {
    for (const [kind, packed] of Object.entries(data.drawing.roads)) {
      const points = await unpackLines(packed);
      if (!points.length) continue;
      groups.roads.push(path(points, `road-casing ${kind}`, "roads", false), path(points, `road ${kind}`, "roads", false));
    }
    groups.roads.sort((a, b) => b.options.className.includes("casing") - a.options.className.includes("casing"));
  }

  async function areas() {
    for (const [index, area] of data.drawing.areas.entries()) {
      const shape = path(await unpackLines(area.outline), `area ${area.kind}`, "areas", true, true);
      shape.on("click", () => select("area", index));
      groups.areas.push(shape);
    }
  }

  async function ways() {
    const casings = [];
    const strokes = [];
    for (const [index, way] of data.ways.ways.entries()) {
      for (const part of way.parts) {
        const points = await unpackLines(part.line);
        casings.push(path(points, "way-casing", "ways", false));
        const line = path(points, `way way-${part.kind}`, "ways", false, true);
        line.on("click", () => select("way", index));
        line.way = index;
        strokes.push(line);
      }
    }
    groups.ways.push(...casings, ...strokes);
  }

  async function zones() {
    for (const [index, zone] of data.zones.entries()) {
      const points = await unpackLines(zone.outline);
      const casing = path(points, "zone-casing", "zones", true);
      const line = path(points, "zone", "zones", true, true);
      line.on("click", () => select("zone", index));
      outlines.push({ casing, line });
    }
  }

  function refresh() {
    for (const [name, group] of Object.entries(groups)) {
      for (const layer of group) {
        if (state.show[name]) layer.addTo(map);
        else layer.remove();
      }
    }
    for (const line of groups.ways) {
      const drawn = line.getElement();
      const chosen = state.selected && state.selected.kind === "way" && state.selected.index === line.way;
      if (drawn) drawn.classList.toggle("chosen", Boolean(chosen));
    }
    const level = overlay.level();
    map.getContainer().dataset.level = level;
    map.getContainer().classList.toggle("inked", state.theme !== "protection");
    outlines.forEach(({ casing, line }, index) => {
      const chosen = state.selected && state.selected.kind === "zone" && state.selected.index === index;
      const shown = overlay.zoneShown(data.zones[index], index);
      for (const layer of [casing, line]) {
        if (shown) layer.addTo(map);
        else layer.remove();
      }
      const drawn = line.getElement();
      if (drawn) drawn.classList.toggle("chosen", Boolean(chosen));
    });
  }

  async function start(onSelect) {
    select = onSelect;
    map.getPane("mapPane");
    pane("ground", 200);
    map.createPane("surface").style.zIndex = 210;
    pane("water", 220);
    pane("roads", 230);
    pane("borders", 240);
    pane("areas", 250);
    pane("zones", 260);
    pane("ways", 270);
    map.createPane("signs").style.zIndex = 450;
    const theatre = await baseMap();
    await Promise.all([roads(), areas(), zones(), ways()]);
    return theatre;
  }

  return { refresh, start };
})();
