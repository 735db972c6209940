"use strict";
/* Military grid references (MGRS) on WGS 84, forward and back.
   Transverse Mercator: Krueger's series to the fourth order in n (Karney 2011, equations 7-11, 35, 36). */
const grid = (() => {
  const A = 6378137;
  const F = 1 / 298.257223563;
  const SCALE = 0.9996;
  const E = Math.sqrt(F * (2 - F));
  const N = F / (2 - F);
  const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
  const FORWARD = [
    N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4,
    (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4,
    (61 / 240) * N ** 3 - (103 / 140) * N ** 4,
    (49561 / 161280) * N ** 4,
  ];
  const BACK = [
    N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3 - N ** 4 / 360,
    N ** 2 / 48 + N ** 3 / 15 - (437 / 1440) * N ** 4,
    (17 / 480) * N ** 3 - (37 / 840) * N ** 4,
    (4397 / 161280) * N ** 4,
  ];
  const BANDS = "CDEFGHJKLMNPQRSTUVWX";
  const COLUMNS = ["STUVWXYZ", "ABCDEFGH", "JKLMNPQR"];
  const ROWS = "ABCDEFGHJKLMNPQRSTUV";
  const RAD = Math.PI / 180;

  function zoneOf(lon, lat) {
    if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
    if (lat >= 72 && lon >= 0 && lon < 42) return [31, 33, 35, 37][(lon >= 9) + (lon >= 21) + (lon >= 33)];
    return Math.floor((((lon + 180) % 360) + 360) % 360 / 6) + 1;
  }
  const meridian = (zone) => zone * 6 - 183;

  function conformal(tau) {
    const sigma = Math.sinh(E * Math.atanh((E * tau) / Math.hypot(1, tau)));
    return tau * Math.hypot(1, sigma) - sigma * Math.hypot(1, tau);
  }

  function utm(lon, lat, zone) {
    const away = (lon - meridian(zone)) * RAD;
    const tau = conformal(Math.tan(lat * RAD));
    const xi0 = Math.atan2(tau, Math.cos(away));
    const eta0 = Math.asinh(Math.sin(away) / Math.hypot(tau, Math.cos(away)));
    let xi = xi0;
    let eta = eta0;
    FORWARD.forEach((c, i) => {
      const j = 2 * (i + 1);
      xi += c * Math.sin(j * xi0) * Math.cosh(j * eta0);
      eta += c * Math.cos(j * xi0) * Math.sinh(j * eta0);
    });
    return [SCALE * RADIUS * eta + 500000, SCALE * RADIUS * xi + (lat < 0 ? 1e7 : 0)];
  }

  function lonLat(easting, northing, zone) {
    const xi0 = northing / (SCALE * RADIUS);
    const eta0 = (easting - 500000) / (SCALE * RADIUS);
    let xi = xi0;
    let eta = eta0;
    BACK.forEach((c, i) => {
      const j = 2 * (i + 1);
      xi -= c * Math.sin(j * xi0) * Math.cosh(j * eta0);
      eta -= c * Math.cos(j * xi0) * Math.sinh(j * eta0);
    });
    const target = Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi));
    let tau = target;
    for (let i = 0; i < 5; i++) {
      const found = conformal(tau);
      tau += ((target - found) / Math.hypot(1, found)) * (1 + (1 - E * E) * tau * tau) /
        ((1 - E * E) * Math.hypot(1, tau));
    }
    return [meridian(zone) + Math.atan2(Math.sinh(eta), Math.cos(xi)) / RAD, Math.atan(tau) / RAD];
  }

  const digits = (metres) => String(Math.floor((metres % 100000) / 10)).padStart(4, "0");

  /** Reference to 10 m, as "36N UL 4475 3624"; empty beyond 80 S and 84 N. */
  function mgrs(lon, lat) {
    if (!(lat >= -80 && lat < 84)) return "";
    const zone = zoneOf(lon, lat);
    const [x, y] = utm(lon, lat, zone);
    const band = BANDS[Math.min(19, Math.floor((lat + 80) / 8))];
    const column = COLUMNS[zone % 3][Math.floor(x / 100000) - 1];
    const row = ROWS[(Math.floor(y / 100000) + (zone % 2 ? 0 : 5)) % 20];
    return `${String(zone).padStart(2, "0")}${band} ${column}${row} ${digits(x)} ${digits(y)}`;
  }

  /** Longitude and latitude of the middle of the square that a reference names; null if it is none. */
  function position(text) {
    const found = /^(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])(\d*)$/.exec(text.toUpperCase().replace(/\s+/g, ""));
    if (!found || found[5].length % 2 || found[5].length > 10) return null;
    const zone = Number(found[1]);
    const column = COLUMNS[zone % 3].indexOf(found[3]);
    if (zone < 1 || zone > 60 || column < 0) return null;
    const half = found[5].length / 2;
    const size = 10 ** (5 - half);
    const x = (column + 1) * 100000 + Number(found[5].slice(0, half) || 0) * size + size / 2;
    const row = (ROWS.indexOf(found[4]) - (zone % 2 ? 0 : 5) + 20) % 20;
    const within = row * 100000 + Number(found[5].slice(half) || 0) * size + size / 2;
    const south = BANDS.indexOf(found[2]) * 8 - 80;
    for (let cycle = 0; cycle < 5; cycle++) {
      const y = within + cycle * 2e6 - (south < 0 ? 1e7 : 0);
      const [lon, lat] = lonLat(x, y, zone);
      if (lat >= south - 1 && lat <= south + (south === 72 ? 13 : 9)) return [lon, lat];
    }
    return null;
  }

  return { mgrs, position };
})();
