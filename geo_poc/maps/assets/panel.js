"use strict";
/* The side panel: sentence, class bar, worst case, condition matrix and ranked list. */
const panel = (() => {
  const { byId, currentCase, html, pieces, say } = tools;
  let choose = () => {};
  let select = () => {};

  function around() {
    const { credits } = data;
    for (const id of ["marking", "marking-foot"]) byId(id).textContent = credits.marking;
    byId("marking").setAttribute("aria-label", say("marking"));
    byId("marking-foot").setAttribute("aria-label", say("marking_foot"));
    byId("skip").textContent = say("skip");
    byId("title").textContent = credits.title;
    byId("subtitle").textContent = credits.subtitle;
    byId("fictional").textContent = credits.fictional;
    byId("fictional").hidden = !credits.fictional;
    byId("side").setAttribute("aria-label", say("side"));
    byId("chart").setAttribute("aria-label", say("map"));
    const sources = byId("sources");
    for (const source of credits.sources) {
      sources.append(html("span", { class: "source" }, [
        document.createTextNode(source.text), ...(source.age ? [" ", html("b", { class: "old", text: source.age })] : []),
      ]), " · ");
    }
    sources.append(credits.dates);
    byId("disclaimer").textContent = [credits.reachable, ...credits.disclaimer].join(" ");
  }

  function answer() {
    const now = currentCase();
    const lead = now.lead.flatMap((sentence) => [...pieces(sentence), " "]);
    byId("lead").replaceChildren(html("p", {}, [...lead, ...pieces(now.bad, "bad")]));
    const bar = byId("bar");
    bar.replaceChildren(...now.bar.map((part) =>
      html("span", { class: `bar-${symbols.letterClass(part.letter)}` }, [html("i", { text: part.text })])));
    now.bar.forEach((part, i) => {
      const narrow = part.width < 12;
      bar.children[i].style.flexGrow = part.width;
      bar.children[i].classList.toggle("narrow", narrow);
      if (narrow) bar.children[i].firstChild.textContent = part.width < 4 ? "" : part.letter;
    });
    bar.hidden = !now.bar.length;
    byId("worst").replaceChildren(...pieces(data.headline.worst), ` ${data.headline.unknown}`);
  }

  function cell(number) {
    const item = data.headline.cases[number];
    const words = [data.labels.conditions[item.condition], data.labels.air[item.air ? 0 : 1], item.share].join(", ");
    const button = html("button", {
      type: "button", role: "radio", class: "cell", "aria-label": words, "data-case": number,
      disabled: !item.possible, click: () => choose(number),
    }, [html("span", { class: "share-bar" }), html("span", { class: "share", text: item.share })]);
    button.firstChild.style.width = `${item.width}%`;
    return button;
  }

  function matrix() {
    const box = byId("conditions");
    const head = (key, kind) => html("span", { class: kind, text: say(key) });
    const rows = [0, 1].flatMap((row) => [
      html("span", { class: "row-name", text: data.labels.air[row] }), ...[0, 1, 2, 3].map((col) => cell(row * 4 + col)),
    ]);
    box.append(
      html("p", { class: "matrix-title", text: data.headline.title }),
      html("div", { class: "matrix", role: "radiogroup", "aria-label": data.headline.title }, [
        head("dry", "season dry"), head("wet", "season wet"),
        ...["day", "night", "day", "night"].map((key) => head(key, "light")), ...rows,
      ]),
    );
    box.addEventListener("keydown", arrows);
  }

  function arrows(event) {
    const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    let column = state.chosen % 4;
    let row = Math.floor(state.chosen / 4);
    for (let i = 0; i < 4; i++) {
      column = (column + step[0] + 4) % 4;
      row = (row + step[1] + 2) % 2;
      if (data.headline.cases[row * 4 + column].possible) break;
    }
    const next = row * 4 + column;
    if (!data.headline.cases[next].possible) return;
    choose(next);
    byId("conditions").querySelector(`[data-case="${next}"]`).focus();
  }

  function marks() {
    for (const button of byId("conditions").querySelectorAll("[role=radio]")) {
      const chosen = Number(button.dataset.case) === state.chosen;
      button.setAttribute("aria-checked", chosen);
      button.tabIndex = chosen ? 0 : -1;
    }
  }

  const threatChip = (level) => html("span", {
    class: `threat threat-${level}`, text: data.labels.threat_codes[level], title: data.labels.threat[level],
  });

  function row(zone, index) {
    return html("li", {}, [html("button", { type: "button", class: "row", "data-zone": index, click: () => select("zone", index) }, [
      html("span", { class: "rank", text: zone.rank }),
      html("span", { class: "what" }, [
        html("span", { class: "name" }, [html("span", { text: zone.name }), threatChip(zone.threat)]),
        html("span", { class: "nearest", text: zone.nearest }),
      ]),
      html("span", { class: "how-many" }, [
        html("b", { text: zone.people }), html("small", { text: zone.sites }),
        ...(zone.sites_unknown ? [html("small", { text: zone.sites_unknown })] : []),
      ]),
    ])]);
  }

  function list() {
    byId("list-title").textContent = say("list");
    byId("list-note").textContent = data.labels.zone_case;
    const items = data.zones.map(row);
    byId("list").append(...(items.length ? items : [html("li", { class: "none", text: data.labels.zones_none })]));
  }

  function start(onChoose, onSelect) {
    choose = onChoose;
    select = onSelect;
    around();
    matrix();
    list();
    refresh();
  }

  function refresh() {
    answer();
    marks();
  }

  return { refresh, start, threatChip };
})();
