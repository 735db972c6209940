"use strict";
/* Controls over the map: themes, layers, zoom, legend, furniture, time strip, search. */
const controls = (() => {
  const { byId, html, say, svg } = tools;
  let changed = () => {};
  let select = () => {};

  function themes() {
    const buttons = ["protection", "response", "threat"].map((theme) => html("button", {
      type: "button", role: "radio", "data-theme": theme, text: say(theme), click: () => setTheme(theme),
    }));
    const group = html("div", { class: "segments", role: "radiogroup", "aria-label": say("theme") }, buttons);
    group.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const at = buttons.findIndex((b) => b.dataset.theme === state.theme);
      const next = buttons[(at + step + 3) % 3];
      setTheme(next.dataset.theme);
      next.focus();
    });
    return group;
  }

  function setTheme(theme) {
    state.theme = theme;
    changed();
  }

  function check(name) {
    const input = html("input", { type: "checkbox", "data-layer": name });
    input.checked = state.show[name];
    input.addEventListener("change", () => {
      state.show[name] = input.checked;
      changed();
    });
    return html("label", {}, [input, html("span", { text: say(name) })]);
  }

  function zoom() {
    const button = (key, sign, step) => html("button", {
      type: "button", "aria-label": say(key), title: say(key), text: sign, click: () => map.zoomIn(step, { animate: false }),
    });
    byId("zoom").append(button("zoom_in", "+", 0.5), button("zoom_out", "−", -0.5));
  }

  const item = (sign, strong, words) => html("div", { class: "item" }, [
    sign, html("span", {}, [...(strong ? [html("b", { text: strong }), " "] : []), words]),
  ]);
  const swatch = (name) => html("span", { class: `swatch swatch-${name}` });
  const sign = (node, width) => symbols.picture(node, width, 20);

  function legendItems() {
    const { classes, bands, threat_codes, threat_means } = data.labels;
    if (state.theme === "protection") {
      return ["P", "C", "N", "?", "E"].map((letter) => item(
        html("span", { class: `chip chip-${symbols.letterClass(letter)}`, text: letter }), ...classes[letter]));
    }
    if (state.theme === "response") {
      return [...bands.map((words, i) => item(swatch(`response-${i + 1}`), `R${i + 1}`, words)),
        item(swatch("air"), "", say("legend_air")), item(swatch("unknown"), "?", say("legend_unknown"))];
    }
    return [5, 4, 3, 2, 1, 0].map((n) => item(swatch(`threat-${n}`), threat_codes[n], threat_means[n]));
  }

  function legendSigns() {
    const example = { symbol: "cob", mark: "II", aviation: false };
    const items = [item(sign(symbols.base(example, 0.8), 26), "", say("legend_base"))];
    if (state.show.areas) {
      for (const kind of ["no_fly", "caveat", "closure", "host_state", "mined"]) {
        if (data.drawing.areas.some((area) => area.kind === kind)) items.push(item(swatch(kind), "", say(`legend_${kind}`)));
      }
    }
    if (state.show.ways) {
      for (const kind of ["road", "track", "cross"]) {
        if (data.ways.ways.some((way) => way.parts.some((part) => part.kind === kind))) {
          items.push(item(sign(symbols.way(kind), 26), "", say(`way_legend_${kind}`)));
        }
      }
    }
    if (state.show.incidents && overlay.level() === 2) {
      items.push(...["one_sided", "state_based", "non_state", "other"].map((kind, i) =>
        item(sign(symbols.incident(i, false), 26), "", say(kind))),
      item(sign(symbols.incident(0, true), 26), "", say("approximate")));
    }
    return items;
  }

  function notes() {
    const list = [say(state.theme === "protection" ? "legend_sites" : "legend_plain")];
    if (state.theme === "threat") list.unshift(data.labels.threat_note);
    if (state.show.ways) list.push(data.ways.note);
    if (state.show.incidents && overlay.level() < 2) list.push(say("legend_rings"));
    if (state.show.incidents && data.incidents.note) list.push(data.incidents.note);
    return list;
  }

  function legend() {
    const box = byId("legend");
    const closed = box.firstChild ? !box.firstChild.open : window.innerWidth <= 900;
    const details = html("details", { open: !closed }, [
      html("summary", { text: say(`legend_${state.theme}`) }),
      html("div", { class: "legend-items" }, [...legendItems(), ...legendSigns()]),
      ...notes().map((text) => html("p", { text })),
    ]);
    details.addEventListener("toggle", () => overlay.draw());
    box.replaceChildren(details);
  }

  function furniture() {
    const arrow = svg("svg", { width: 12, height: 22, viewBox: "0 0 12 22", "aria-hidden": "true", class: "north" }, [
      svg("path", { d: "M6 0L11 12H6Z", class: "north-fill" }), svg("path", { d: "M6 0L1 12H6Z", class: "north-line" }),
      svg("text", { x: 6, y: 21.5, text: "N" }),
    ]);
    byId("furniture").append(
      html("div", { class: "scale" }, [html("span", { id: "scale-text" }), html("span", { id: "scale-bar" })]), arrow,
      html("div", { class: "where" }, [html("span", { id: "position", class: "mono" }), html("span", { text: say("datum") })]),
    );
    map.on("mousemove", (event) => position(event.latlng));
    map.on("moveend resize", () => { position(map.getCenter()); scale(); });
  }

  function position(latlng) {
    byId("position").textContent = grid.mgrs(latlng.wrap().lng, latlng.lat) || `${latlng.lat.toFixed(4)} ${latlng.lng.toFixed(4)}`;
  }

  function scale() {
    const middle = map.getSize().y / 2;
    const metres = map.distance(map.containerPointToLatLng([0, middle]), map.containerPointToLatLng([120, middle]));
    const power = 10 ** Math.floor(Math.log10(metres));
    const length = [5, 2, 1].map((f) => f * power).find((m) => m <= metres);
    byId("scale-bar").style.width = `${Math.round((length / metres) * 120)}px`;
    byId("scale-text").textContent = say("scale", { length: length / 1000 });
  }

  function strip() {
    const { months, monthly, monthly_one_sided: attacks } = data.incidents;
    const top = Math.max(1, ...monthly);
    const bars = svg("svg", { viewBox: `0 0 ${months.length} 34`, preserveAspectRatio: "none", "aria-hidden": "true", id: "histogram" },
      monthly.flatMap((n, i) => [
        svg("rect", { x: i + 0.1, y: 34 - (n / top) * 32, width: 0.8, height: (n / top) * 32, "data-month": i, class: "all" }),
        svg("rect", { x: i + 0.1, y: 34 - (attacks[i] / top) * 32, width: 0.8, height: (attacks[i] / top) * 32, "data-month": i, class: "attacks" }),
      ]));
    const slider = html("input", { type: "range", id: "window", min: Math.min(11, months.length - 1), max: months.length - 1, step: 1, "aria-label": say("window_label") });
    slider.value = state.end;
    slider.addEventListener("input", () => { state.end = Number(slider.value); changed(); });
    byId("strip").append(
      html("div", { class: "strip-text" }, [html("b", { id: "strip-window" }), html("span", { id: "strip-counts" })]),
      html("div", { class: "strip-bars" }, [bars, slider]),
    );
  }

  function stripText() {
    const { months, monthly, monthly_one_sided: attacks } = data.incidents;
    const from = Math.max(0, state.end - 11);
    const sum = (list) => list.slice(from, state.end + 1).reduce((a, b) => a + b, 0);
    byId("strip-window").textContent = say("window", { month: months[state.end] });
    byId("strip-counts").textContent = say("counts", { n: sum(monthly), attacks: sum(attacks) });
    byId("window").setAttribute("aria-valuetext", months[state.end]);
    for (const bar of byId("histogram").children) {
      const month = Number(bar.dataset.month);
      bar.classList.toggle("outside", month < from || month > state.end);
    }
  }

  function search() {
    const input = byId("search");
    input.placeholder = say("search");
    input.setAttribute("aria-label", say("search"));
    const names = [...new Set([...data.bases, ...data.places.sites, ...data.zones].map((one) => one.name))];
    byId("places").append(...names.map((value) => html("option", { value })));
    byId("find").addEventListener("submit", (event) => { event.preventDefault(); find(input); });
    input.addEventListener("input", () => input.setCustomValidity(""));
    input.addEventListener("change", () => { if (names.includes(input.value)) find(input); });
  }

  function found(text) {
    const word = text.trim().toLowerCase();
    const lists = [["base", data.bases], ["site", data.places.sites], ["zone", data.zones]];
    for (const same of [(n) => n === word, (n) => n.startsWith(word), (n) => n.includes(word)]) {
      for (const [kind, list] of lists) {
        const index = list.findIndex((one) => same(one.name.toLowerCase()));
        if (index >= 0) return { kind, index };
      }
    }
    return null;
  }

  function find(input) {
    if (!input.value.trim()) return;
    const reference = grid.position(input.value);
    const hit = reference ? null : found(input.value);
    if (hit) select(hit.kind, hit.index, true);
    else if (reference && map.options.maxBounds.contains([reference[1], reference[0]])) {
      map.setView([reference[1], reference[0]], Math.max(map.getZoom(), 9), { animate: false });
    } else {
      input.setCustomValidity(say(reference ? "search_outside" : "search_none"));
      input.reportValidity();
    }
  }

  function refresh() {
    for (const button of byId("layers").querySelectorAll("[data-theme]")) {
      const chosen = button.dataset.theme === state.theme;
      button.setAttribute("aria-checked", chosen);
      button.tabIndex = chosen ? 0 : -1;
    }
    byId("strip").hidden = !state.show.incidents;
    legend();
    stripText();
  }

  function start(onChange, onSelect) {
    changed = onChange;
    select = onSelect;
    byId("layers").append(themes(), ...["incidents", "sites", "roads", "areas", ...(data.ways.ways.length ? ["ways"] : [])].map(check));
    zoom();
    furniture();
    strip();
    search();
    refresh();
  }

  return { legend, refresh, start };
})();
