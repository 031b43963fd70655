// The server's list of clips in, cards and a player out. Loaded before page.js, which calls the first three functions.
"use strict";

const FIRST_SHOWN = 12;
const LIVE_WAIT_MS = 300;
const AHEAD_S = 60; // so much is read ahead of what is shown: a browser's buffer is bounded
const SETTLE_STATES = 5;
const CLOCK_SET_US = 1420070400000000; // 2015: older than any camera that speaks this format

// A camera's topics come at their own pace: a number counts as missing once it has not come for some seconds.
function settled(tile, missing) {
  if (missing === null) return null;
  tile.missings = [...(tile.missings || []), missing].slice(-SETTLE_STATES);
  return Math.min(...tile.missings);
}

function showMotion(tile, motion) {
  tile.item.classList.toggle("in-motion", motion !== null);
  tile.part("moving").hidden = motion === null;
  if (motion) tile.write("moving-text", `motion · ${Math.floor(motion.since_s)} s`);
}

function clipsAt(version) {
  if (version !== reel.version) reel.load(version);
}

const reel = {
  version: null,
  loading: false,
  clips: [],
  cards: new Map(),
  shown: FIRST_SHOWN,

  async load(version) {
    if (this.loading) return;
    this.loading = true;
    try {
      const answer = await fetch("api/clips");
      if (answer.ok) {
        this.show((await answer.json()).clips);
        this.version = version;
      }
    } catch {
      // the viewer is away: the next state asks again
    }
    this.loading = false;
  },

  show(clips) {
    this.clips = clips;
    const list = document.getElementById("clip-list");
    const ids = new Set(clips.slice(0, this.shown).map((clip) => clip.id));
    for (const [id, card] of [...this.cards]) {
      if (ids.has(id)) continue;
      card.item.remove();
      this.cards.delete(id);
    }
    clips.slice(0, this.shown).forEach((clip, place) => {
      const card = this.cards.get(clip.id) || new Card(clip);
      this.cards.set(clip.id, card);
      card.update(clip);
      if (list.children[place] !== card.item) list.insertBefore(card.item, list.children[place] || null);
    });
    document.getElementById("clips").hidden = clips.length === 0;
    document.getElementById("clips-count").textContent = clips.length === 1 ? "1 clip" : `${clips.length} clips`;
    const more = document.getElementById("clips-more");
    more.hidden = clips.length <= this.shown;
    more.textContent = `Show all ${clips.length}`;
    player.refresh();
  },
};

class Card {
  constructor(clip) {
    this.item = document.getElementById("clip").content.firstElementChild.cloneNode(true);
    this.part = (kind) => this.item.querySelector("." + kind);
    this.part("shot").addEventListener("click", () => player.open(this.clip.id));
    this.clip = clip;
  }

  update(clip) {
    this.clip = clip;
    this.item.dataset.state = clip.state;
    this.item.dataset.id = clip.id;
    const thumb = this.part("thumb");
    if (clip.picture && thumb.hidden) {
      thumb.src = `clips/${clip.id}.jpg`;
      thumb.hidden = false;
    }
    this.write("clip-name", clip.camera);
    this.write("clip-when", whenText(clip));
    this.write("clip-size", sizeText(clip.bytes));
    this.write("length", lengthText(clip.duration_s));
    this.write("clip-state", { arriving: "recording", incomplete: "incomplete" }[clip.state] || "");
    const note = noteText(clip);
    this.part("clip-note").hidden = !note || clip.state === "arriving";
    this.write("clip-note", note);
    const label = `Play the clip of ${clip.camera}, ${whenText(clip)}, ${lengthText(clip.duration_s)}`;
    this.part("shot").setAttribute("aria-label", label);
    this.part("shot").disabled = !clip.playable;
  }

  write(kind, text) {
    const element = this.part(kind);
    if (element.textContent !== text) element.textContent = text;
  }
}

function noteText(clip) {
  if (!clip.playable) return "Not playable";
  if (clip.state === "arriving") return "Recording: more comes as it is filmed.";
  if (clip.state !== "incomplete") return "";
  if (clip.missing > 0) return `${clip.missing} ${clip.missing === 1 ? "part is" : "parts are"} missing`;
  return "Its end is missing";
}

function whenText(clip) {
  if (clip.captured_us < CLOCK_SET_US) return "clock not set";
  const taken = new Date(clip.captured_us / 1000);
  const time = taken.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const today = new Date();
  if (taken.toDateString() === today.toDateString()) return time;
  const year = taken.getFullYear() === today.getFullYear() ? undefined : "numeric";
  return `${taken.toLocaleDateString([], { day: "numeric", month: "short", year })}, ${time}`;
}

