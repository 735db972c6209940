"use strict";
/* The card of a zone, site, base or place of incidents; it takes the place of matrix and list. */
const cards = (() => {
  const { byId, classOf, currentCase, html, say } = tools;
  const MOST_INCIDENTS = 20;
  let close = () => {};
  const [TEXT, STATE, BASE, SECONDS, DISTANCE, SECOND_BASE, SECOND_TEXT, SECOND_SECONDS] = [0, 1, 2, 3, 4, 5, 6, 7];

  const chip = (letter) => html("span", {
    class: `chip chip-${symbols.letterClass(letter)}`, text: letter, title: data.labels.classes[letter][0],
  });

  function head(mark, name, meta, reference) {
    return [
      html("h2", {}, [mark, html("span", { text: name })]),
      html("p", { class: "meta" }, [
        ...(reference ? [html("span", { class: "mono", text: reference }), " · "] : []), document.createTextNode(meta),
      ]),
    ];
  }

  const fact = (value, label, late) => html("div", {}, [html("b", { text: value, class: [late ? "late" : "", value.length > 8 ? "long" : ""].join(" ").trim() || null }), html("span", { text: label })]);
  const facts = (...list) => html("div", { class: "facts" }, list);
  const why = (sentence, letter) => html("p", { class: `why why-${symbols.letterClass(letter)}`, text: sentence });
  const threatFact = (level) =>
    fact(data.labels.threat_codes[level], say("threat_of", { level: data.labels.threat[level] }));
  const standardFact = (time, late) => fact(time, say("standard", { standard: data.labels.standard }), late);

  /** Times by mover (rows) and condition (columns); cells are {text, state}. */
  function timesTable(rows) {
    const now = currentCase().condition;
    const headings = data.labels.conditions.map((name, i) =>
      html("th", { scope: "col", text: name, class: i === now ? "now" : null }));
    const body = rows.map((cells, m) => html("tr", { class: data.movers[m].air && !currentCase().air ? "grounded" : null }, [
      html("th", { scope: "row", text: data.movers[m].name }),
      ...cells.map((item, i) => html("td", {
        text: item.text, class: [["in-time", "late", "none"][item.state], i === now ? "now" : ""].join(" "),
      })),
    ]));
    return [
      html("h3", { text: say("times") }),
      html("table", {}, [
        html("thead", {}, [html("tr", {}, [html("th", { scope: "col", text: say("mover") }), ...headings])]),
        html("tbody", {}, body),
      ]),
    ];
  }

  const usable = (m) => currentCase().air || !data.movers[m].air;

  /** Nearest two responders: every mover's bases in the present case, by time, each base once. */
  function responders(found) {
    const first = new Map();
    found.sort((a, b) => a.seconds - b.seconds);
    for (const one of found) if (!first.has(one.base)) first.set(one.base, one);
    const nearest = [...first.values()].slice(0, 2);
    if (!nearest.length) return [html("p", { class: "meta", text: say("no_responders") })];
    const lines = nearest.map((one) => html("tr", {}, [
      html("td", { text: data.bases[one.base].name }), html("td", { text: data.movers[one.mover].name }),
      html("td", { text: one.distance }), html("td", { text: one.text, class: one.late ? "late" : "" }),
    ]));
    return [html("h3", { text: say("responders") }), html("table", {}, [html("tbody", {}, lines)])];
  }

  function siteAnswers(site) {
    const condition = currentCase().condition;
    const found = [];
    site.times.forEach((conditions, mover) => {
      const a = conditions[condition];
      if (!usable(mover)) return;
      const late = (seconds) => seconds > data.labels.standard_s;
      if (a[SECONDS] >= 0) {
        found.push({ base: a[BASE], mover, seconds: a[SECONDS], late: late(a[SECONDS]),
          text: data.places.texts[a[TEXT]], distance: data.places.texts[a[DISTANCE]] });
      }
      if (a[SECOND_SECONDS] >= 0) {
        found.push({ base: a[SECOND_BASE], mover, seconds: a[SECOND_SECONDS], late: late(a[SECOND_SECONDS]),
          text: data.places.texts[a[SECOND_TEXT]], distance: "" });
      }
    });
    return found;
  }

  const quickest = (found) => found.reduce((best, one) => (!best || one.seconds < best.seconds ? one : best), null);

  function siteReason(letter, best) {
    if (letter === "E") return say("outside");
    if (letter === "?") return say("not_assessed");
    if (!best) return say("not_reached");
    const key = { P: "reached_ground", C: "reached_air", N: "late" }[letter];
    return say(key, { base: data.bases[best.base].name, mover: data.movers[best.mover].name, time: best.text });
  }

  function siteCard(site) {
    const letter = classOf(site);
    const found = siteAnswers(site);
    const ground = found.filter((one) => !data.movers[one.mover].air);
    const best = letter === "P" ? quickest(ground) : quickest(found);
    const time = best ? best.text : say(letter === "?" ? "unknown" : "none");
    return [
      ...head(chip(letter), site.name, `${data.labels.classes[letter][0]} · ${site.kind}`, site.mgrs),
      facts(fact(site.people, site.people_label), threatFact(site.threat), standardFact(time, letter === "N")),
      why(siteReason(letter, best), letter),
      ...timesTable(site.times.map((row) => row.map((a) => ({ text: data.places.texts[a[TEXT]], state: a[STATE] })))),
      ...responders(found),
    ];
  }

  function zoneCard(zone) {
    const condition = currentCase().condition;
    const found = zone.times.flatMap((conditions, mover) => {
      const a = conditions[condition];
      return usable(mover) && a.seconds >= 0
        ? [{ base: a.base, mover, seconds: a.seconds, text: a.time, late: a.state === 1, distance: "" }] : [];
    });
    const sites = [zone.sites, zone.sites_unknown].filter(Boolean).join(", ");
    return [
      ...head(chip("N"), zone.name, `${data.labels.classes.N[0]} · ${sites}`, zone.mgrs),
      facts(fact(zone.people, say("people")), threatFact(zone.threat),
        fact(zone.time, say("zone_standard", { case: data.labels.zone_own_case, standard: data.labels.standard }), true)),
      why(zone.reason, "N"),
      html("p", { class: "meta", text: zone.facts }),
      ...timesTable(zone.times.map((row) => row.map((a) => ({ text: a.time, state: a.state })))),
      ...responders(found),
    ];
  }

  function baseCard(base) {
    const sign = symbols.picture(symbols.base(base, 1), 50, 30);
    return [
      ...head(sign, base.name, base.kind, base.mgrs),
      facts(fact(base.strength, say("strength")), ...base.facts.slice(1, 3).map(([label, value]) => fact(value, label))),
      why(base.serves[state.chosen], "P"),
      html("dl", {}, [base.facts[0], ...base.facts.slice(3)].flatMap(([label, value]) =>
        [html("dt", { text: label }), html("dd", { text: value })])),
    ];
  }

  function incidentCard(indices) {
    const shown = indices.slice(-MOST_INCIDENTS).reverse();
    const items = shown.map((i) => {
      const [date, what, where] = data.incidents.lines[i];
      return html("li", {}, [html("b", { text: date }), " ", html("span", { text: what }), html("small", { text: where })]);
    });
    const more = indices.length - shown.length;
    return [
      html("h2", {}, [html("span", { text: say("incidents_here", { n: indices.length }) })]),
      html("ul", { class: "incident-list" }, items),
      ...(more > 0 ? [html("p", { class: "meta", text: say("more", { n: more }) })] : []),
    ];
  }

  function areaCard(area) {
    return [html("h2", {}, [html("span", { text: area.name || say(`legend_${area.kind}`) })]),
      html("p", { class: "meta", text: say(`legend_${area.kind}`) }), why(area.text, "N")];
  }

  function wayCard(way) {
    const rows = way.parts.map((part) => html("tr", {}, [
      html("td", { text: say(`way_${part.kind}`) }), html("td", { text: part.distance }), html("td", { text: part.time }),
    ]));
    return [
      ...head(symbols.picture(symbols.way("road"), 26, 20), way.name, way.meta, way.mgrs),
      facts(fact(way.people, way.people_label), fact(way.distance, say("way_length")), standardFact(way.time, way.late)),
      why(way.sentence, way.late ? "N" : "P"),
      html("h3", { text: say("way_parts") }),
      html("table", {}, [html("tbody", {}, rows)]),
    ];
  }

  const CARDS = {
    zone: (index) => zoneCard(data.zones[index]),
    site: (index) => siteCard(data.places.sites[index]),
    base: (index) => baseCard(data.bases[index]),
    incidents: (indices) => incidentCard(indices),
    area: (index) => areaCard(data.drawing.areas[index]),
    way: (index) => wayCard(data.ways.ways[index]),
  };

  function refresh() {
    const card = byId("card");
    card.hidden = !state.selected;
    byId("side").classList.toggle("has-card", Boolean(state.selected));
    if (!state.selected) {
      card.replaceChildren();
      return;
    }
    const focused = card.contains(document.activeElement);
    const back = html("button", { type: "button", class: "back", click: close }, ["← ", say("back")]);
    card.replaceChildren(back, ...CARDS[state.selected.kind](state.selected.index));
    if (focused) back.focus({ preventScroll: true });
  }

  function open() {
    refresh();
    byId("card").scrollTop = 0;
    byId("card").querySelector(".back").focus({ preventScroll: true });
  }

  function start(onClose) {
    close = onClose;
    byId("card").addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  }

  return { open, refresh, start };
})();
