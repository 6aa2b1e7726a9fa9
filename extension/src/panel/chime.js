/**
 * A short sound for a shopper who wrote while nobody looked, and for one whose time runs out. Off
 * until an agent switches it on.
 * @typedef {import("./context.js").Context} Context
 */

import { button } from "./dom.js";

const TONE_HZ = 660;
const TONE_S = 0.14;
const LOUD = 0.08;
/** Several at once are one sound, in milliseconds. */
const APART_MS = 1500;

/** @param {Context} ctx */
export function chime(ctx) {
  const { h, t, document, memory, signal } = ctx;
  const view = /** @type {Window & typeof globalThis} */ (document.defaultView);
  let on = false;
  let rang_ms = Number.NEGATIVE_INFINITY;
  /** @type {AudioContext | null} */
  let audio = null;

  const play = () => {
    audio ??= new view.AudioContext();
    // Held back by the browser until somebody clicked in the page; then it was nobody's business.
    audio.resume();
    const start = audio.currentTime;
    const gain = new view.GainNode(audio, { gain: LOUD });
    const tone = new view.OscillatorNode(audio, { frequency: TONE_HZ });
    gain.gain.setTargetAtTime(0, start + TONE_S / 2, TONE_S / 4);
    tone.connect(gain).connect(audio.destination);
    tone.start(start);
    tone.stop(start + TONE_S * 2);
  };

  const ring = () => {
    const now = view.performance.now();
    if (!on || now - rang_ms < APART_MS) return;
    rang_ms = now;
    play();
  };

  const draw = () => {
    toggle.textContent = t(on ? "sound_on" : "sound_off");
    toggle.setAttribute("aria-pressed", String(on));
  };
  const toggle = button(h, {
    text: "",
    class: "quiet sound",
    title: t("sound_hint"),
    pressed: false,
    signal,
    onClick: () => {
      on = !on;
      memory.set("sound", on);
      draw();
      if (on) play();
    },
  });
  draw();
  memory.get("sound").then((kept) => {
    on = kept === true;
    draw();
  });
  signal.addEventListener("abort", () => audio?.close(), { once: true });
  return {
    toggle,
    ring,
    /** A message came: heard only where nobody looks. */
    arrived: () => {
      if (document.hidden || !document.hasFocus()) ring();
    },
  };
}
