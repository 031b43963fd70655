// The server's WebSocket in, tiles out. Text from the broker reaches the page by textContent only.
"use strict";

const RETRY_MS = [250, 500, 1000, 2000, 4000];
const SILENCE_MS = 5000; // the server speaks every second: after this the line is taken as dead
const TICK_MS = 200;

const byId = (id) => document.getElementById(id);
const tiles = new Map();
let socket = null;
let failures = 0;
let heardMs = 0;
let state = null;

class Tile {
  constructor(name) {
    this.name = name;
    this.item = byId("camera").content.firstElementChild.cloneNode(true);
    this.part = (kind) => this.item.querySelector("." + kind);
    this.button = this.part("picture");
    this.canvas = this.item.querySelector("canvas");
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.part("name").textContent = name;
    this.facts = null;
    this.ageS = null; // of the shown picture when it came, by the server's clock
    this.cameMs = null;
    this.drawing = false;
    this.next = null;
    this.button.addEventListener("click", () => toggleWhole(this));
    this.describe();
  }

  // Newest wins here as well: while one picture is decoded, only the last that came waits.
  async show(about, picture) {
    if (this.drawing) {
      if (this.next) acknowledge(this.next.about);
      this.next = { about, picture };
      return;
    }
    this.drawing = true;
    try {
      const bitmap = await createImageBitmap(new Blob([picture]));
      this.draw(bitmap, about);
    } catch {
      // damaged behind a good header: the last good picture stays
    }
    this.drawing = false;
    acknowledge(about);
    if (this.next) {
      const next = this.next;
      this.next = null;
      this.show(next.about, next.picture);
    }
  }

  draw(picture, about) {
    if (this.canvas.width !== picture.width || this.canvas.height !== picture.height) {
      this.canvas.width = picture.width;
      this.canvas.height = picture.height;
      this.shape = picture.width / picture.height;
      this.item.style.setProperty("--shape", this.shape);
      showShapes();
    }
    this.context.drawImage(picture, 0, 0);
    picture.close();
    this.ageS = about.age_s;
    this.cameMs = performance.now();
    this.canvas.dataset.number = about.number;
    this.canvas.dataset.seq = about.seq ?? "";
    this.tick();
  }

  become(kind) {
    this.item.dataset.state = kind;
    this.write("state", kind);
    this.describe();
  }

  update(facts) {
    this.facts = facts;
    this.become(facts.state);
    this.write("rate", rateText(facts.rate));
    this.write("size", facts.width ? `${facts.width}×${facts.height}` : "–");
    this.count("missing", settled(this, facts.missing));
    this.count("repeated", facts.repeated);
    this.part("missing").title = facts.missing === null && facts.last_seq !== null ? "Not all topics of this camera are read." : "";
    this.tick();
  }

  silentS() {
    return this.cameMs === null ? Infinity : (performance.now() - this.cameMs) / 1000;
  }

  tick() {
    const sinceS = this.silentS();
    let age = "–";
    if (sinceS !== Infinity) age = this.ageS === null ? "clock not set" : ageText(this.ageS + sinceS);
    this.write("age", age);
    this.part("age").title = this.facts && this.facts.clock === "unsynced" ? "The camera's clock is not synchronised." : "";
    if (isWhole(this)) this.write("caption", `${this.name} · ${age} · ${rateText(this.facts ? this.facts.rate : 0)}`);
  }

  describe() {
    const said = this.item.dataset.state === "stale" ? ", no new picture" : "";
    const label = `Camera ${this.name}${said}: ${isWhole(this) ? "leave" : "show on"} the whole screen`;
    if (this.button.getAttribute("aria-label") !== label) this.button.setAttribute("aria-label", label);
  }

  count(kind, number) {
    this.write(kind, number === null ? "–" : number.toLocaleString("en"));
    this.part(kind).classList.toggle("alert", kind === "missing" && number > 0);
  }

  write(kind, text) {
    const element = this.part(kind);
    if (element.textContent !== text) element.textContent = text;
  }
}

// Tiles stand in rows, so all have one shape: that of most cameras.
function showShapes() {
  const shapes = [...tiles.values()].map((tile) => tile.shape || 16 / 9).sort((a, b) => a - b);
  const common = shapes[Math.floor(shapes.length / 2)] || 16 / 9;
  byId("cameras").style.setProperty("--common", Math.min(Math.max(common, 1), 16 / 9));
}

function rateText(rate) {
  if (rate >= 9.95) return `${rate.toFixed(0)} /s`;
  if (rate >= 0.95) return `${rate.toFixed(1)} /s`;
  if (rate <= 0) return "–";
  return `every ${durationText(1 / rate)}`;
}

function ageText(seconds) {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : durationText(seconds);
}

