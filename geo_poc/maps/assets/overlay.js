"use strict";
/* Signs and names over the map: sites, zone discs, incidents, bases, labels; drawn anew after each move. */
const overlay = (() => {
  const { DEGREES, classOf, svg, unpack } = tools;
  const SECTOR = 7.75;
  const LOCAL = 9;
  const WINDOW = 12;
  const FIRST_ZONES = 9;
  const CLOSER = 0.9;
  const LARGE_TOWN = 2;
  const columns = {};
  const pen = document.createElement("canvas").getContext("2d");
  let root = null;
  let select = () => {};
  let taken = [];

  const level = () => (map.getZoom() < SECTOR ? 0 : map.getZoom() < LOCAL ? 1 : 2);
  const at = (lat, lon) => map.latLngToContainerPoint([lat, lon]);
  const inView = (p, size) => p.x > -30 && p.y > -30 && p.x < size.x + 30 && p.y < size.y + 30;

  async function load() {
    for (const name of ["lon", "lat", "month", "kind", "approximate", "drawn"]) {
      columns[name] = await unpack(data.incidents[name]);
    }
  }

  function place(group, node, p, attributes) {
    return svg("g", { transform: `translate(${p.x.toFixed(1)} ${p.y.toFixed(1)})`, ...attributes }, [node], group);
  }

  const box = (x, y, width, height) => ({ x, y, width, height });
  const meets = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  const around = (p, half) => box(p.x - half, p.y - half, 2 * half, 2 * half);

  function drawSites(group, size) {
    if (!state.show.sites) return [];
    const names = [];
    const now = level();
    data.places.sites.forEach((site, index) => {
      if (!site.camp && now === 0 && site.size < LARGE_TOWN) return;
      const p = at(site.lat, site.lon);
      if (!inView(p, size)) return;
      const chosen = state.selected && state.selected.kind === "site" && state.selected.index === index;
      place(group, symbols.site(site, classOf(site), now), p,
        { class: chosen ? "hit chosen" : "hit", "data-kind": "site", "data-index": index });
      taken.push(around(p, site.camp ? [4, 6, 11][now] : 4));
      const named = site.camp ? now === 2 : site.size === LARGE_TOWN || now > 0;
      if (named) names.push({ p, text: site.name, kind: site.camp ? "site-name" : `town-${Math.max(0, site.size)}`, reach: site.camp ? 11 : 6, rank: site.camp ? 0 : 1 + site.size });
    });
    return names;
  }

  /** With the whole theatre in view the first zones only, closer all of them; the chosen one always. */
  function zoneShown(zone, index) {
    const chosen = state.selected && state.selected.kind === "zone" && state.selected.index === index;
    return chosen || zone.rank <= FIRST_ZONES || (level() > 0 && map.getZoom() >= state.overview + CLOSER);
  }

  const zonesInView = (size) => data.zones.map((zone, index) => ({ zone, index, p: at(zone.lat, zone.lon) }))
    .filter(({ zone, index, p }) => zoneShown(zone, index) && inView(p, size));

  /** Discs give way to bases and to each other, in rings around their place. */
  function drawDiscs(group, size, bases) {
    const blocked = bases.map((p) => box(p.x - 16, p.y - 15, 44, 30));
    if (state.show.sites) {
      const half = [5, 8, 13][level()];
      blocked.push(...data.places.sites.filter((s) => s.camp).map((s) => around(at(s.lat, s.lon), half)));
    }
    for (const { zone, index, p } of zonesInView(size)) {
      let spot = p;
      for (let i = 0; i < 24 && blocked.some((b) => meets(b, around(spot, 12))); i++) {
        const turn = (i % 8) * (Math.PI / 4);
        const away = 22 + Math.floor(i / 8) * 14;
        spot = L.point(p.x + away * Math.sin(turn), p.y - away * Math.cos(turn));
      }
      blocked.push(around(spot, 12));
      taken.push(around(spot, 12));
      const chosen = state.selected && state.selected.kind === "zone" && state.selected.index === index;
      place(group, symbols.disc(zone.rank), spot, { class: chosen ? "hit chosen" : "hit", "data-kind": "zone", "data-index": index });
    }
  }

  function drawBases(group, size) {
    const names = [];
    const now = level();
    data.bases.forEach((base, index) => {
      const p = at(base.lat, base.lon);
      if (!inView(p, size)) return;
      place(group, symbols.base(base, [0.8, 1, 1.2][now]), p, {
        class: "hit base", tabindex: 0, role: "button", "data-kind": "base", "data-index": index,
        "aria-label": [base.name, base.kind].join(", "),
      });
      const scale = [0.8, 1, 1.2][now];
      taken.push(box(p.x - 15 * scale, p.y - 14 * scale, (base.aviation ? 40 : 30) * scale, 28 * scale));
      names.push({ p, text: base.name, kind: "base-name", reach: (base.aviation ? 26 : 15) * scale + 3, rank: 9 });
    });
    return names;
  }

  function shownIncidents() {
    const last = state.end;
    const shown = [];
    for (let i = 0; i < data.incidents.count; i++) {
      const month = columns.month[i];
      if (columns.drawn[i] && month <= last && month > last - WINDOW) shown.push(i);
    }
    return shown;
  }

  function drawIncidents(group, size, fixed) {
    if (!state.show.incidents) return;
    const cells = new Map();
    const pitch = [52, 44, 1][level()];
    for (const i of shownIncidents()) {
      const p = at(columns.lat[i] * DEGREES, columns.lon[i] * DEGREES);
      if (!inView(p, size)) continue;
      const own = level() === 2 ? columns.kind[i] : "";
      const key = [Math.floor(p.x / pitch), Math.floor(p.y / pitch), own].join();
      const cell = cells.get(key) || { x: 0, y: 0, indices: [], attacks: 0 };
      cell.x += p.x;
      cell.y += p.y;
      cell.indices.push(i);
      cell.attacks += columns.kind[i] === 0;
      cells.set(key, cell);
    }
    const blocked = level() === 2 ? taken.slice() : fixed.slice();
    for (const cell of cells.values()) drawCell(group, cell, blocked);
  }

  function drawCell(group, cell, blocked) {
    const count = cell.indices.length;
    const half = level() === 2 ? 7 : 12;
    const middle = L.point(cell.x / count, cell.y / count);
    let p = middle;
    for (let i = 0; i < 32 && blocked.some((b) => meets(b, around(p, half))); i++) {
      const away = half * (1 + Math.floor(i / 8) * 0.7);
      p = L.point(middle.x + away * Math.sin((i * Math.PI) / 4), middle.y - away * Math.cos((i * Math.PI) / 4));
    }
    blocked.push(around(p, half));
    const first = cell.indices[0];
    const sign = level() === 2
      ? symbols.incident(columns.kind[first], cell.indices.some((i) => columns.approximate[i]))
      : symbols.ring(count, cell.attacks);
    if (level() === 2 && count > 1) sign.append(svg("text", { x: 8, y: -4, class: "sign-count", text: count }));
    taken.push(around(p, half + 1));
    place(group, sign, p, { class: "hit", "data-kind": "incidents", "data-index": cell.indices.join() });
  }

  const FONTS = {
    "base-name": "bold 12px", "way-name": "bold 11px", "site-name": "10.5px", "town-2": "11.5px", "town-1": "11px", "town-0": "10.5px",
    admin: "10.5px", country: "12px", water: "italic 10.5px",
  };
  const SPACING = { admin: 1.7, country: 2.9 };

  function measure(label) {
    pen.font = `${FONTS[label.kind]} "Segoe UI","Helvetica Neue",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif`;
    const text = SPACING[label.kind] ? label.text.toUpperCase() : label.text;
    return pen.measureText(text).width + (SPACING[label.kind] || 0) * text.length;
  }

  function candidates(label, width) {
    const { p, reach } = label;
    if (label.spots) {
      return [8, 22, 36].flatMap((away) => label.spots.flatMap((s) => [
        [s.x + away, s.y + 4], [s.x - away - width, s.y + 4], [s.x - width / 2, s.y - away], [s.x - width / 2, s.y + away + 8],
        [s.x + away, s.y - away], [s.x - away - width, s.y - away], [s.x + away, s.y + away + 8], [s.x - away - width, s.y + away + 8],
      ]));
    }
    if (SPACING[label.kind] || label.kind === "water") {
      return [0, -16, 16, -32, 32].map((dy) => [p.x - width / 2, p.y + 4 + dy]);
    }
    return [
      [p.x + reach, p.y + 4], [p.x - reach - width + 2, p.y + 4], [p.x - width / 2, p.y - reach], [p.x - width / 2, p.y + reach + 9],
      [p.x + reach - 3, p.y - reach + 4], [p.x - reach + 3 - width, p.y - reach + 4],
      [p.x + reach - 3, p.y + reach + 5], [p.x - reach + 3 - width, p.y + reach + 5],
    ];
  }

  /** Draws the labels that find room, and returns the others. */
  function drawLabels(group, labels, size) {
    return labels.filter((label) => {
      const width = measure(label);
      for (const [x, y] of candidates(label, width)) {
        const room = box(x - 1, y - 10, width + 2, 13);
        const outside = room.x < 4 || room.x + room.width > size.x - 4 || room.y < 4 || room.y + room.height > size.y - 4;
        if (outside || taken.some((b) => meets(b, room))) continue;
        taken.push(room);
        const told = { x: x.toFixed(1), y: y.toFixed(1), class: `label ${label.kind}`, text: label.text };
        svg("text", { ...told, ...label.hit }, [], group);
        return false;
      }
      return true;
    });
  }

  function areaNames(size) {
    const now = level();
    return data.drawing.names.filter((n) => n.kind !== "water" || now > 0).map((n) => ({ p: at(n.lat, n.lon), text: n.name, kind: n.kind, reach: 0 })).filter(({ p }) => inView(p, size));
  }

  /** Each way is named beside it; the name is a button, because a line cannot be reached by the keyboard. */
  function wayNames(size) {
    if (!state.show.ways) return [];
    return data.ways.ways.map((way, index) => ({
      text: way.label, kind: "way-name", spots: way.spots.map(([lon, lat]) => at(lat, lon)).filter((p) => inView(p, size)),
      hit: { class: "label way-name hit", tabindex: 0, role: "button", "data-kind": "way", "data-index": index, "aria-label": way.label },
    }));
  }

  /** Parts of the map that lie under panels: nothing is written there. */
  function covered() {
    const frame = map.getContainer().getBoundingClientRect();
    return [...document.querySelectorAll(".over")].filter((o) => o.offsetParent).map((over) => {
      const r = over.getBoundingClientRect();
      return box(r.left - frame.left - 4, r.top - frame.top - 4, r.width + 8, r.height + 8);
    });
  }

  function draw() {
    if (!root) return;
    const size = map.getSize();
    const focused = document.activeElement && root.contains(document.activeElement)
      ? document.activeElement.getAttribute("data-index") : null;
    root.replaceChildren();
    root.setAttribute("width", size.x);
    root.setAttribute("height", size.y);
    root.setAttribute("class", `overlay theme-${state.theme}`);
    L.DomUtil.setPosition(root, map.containerPointToLayerPoint([0, 0]));
    const layers = ["sites", "incidents", "labels", "bases", "discs"].map((name) => svg("g", { class: name }, [], root));
    taken = covered();
    const bases = data.bases.map((b) => at(b.lat, b.lon));
    const baseNames = drawBases(layers[3], size);
    drawDiscs(layers[4], size, bases);
    const fixed = taken.slice();
    const siteNames = drawSites(layers[0], size);
    drawIncidents(layers[1], size, fixed);
    const all = taken;
    taken = fixed.slice();
    drawLabels(layers[2], baseNames, size);
    taken = [...all, ...taken.slice(fixed.length)];
    const without = drawLabels(layers[2], wayNames(size), size);
    taken = [...fixed, ...taken.slice(all.length)];
    drawLabels(layers[2], without, size);
    taken = [...all, ...taken.slice(fixed.length)];
    drawLabels(layers[2], areaNames(size), size);
    drawLabels(layers[2], siteNames.sort((a, b) => b.rank - a.rank), size);
    if (focused !== null) {
      const again = root.querySelector(`.base[data-index="${focused}"]`);
      if (again) again.focus({ preventScroll: true });
    }
  }

  function pick(event) {
    const hit = event.target.closest(".hit");
    if (!hit) return;
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    const text = hit.getAttribute("data-index");
    const kind = hit.getAttribute("data-kind");
    select(kind, kind === "incidents" ? text.split(",").map(Number) : Number(text));
  }

  async function start(onSelect) {
    select = onSelect;
    await load();
    root = svg("svg", { class: "overlay" }, [], map.getPane("signs"));
    root.addEventListener("click", pick);
    root.addEventListener("keydown", pick);
    L.DomEvent.disableClickPropagation(root);
    map.on("moveend resize", draw);
  }

  return { draw, level, start, zoneShown };
})();