function lengthText(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function sizeText(bytes) {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

const player = {
  dialog: document.getElementById("player"),
  video: document.getElementById("video"),
  id: null,
  reading: null, // ends the reading of a clip that still comes

  open(id) {
    const clip = reel.clips.find((each) => each.id === id);
    if (!clip) return;
    this.leave();
    this.id = id;
    this.say("");
    if (!this.dialog.open) this.dialog.showModal();
    this.refresh();
    if (clip.state === "arriving" && canStream(clip)) this.stream(clip);
    else this.video.src = `clips/${id}.mp4`;
    this.video.play().catch(() => {}); // where a browser wants a click first, the controls are there
  },

  // A clip that still comes: its bytes as they are, behind each other, into the browser's buffer.
  stream(clip) {
    const source = new MediaSource();
    const address = URL.createObjectURL(source);
    this.reading = new AbortController();
    const signal = this.reading.signal;
    signal.addEventListener("abort", () => URL.revokeObjectURL(address));
    source.addEventListener("sourceopen", async () => {
      try {
        await pour(clip.id, source.addSourceBuffer(kindOf(clip)), this.video, signal);
        if (!signal.aborted) source.endOfStream();
      } catch {
        if (!signal.aborted) this.say("This clip cannot be played on while it comes; open it again once it is whole.");
      }
    }, { once: true });
    this.video.src = address;
  },

  leave() {
    if (this.reading) this.reading.abort();
    this.reading = null;
    this.id = null;
    this.video.removeAttribute("src");
    this.video.load();
  },

  refresh() {
    const place = reel.clips.findIndex((clip) => clip.id === this.id);
    if (place < 0) return;
    const clip = reel.clips[place];
    document.getElementById("player-name").textContent = clip.camera;
    const before = clip.preroll_s >= 0.5 ? ` · ${clip.preroll_s.toFixed(0)} s before the motion` : "";
    document.getElementById("player-when").textContent =
      `${whenText(clip)} · ${lengthText(clip.duration_s)} · ${sizeText(clip.bytes)}${before}`;
    document.getElementById("player-save").href = `clips/${clip.id}.mp4?download`;
    document.getElementById("player-newer").disabled = place === 0;
    document.getElementById("player-older").disabled = place === reel.clips.length - 1;
    if (!this.failed) document.getElementById("player-note").textContent = noteText(clip);
  },

  say(words) {
    this.failed = words !== "";
    document.getElementById("player-note").textContent = words;
  },

  step(by) {
    const place = reel.clips.findIndex((clip) => clip.id === this.id);
    const next = place < 0 ? null : reel.clips[place + by];
    if (next) this.open(next.id);
  },
};

function kindOf(clip) {
  return `video/mp4; codecs="${clip.codec}"`;
}

function canStream(clip) {
  return Boolean(clip.codec && window.MediaSource && MediaSource.isTypeSupported(kindOf(clip)));
}

async function pour(id, buffer, video, signal) {
  let at = 0;
  while (!signal.aborted) {
    const ahead = video.buffered.length ? video.buffered.end(video.buffered.length - 1) - video.currentTime : 0;
    if (ahead > AHEAD_S) {
      await pause(LIVE_WAIT_MS);
      continue;
    }
    const answer = await fetch(`clips/${id}.mp4?from=${at}`, { signal });
    if (answer.status === 200) {
      const bytes = await answer.arrayBuffer();
      await append(buffer, bytes, video);
      at += bytes.byteLength;
    } else if (answer.status !== 204) {
      throw new Error(`status ${answer.status}`);
    } else if (answer.headers.get("X-Clip-State") !== "arriving") {
      return;
    } else {
      await pause(LIVE_WAIT_MS);
    }
  }
}

async function append(buffer, bytes, video) {
  if (video.currentTime > 2 * AHEAD_S) await change(buffer, () => buffer.remove(0, video.currentTime - AHEAD_S));
  await change(buffer, () => buffer.appendBuffer(bytes));
}

function change(buffer, work) {
  return new Promise((done, failed) => {
    buffer.addEventListener("updateend", done, { once: true });
    buffer.addEventListener("error", failed, { once: true });
    work();
  });
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

player.dialog.addEventListener("close", () => player.leave());
player.dialog.addEventListener("click", (event) => {
  if (event.target === player.dialog) player.dialog.close(); // beside it
});
player.video.addEventListener("error", () => {
  if (player.id !== null && player.video.hasAttribute("src")) player.say("This browser cannot play the clip; download it.");
});
document.getElementById("player-close").addEventListener("click", () => player.dialog.close());
document.getElementById("player-older").addEventListener("click", () => player.step(1));
document.getElementById("player-newer").addEventListener("click", () => player.step(-1));
document.getElementById("clips-more").addEventListener("click", () => {
  reel.shown = Infinity;
  reel.show(reel.clips);
});
