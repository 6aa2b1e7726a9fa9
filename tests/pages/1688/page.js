/**
 * 1688 旺旺: this is the outer page; the chat is another document in a frame.
 */
import { el } from "../engine.js";

const frame = el("iframe", { src: "def_cbu_web_im_core.html", style: "border:0;width:100%;height:100vh" });
document.getElementById("root").append(frame);
Object.defineProperty(window, "replay", { get: () => frame.contentWindow.replay });
