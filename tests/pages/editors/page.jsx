/**
 * Every kind of reply box that seller pages are made with, each with its framework's own state:
 * `replay.models` tells what that state holds, a line of it after another. One page serves them all;
 * what a kind needs is loaded when it is asked for.
 */
import { useEffect, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

const models = {};
window.replay = { models, sent: [] };
/** Seller pages send on Enter. */
const guard = (event) => {
  if (event.key === "Enter" && !event.shiftKey) window.replay.sent.push(event.isTrusted);
};
document.addEventListener("keydown", guard, true);

const only = new URLSearchParams(location.search).get("kind");
const root = document.getElementById("root");
/** The box stands in a chat page with one line of a shopper, so that an adapter holds. */
const thread = document.createElement("div");
thread.setAttribute("role", "log");
const line = document.createElement("p");
line.className = "line";
line.dataset.id = "s1";
line.textContent = "在吗";
thread.append(line);
/** Where the keyboard may be instead of the box. */
const search = document.createElement("input");
search.className = "search";
const away = document.createElement("button");
away.className = "away";
away.textContent = "别处";
/** A fresh place for each box, so that one page can try many. */
let mount = document.createElement("div");
root.append(search, away, thread, mount);

/** React's own way to a box: the element is drawn, the model follows its events. */
const drawn = (Part) => (lib) => {
  const react = createRoot(mount);
  react.render(<Part lib={lib} />);
  return () => react.unmount();
};

function ReactTextarea() {
  const [value, set] = useState("");
  models.react = () => value;
  return <textarea value={value} onChange={(event) => set(event.target.value)} />;
}
function ReactInput() {
  const [value, set] = useState("");
  models.input = () => value;
  return <input value={value} onChange={(event) => set(event.target.value)} />;
}
function ReactEditable() {
  const [value, set] = useState("");
  models.editable = () => value;
  return (
    <div
      className="edit"
      contentEditable
      suppressContentEditableWarning
      onInput={(event) => set(event.currentTarget.innerText)}
    />
  );
}

/** A state that changes nothing, as while a page is busy. */
function ReactFixed() {
  models.fixed = () => "您好呀";
  return <textarea value="您好呀" onChange={() => {}} />;
}

/** An editable element that puts back what it wants to hold. */
function stubborn() {
  plain("stubborn", "true");
  const box = mount.querySelector(".edit");
  box.textContent = "您好呀";
  new MutationObserver(() => {
    if (box.textContent !== "您好呀") box.textContent = "您好呀";
  }).observe(box, { childList: true, characterData: true, subtree: true });
}

/** An editable element that no framework knows of; its model is what a reader sees. */
function plain(kind, value) {
  const box = document.createElement("div");
  box.className = "edit";
  box.setAttribute("contenteditable", value);
  mount.append(box);
  models[kind] = () => box.innerText;
}

function SlateBox({ lib: { createEditor, Node, withHistory, withReact, Slate, Editable } }) {
  const editor = useMemo(
    () => withHistory(withReact(createEditor())),
    [createEditor, withHistory, withReact],
  );
  models.slate = () => editor.children.map((node) => Node.string(node)).join("\n");
  return (
    <Slate editor={editor} initialValue={[{ type: "paragraph", children: [{ text: "" }] }]}>
      <Editable className="edit" placeholder="输入消息" />
    </Slate>
  );
}
const slate = async () =>
  drawn(SlateBox)({
    ...(await import("slate")),
    ...(await import("slate-history")),
    ...(await import("slate-react")),
  });

function LexicalBox({ lib: { kind, register, $getRoot, createEditor, registerHistory, empty } }) {
  const place = useRef(null);
  useEffect(() => {
    const editor = createEditor({
      namespace: "box",
      onError: (error) => {
        throw error;
      },
    });
    editor.setRootElement(place.current);
    register(editor);
    registerHistory(editor, empty(), 0);
    const lines = () =>
      $getRoot()
        .getChildren()
        .map((node) => node.getTextContent());
    models[kind] = () => editor.getEditorState().read(() => lines().join("\n"));
  }, [kind, register, $getRoot, createEditor, registerHistory, empty]);
  return <div className="edit" contentEditable ref={place} suppressContentEditableWarning />;
}
/** @param {"lexical" | "lexical-rich"} kind */
async function lexical(kind) {
  const { createEmptyHistoryState: empty, registerHistory } = await import("@lexical/history");
  const { registerPlainText } = await import("@lexical/plain-text");
  const { registerRichText } = await import("@lexical/rich-text");
  const register = kind === "lexical" ? registerPlainText : registerRichText;
  return drawn(LexicalBox)({ ...(await import("lexical")), kind, register, registerHistory, empty });
}

/** @param {any} doc of ProseMirror: a line a paragraph, and a line a break in one */
function linesOf(doc) {
  const lines = [];
  doc.forEach((node) => {
    lines.push(
      node.textBetween(0, node.content.size, "\n", (leaf) => (leaf.type.name === "hardBreak" ? "\n" : "")),
    );
  });
  return lines.join("\n");
}

async function prosemirror() {
  const { baseKeymap, splitBlock } = await import("prosemirror-commands");
  const { history, redo, undo } = await import("prosemirror-history");
  const { keymap } = await import("prosemirror-keymap");
  const { Schema } = await import("prosemirror-model");
  const { EditorState } = await import("prosemirror-state");
  const { EditorView } = await import("prosemirror-view");
  const schema = new Schema({
    nodes: {
      doc: { content: "paragraph+" },
      paragraph: { content: "text*", toDOM: () => ["p", 0], parseDOM: [{ tag: "p" }] },
      text: {},
    },
  });
  const plugins = [
    history(),
    keymap({ "Mod-z": undo, "Mod-y": redo, "Shift-Enter": splitBlock }),
    keymap(baseKeymap),
  ];
  const view = new EditorView(mount, { state: EditorState.create({ schema, plugins }) });
  models.prosemirror = () => linesOf(view.state.doc);
  return () => view.destroy();
}

async function tiptap() {
  const { Editor } = await import("@tiptap/core");
  const { StarterKit } = await import("@tiptap/starter-kit");
  const editor = new Editor({ element: mount, extensions: [StarterKit] });
  models.tiptap = () => linesOf(editor.state.doc);
  return () => editor.destroy();
}

async function quill(kind) {
  const { default: Quill } = await (kind === "quill" ? import("quill") : import("quill1"));
  const box = document.createElement("div");
  mount.append(box);
  const editor = new Quill(box, { modules: { toolbar: false } });
  models[kind] = () => editor.getText().replace(/\n$/u, "");
}

async function ckeditor() {
  const { ClassicEditor, Essentials, Paragraph } = await import("ckeditor5");
  const place = document.createElement("div");
  mount.append(place);
  const editor = await ClassicEditor.create(place, {
    licenseKey: "GPL",
    plugins: [Essentials, Paragraph],
  });
  models.ckeditor = () => {
    const lines = [];
    for (const node of editor.model.document.getRoot().getChildren())
      lines.push([...node.getChildren()].map((part) => part.data ?? "\n").join(""));
    return lines.join("\n");
  };
  return () => editor.destroy();
}

async function wangeditor() {
  const { createEditor } = await import("@wangeditor/editor");
  const place = document.createElement("div");
  place.style.height = "120px";
  mount.append(place);
  const editor = createEditor({ selector: place, html: "<p><br></p>", mode: "simple" });
  models.wangeditor = () => editor.getText();
  // Not destroyed: it looks at the selection a moment later, and then wants to be there.
}

function DraftBox({ lib: { Editor, EditorState } }) {
  const [state, set] = useState(() => EditorState.createEmpty());
  models.draft = () => state.getCurrentContent().getPlainText("\n");
  return <Editor editorState={state} onChange={set} />;
}
const draft = async () => drawn(DraftBox)((await import("draft-js")).default);

async function vue2() {
  const { default: Vue2 } = await import("vue2/dist/vue.common.prod.js");
  const app = new Vue2({
    data: { text: "" },
    template: '<textarea v-model="text"></textarea>',
  });
  const place = document.createElement("div");
  mount.append(place);
  app.$mount(place);
  models.vue2 = () => app.text;
}

async function vue3() {
  const { createApp, h, ref } = await import("vue3/dist/vue.esm-bundler.js");
  const text = ref("");
  const onInput = (event) => {
    text.value = event.target.value;
  };
  createApp({ setup: () => () => h("textarea", { value: text.value, onInput }) }).mount(mount);
  models.vue3 = () => text.value;
}

/** What puts a box of each kind into `mount`; resolves with what takes it away, where it needs that. */
const kinds = {
  react: drawn(ReactTextarea),
  input: drawn(ReactInput),
  editable: drawn(ReactEditable),
  plain: () => plain("plain", "true"),
  plaintext: () => plain("plaintext", "plaintext-only"),
  fixed: drawn(ReactFixed),
  short: () => {
    mount.innerHTML = '<textarea maxlength="8">您好呀</textarea>';
    models.short = () => mount.firstChild.value;
  },
  stubborn,
  vue2,
  vue3,
  slate,
  wangeditor,
  lexical: () => lexical("lexical"),
  "lexical-rich": () => lexical("lexical-rich"),
  prosemirror,
  tiptap,
  quill: () => quill("quill"),
  quill1: () => quill("quill1"),
  ckeditor,
  draft,
};

let takeAway = null;
/** A fresh box in the place of the one before. */
window.replay.fresh = async () => {
  await takeAway?.();
  mount.remove();
  mount = document.createElement("div");
  mount.className = "mount";
  root.append(mount);
  takeAway = await kinds[only]();
};
window.replay.fresh().then(() => {
  window.replay.ready = true;
});
