"use strict";
/* Signs of the map, drawn here; each is an SVG group around 0, 0. */
const symbols = (() => {
  const { svg } = tools;

  function base(site, scale) {
    const lines = [];
    if (site.mark) {
      for (let i = 0; i < site.mark.length; i++) {
        const x = (i - (site.mark.length - 1) / 2) * 4;
        lines.push(svg("path", { d: `M${x} -9V-13`, class: "mark" }));
      }
    }
    if (site.symbol === "fhq" || site.symbol === "shq") lines.push(svg("path", { d: "M-13 8.5V14", class: "mark" }));
    if (site.aviation) lines.push(svg("path", { d: "M16 -3L20 0L16 3ZM24 -3L20 0L24 3Z", class: "rotor" }));
    const inner = site.symbol === "tob"
      ? [svg("text", { y: 4, class: "frame-text", text: "TOB" })]
      : [svg("path", { d: "M-13 -8.5L13 8.5M-13 8.5L13 -8.5", class: "frame-line" })];
    return svg("g", { transform: `scale(${scale})` }, [
      svg("rect", { x: -14.2, y: -9.7, width: 28.4, height: 19.4, class: "casing" }),
      svg("rect", { x: -13, y: -8.5, width: 26, height: 17, class: site.candidate ? "frame candidate" : "frame" }),
      ...inner, ...lines,
    ]);
  }

  const letterClass = (letter) => (letter === "?" ? "unknown" : letter.toLowerCase());

  function site(entry, letter, level) {
    const kind = ["site", `class-${letterClass(letter)}`];
    if (entry.size < 0) kind.push("hollow");
    const size = Math.max(0, entry.size);
    if (!entry.camp) {
      return svg("circle", { r: [2.6, 3.4, 4.4][size] + level * 0.8, class: [...kind, "place"].join(" ") });
    }
    if (level === 0) {
      const half = [4, 5.2, 6.6][size];
      return svg("path", { d: `M0 ${-half}L${half} ${half * 0.8}H${-half}Z`, class: kind.join(" ") });
    }
    const half = level === 1 ? 7.5 : 12.5;
    const tent = [
      svg("path", { d: `M0 ${-half}L${half} ${half * 0.8}H${-half}Z`, class: kind.join(" ") }),
      svg("path", { d: `M0 ${-half}l${half * 0.22} ${-half * 0.28}M0 ${-half}l${-half * 0.22} ${-half * 0.28}`, class: "pole" }),
    ];
    if (level === 2) tent.push(svg("text", { y: half * 0.62, class: `tent-letter on-${letterClass(letter)}`, text: letter }));
    return svg("g", {}, tent);
  }

  function incident(kind, approximate) {
    const shape = [
      svg("path", { d: "M-4 -4L4 4M-4 4L4 -4", class: "sign" }),
      svg("path", { d: "M0 -5V5M-5 0H5", class: "sign" }),
      svg("rect", { x: -3.5, y: -3.5, width: 7, height: 7, class: "sign" }),
      svg("path", { d: "M0 -4.5L4.5 0L0 4.5L-4.5 0Z", class: "sign" }),
    ][kind];
    const around = approximate ? [svg("circle", { r: 8, class: "about" })] : [];
    return svg("g", {}, [svg("circle", { r: approximate ? 8 : 6.5, class: "sign-casing" }), shape, ...around]);
  }

  function ring(count, attacks) {
    const radius = 11;
    const arc = (attacks / count) * 2 * Math.PI;
    const group = svg("g", {}, [
      svg("circle", { r: radius + 1.6, class: "ring-casing" }),
      svg("circle", { r: radius, class: "ring" }),
    ]);
    if (attacks === count) group.append(svg("circle", { r: radius, class: "ring-arc" }));
    else if (attacks) {
      const x = radius * Math.sin(arc);
      const y = -radius * Math.cos(arc);
      const d = `M0 ${-radius}A${radius} ${radius} 0 ${arc > Math.PI ? 1 : 0} 1 ${x} ${y}`;
      group.append(svg("path", { d, class: "ring-arc" }));
    }
    group.append(svg("text", { y: 4, class: "ring-count", text: count }));
    return group;
  }

  const disc = (rank) => svg("g", {}, [
    svg("circle", { r: 11, class: "disc" }), svg("text", { y: 4, class: "disc-number", text: rank }),
  ]);

  const way = (kind) => svg("path", { d: "M-13 0H13", class: `way way-${kind}` });

  const picture = (node, width, height) => svg("svg", {
    width, height, viewBox: `${-width / 2} ${-height / 2} ${width} ${height}`, "aria-hidden": "true",
  }, [node]);

  return { base, disc, incident, letterClass, picture, ring, site, way };
})();
