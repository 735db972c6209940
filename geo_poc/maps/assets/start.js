"use strict";
/* Puts the parts together: every choice changes the state and draws what depends on it. */
(async () => {
  const { byId } = tools;
  let opener = null;

  function draw() {
    surface.draw();
    lines.refresh();
    overlay.draw();
  }

  function changed() {
    const strip = byId("strip").hidden;
    controls.refresh();
    if (strip !== byId("strip").hidden) map.invalidateSize({ animate: false, pan: false });
    draw();
  }

  function choose(number) {
    state.chosen = number;
    panel.refresh();
    cards.refresh();
    draw();
  }

  function place(kind, index) {
    if (kind === "zone") return data.zones[index];
    if (kind === "site") return data.places.sites[index];
    return kind === "base" ? data.bases[index] : null;
  }

  function select(kind, index) {
    opener = state.selected ? opener : document.activeElement;
    state.selected = { kind, index };
    const target = place(kind, index);
    if (target) {
      const point = map.latLngToContainerPoint([target.lat, target.lon]);
      const size = map.getSize();
      const hidden = point.x < 300 || point.y < 60 || point.x > size.x - 60 || point.y > size.y - 80;
      if (kind === "zone" || hidden) map.setView([target.lat, target.lon], Math.max(map.getZoom(), overview + 1), { animate: false });
    }
    cards.open();
    draw();
  }

  function close() {
    state.selected = null;
    cards.refresh();
    draw();
    const back = opener && document.contains(opener) && opener !== document.body ? opener : byId("list");
    back.focus({ preventScroll: true });
  }

  /** The theatre below the layer bar and, where there is room, beside the legend. */
  function fit() {
    const [west, south, east, north] = data.bounds;
    const bounds = L.latLngBounds([south, west], [north, east]);
    const top = byId("layers").offsetHeight + 22;
    const zoom = map.getBoundsZoom(bounds, false, [40, top + 24]);
    const width = map.project(bounds.getNorthEast(), zoom).x - map.project(bounds.getSouthWest(), zoom).x;
    const legend = window.innerWidth > 900 ? byId("legend").offsetWidth + 20 : 0;
    const left = Math.max(10, Math.min(legend, map.getSize().x - width - 90));
    map.fitBounds(bounds, { paddingTopLeft: [left, top], paddingBottomRight: [30, 14], animate: false });
    map.setMaxBounds(bounds.pad(0.8));
    map.setMinZoom(map.getZoom() - 1);
    return map.getZoom();
  }

  map.attributionControl?.remove();
  panel.start(choose, select);
  cards.start(close);
  controls.start(changed, select);
  let overview = fit();
  const theatre = await lines.start(select);
  await overlay.start(select);
  await surfaces.loadAll(theatre);
  const surface = new surfaces.Surface().addTo(map);
  map.on("zoomend", () => { controls.legend(); lines.refresh(); });
  window.addEventListener("resize", () => { map.invalidateSize({ animate: false }); });
  overview = fit();
  draw();
  document.documentElement.dataset.ready = "yes";
})();