function durationText(seconds) {
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  if (seconds < 5400) return `${(seconds / 60).toFixed(0)} min`;
  if (seconds < 172800) return `${(seconds / 3600).toFixed(0)} h`;
  return `${(seconds / 86400).toFixed(0)} days`;
}

// ---- the whole screen

function isWhole(tile) {
  return tile.button.classList.contains("whole");
}

function toggleWhole(tile) {
  if (isWhole(tile)) {
    leaveWhole();
    return;
  }
  tile.button.classList.add("whole");
  // an iPhone has no full screen for a page: there it fills the window
  if (tile.button.requestFullscreen) tile.button.requestFullscreen().catch(() => {});
  tile.tick();
  tile.describe();
}

function leaveWhole() {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  for (const tile of tiles.values()) {
    tile.button.classList.remove("whole");
    tile.describe();
  }
}

document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement) leaveWhole();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") leaveWhole();
});

// ---- the server

function acknowledge(about) {
  send({ ack: about.number });
}

function send(message) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function tileOf(name) {
  let tile = tiles.get(name);
  if (!tile) {
    tile = new Tile(name);
    tiles.set(name, tile);
    const behind = [...tiles.keys()].filter((other) => other.localeCompare(name, "en", { numeric: true }) > 0);
    behind.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    byId("cameras").insertBefore(tile.item, behind.length ? tiles.get(behind[0]).item : null);
    byId("cameras").dataset.count = tiles.size;
    byId("empty").hidden = true;
    showShapes();
  }
  return tile;
}

function onPicture(buffer) {
  const length = new DataView(buffer).getUint16(0);
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 2, length)));
  tileOf(about.camera).show(about, new Uint8Array(buffer, 2 + length));
}

function onState(message) {
  state = message;
  document.title = `${message.title} – ss-camera viewer`;
  byId("title").textContent = message.title;
  for (const [name, facts] of Object.entries(message.cameras)) tileOf(name).update(facts);
  for (const [name, tile] of tiles) showMotion(tile, Object.hasOwn(message.motion, name) ? message.motion[name] : null);
  clipsAt(message.clips_version);
  // a server that was started anew knows fewer cameras: the others go; one that has just come may be newer
  // than these counts
  for (const [name, tile] of [...tiles]) {
    if (!Object.hasOwn(message.cameras, name) && tile.silentS() > 3) {
      tile.item.remove();
      tiles.delete(name);
    }
  }
  byId("cameras").dataset.count = tiles.size;
  byId("empty").hidden = tiles.size > 0;
  byId("empty-text").textContent = message.connected
    ? "Each camera appears here as soon as it sends one."
    : `${capital(message.status)}.`;
  byId("source").textContent = `${capital(message.status)} · viewer ${message.version}`;
  byId("totals").textContent = totalsText(message);
  showConnection();
}

function capital(phrase) {
  return phrase.charAt(0).toUpperCase() + phrase.slice(1);
}

function totalsText(message) {
  const cameras = Object.keys(message.cameras).length;
  const parts = [
    `${cameras} ${cameras === 1 ? "camera" : "cameras"}`,
    `${message.received.toLocaleString("en")} pictures`,
  ];
  if (message.foreign > 0) parts.push(`${message.foreign.toLocaleString("en")} messages not ours`);
  return parts.join(" · ");
}

function showConnection() {
  const open = socket && socket.readyState === WebSocket.OPEN;
  let [kind, text] = ["lost", "Viewer stopped, trying again"];
  if (!open && !state) [kind, text] = ["waiting", "Connecting"];
  else if (open && state && !state.connected) [kind, text] = ["waiting", "Waiting for the broker"];
  else if (open && state) [kind, text] = ["live", "Connected"];
  byId("connection").dataset.state = kind;
  if (byId("connection-text").textContent !== text) byId("connection-text").textContent = text;
  if (kind === "lost") for (const tile of tiles.values()) tile.become("stale");
}

function connect() {
  const address = new URL("live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const own = new WebSocket(address);
  socket = own;
  own.binaryType = "arraybuffer";
  heardMs = performance.now();
  own.onopen = () => {
    if (document.hidden) send({ paused: true });
  };
  own.onmessage = (event) => {
    if (own !== socket) return;
    failures = 0;
    heardMs = performance.now();
    if (typeof event.data === "string") onState(JSON.parse(event.data));
    else onPicture(event.data);
  };
  own.onclose = () => {
    if (own !== socket) return;
    socket = null;
    showConnection();
    setTimeout(connect, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
    failures += 1;
  };
}

document.addEventListener("visibilitychange", () => send({ paused: document.hidden }));

setInterval(() => {
  for (const tile of tiles.values()) tile.tick();
  if (socket && performance.now() - heardMs > SILENCE_MS) {
    heardMs = performance.now();
    const dead = socket;
    dead.close();
    dead.onclose(); // close() waits for an answer that a dead line never gives
  }
}, TICK_MS);

connect();
