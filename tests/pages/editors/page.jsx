/**
 * Every kind of reply box that seller pages are made with, each with its framework's own state:
 * `replay.models` tells what that state holds.
 */
import { createEmptyHistoryState, registerHistory } from "@lexical/history";
import { registerPlainText } from "@lexical/plain-text";
import { $getRoot, createEditor } from "lexical";
import { baseKeymap, splitBlock } from "prosemirror-commands";
import { history as pmHistory, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { Schema } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import Quill from "quill";
import { useEffect, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { createEditor as createSlate, Node } from "slate";
import { withHistory } from "slate-history";
import { Editable, Slate, withReact } from "slate-react";
import Vue2 from "vue2/dist/vue.common.prod.js";
import { createApp, h, ref } from "vue3/dist/vue.esm-bundler.js";

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
const mount = document.createElement("div");
mount.className = "mount";
root.append(thread, mount);

function ReactTextarea() {
  const [value, set] = useState("");
  models.react = () => value;
  return <textarea className="box" value={value} onChange={(event) => set(event.target.value)} />;
}
function ReactInput() {
  const [value, set] = useState("");
  models.input = () => value;
  return <input className="box" value={value} onChange={(event) => set(event.target.value)} />;
}
function ReactEditable() {
  const [value, set] = useState("");
  models.editable = () => value;
  return (
    <div
      className="box edit"
      contentEditable
      suppressContentEditableWarning
      onInput={(event) => set(event.currentTarget.innerText)}
    />
  );
}
function SlateBox() {
  const editor = useMemo(() => withHistory(withReact(createSlate())), []);
  models.slate = () => editor.children.map((node) => Node.string(node)).join("\n");
  return (
    <Slate editor={editor} initialValue={[{ type: "paragraph", children: [{ text: "" }] }]}>
      <Editable className="box edit" placeholder="输入消息" />
    </Slate>
  );
}
function LexicalBox() {
  const place = useRef(null);
  useEffect(() => {
    const editor = createEditor({
      namespace: "box",
      onError: (error) => {
        throw error;
      },
    });
    editor.setRootElement(place.current);
    registerPlainText(editor);
    registerHistory(editor, createEmptyHistoryState(), 0);
    models.lexical = () => editor.getEditorState().read(() => $getRoot().getTextContent());
  }, []);
  return <div className="box edit" contentEditable ref={place} suppressContentEditableWarning />;
}
const kinds = {
  react: () => createRoot(mount).render(<ReactTextarea />),
  input: () => createRoot(mount).render(<ReactInput />),
  editable: () => createRoot(mount).render(<ReactEditable />),
  slate: () => createRoot(mount).render(<SlateBox />),
  lexical: () => createRoot(mount).render(<LexicalBox />),
  vue2: () => {
    const app = new Vue2({
      data: { text: "" },
      template: '<textarea class="box" v-model="text"></textarea>',
    });
    const place = document.createElement("div");
    mount.append(place);
    app.$mount(place);
    models.vue2 = () => app.text;
  },
  vue3: () => {
    const text = ref("");
    createApp({
      setup: () => () =>
        h("textarea", {
          class: "box",
          value: text.value,
          onInput: (event) => {
            text.value = event.target.value;
          },
        }),
    }).mount(mount);
    models.vue3 = () => text.value;
  },
  quill: () => {
    const quill = new Quill(mount, { modules: { toolbar: false } });
    quill.root.classList.add("box");
    models.quill = () => quill.getText().replace(/\n$/u, "");
  },
  prosemirror: () => {
    const schema = new Schema({
      nodes: {
        doc: { content: "paragraph+" },
        paragraph: { content: "text*", toDOM: () => ["p", 0], parseDOM: [{ tag: "p" }] },
        text: {},
      },
    });
    const view = new EditorView(mount, {
      state: EditorState.create({
        schema,
        plugins: [
          pmHistory(),
          keymap({ "Mod-z": undo, "Mod-y": redo, "Shift-Enter": splitBlock }),
          keymap(baseKeymap),
        ],
      }),
    });
    view.dom.classList.add("box", "edit");
    models.prosemirror = () => {
      const lines = [];
      view.state.doc.forEach((node) => lines.push(node.textContent));
      return lines.join("\n");
    };
  },
};
kinds[only]();
