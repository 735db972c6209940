"use strict";
/* Puts the parts together: every choice changes the state and draws what depends on it. */
(async () => {
  const { byId } = tools;
  let opener = null;
  let home = "";

  function draw() {
    surface.draw();
    lines.refresh();
    overlay.draw();
  }

  const view = () => [map.getCenter().lat, map.getCenter().lng, map.getZoom()].join();

  /** A map that nobody has moved is fitted again to the room that it has. */
  function resized() {
    if (view() === home) fit();
    else map.invalidateSize({ animate: false, pan: false });
  }

  function changed() {
    const strip = byId("strip").hidden;
    controls.refresh();
    if (strip !== byId("strip").hidden) resized();
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

  function select(kind, index, sought) {
    opener = state.selected ? opener : document.activeElement;
    state.selected = { kind, index };
    const target = place(kind, index);
    if (target) {
      const point = map.latLngToContainerPoint([target.lat, target.lon]);
      const size = map.getSize();
      const hidden = point.x < 300 || point.y < 60 || point.x > size.x - 60 || point.y > size.y - 80;
      if (kind === "zone" || sought || hidden) map.setView([target.lat, target.lon], Math.max(map.getZoom(), state.overview + 1), { animate: false });
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

  /** The theatre below the layer bar and, where there is room, clear of legend and furniture. */
  function fit() {
    map.invalidateSize({ animate: false, pan: false });
    const [west, south, east, north] = data.bounds;
    const bounds = L.latLngBounds([south, west], [north, east]);
    const size = map.getSize();
    const top = byId("layers").offsetHeight + 22;
    const wide = window.innerWidth > 900;
    const shape = map.project(bounds.getNorthEast(), 10).subtract(map.project(bounds.getSouthWest(), 10));
    const ratio = Math.abs(shape.x / shape.y);
    const legend = wide ? byId("legend").offsetWidth + 20 : 10;
    const foot = wide || ratio * (size.y - top) < size.x - legend ? byId("furniture").offsetHeight + 20 : 14;
    const left = Math.max(10, Math.min(legend, size.x - ratio * (size.y - top - foot) - 60));
    map.fitBounds(bounds, { paddingTopLeft: [left, top], paddingBottomRight: [20, foot], animate: false });
    map.setMaxBounds(bounds.pad(1.5));
    map.setMinZoom(map.getZoom() - 1);
    home = view();
    state.overview = map.getZoom();
  }

  map.attributionControl?.remove();
  panel.start(choose, select);
  cards.start(close);
  controls.start(changed, select);
  fit();
  const theatre = await lines.start(select);
  await overlay.start(select);
  await surfaces.loadAll(theatre);
  const surface = new surfaces.Surface().addTo(map);
  map.on("zoomend", () => { controls.legend(); lines.refresh(); });
  window.addEventListener("resize", resized);
  fit();
  draw();
  document.documentElement.dataset.ready = "yes";
})();
