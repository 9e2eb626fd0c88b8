import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type Completion as EditorCompletion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState, type Extension, type Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
  type Tooltip,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Completion, Completions, Hover } from "../../../compiler/assist/index.js";
import type { LocatedError } from "../../../compiler/errors.js";
import type { PlaceRequest } from "../../definition-messages.js";
import { send } from "../send.js";

export interface CodeEditorOptions {
  text: string;
  /** For screen readers. */
  label: string;
  onChange: (text: string) => void;
  onSave: () => void;
  onStart: () => void;
}

export interface CodeEditor {
  /** Replaces the whole text; it can be undone. */
  setText(text: string): void;
  show(errors: readonly LocatedError[], warnings: readonly LocatedError[]): void;
  /** Moves the cursor to a line, from 1. */
  goTo(line: number, column?: number): void;
  destroy(): void;
}

/**
 * An editor of definitions inside an element. It lives in a shadow tree: style sheets there are
 * made by script, which the page's policy allows, and the styles of the page do not reach it;
 * colors do.
 */
export function createCodeEditor(host: HTMLElement, options: CodeEditorOptions): CodeEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.replaceChildren();
  // Keys that somebody types here are not those of the page.
  host.onkeydown = (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  };
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        yaml(),
        syntaxHighlighting(colors),
        autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
        hoverTooltip(explain, { hoverTime: 350 }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false", tabindex: "0" }),
        theme,
        keys(options),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    show: (errors, warnings) => {
      const of = (severity: Diagnostic["severity"]) => (error: LocatedError) =>
        toDiagnostic(error, severity, view.state.doc);
      view.dispatch(setDiagnostics(view.state, [...errors.map(of("error")), ...warnings.map(of("warning"))]));
    },
    goTo: (line, column = 1) => {
      const anchor = textOffset(view.state.doc, line, column);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

const keys = ({ onSave, onStart }: CodeEditorOptions): Extension =>
  keymap.of([
    { key: "Mod-s", preventDefault: true, run: () => (onSave(), true) },
    { key: "Mod-Enter", preventDefault: true, run: () => (onStart(), true) },
    // Tab indents; Escape leaves the editor, so that the keyboard is not caught in it.
    { key: "Escape", run: (editor) => (editor.contentDOM.blur(), false) },
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...lintKeymap,
    ...historyKeymap,
    ...defaultKeymap,
    indentWithTab,
  ]);

function textOffset(text: Text, line: number, column: number): number {
  const found = text.line(Math.min(Math.max(1, line), text.lines));
  return Math.min(found.to, found.from + column - 1);
}

/** The error as a mark as wide as its carets. */
function toDiagnostic(error: LocatedError, severity: Diagnostic["severity"], text: Text): Diagnostic {
  const from = textOffset(text, error.line, error.column);
  const width = /\^+/.exec(error.excerpt.split("\n").at(-1) ?? "")?.[0].length ?? 1;
  const to = Math.min(from + width, text.line(Math.min(error.line, text.lines)).to);
  const message = [error.message, error.expected && `expected: ${error.expected}`, error.next && `next: ${error.next}`];
  return { from, to: Math.max(from, to), severity, source: error.code, message: message.filter(Boolean).join("\n") };
}

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const { explicit, pos: offset, state } = context;
  const before = state.sliceDoc(Math.max(0, offset - 40), offset);
  // A word, a reference, the begin of an expression, or the value of a key that has choices.
  if (!explicit && !/[\w./-]$|\$\{\{ ?$|\b(uses|unit|task|schedule|optimizer|onFailure): $/.test(before)) return null;
  const body: PlaceRequest = { text: state.doc.toString(), offset };
  const found = await send<Completions | null>("/api/definitions/complete", body);
  if (found === null || context.aborted || found.options.length === 0) return null;
  return { from: found.from, to: found.to, options: found.options.map(toEditorCompletion), validFor: /^[\w-]*$/ };
}

const toEditorCompletion = ({ label, insert, kind, detail, description }: Completion): EditorCompletion => ({
  label,
  type: kind,
  ...(insert !== undefined && { apply: insert }),
  ...(detail && { detail }),
  ...(description && { info: description }),
});

async function explain(view: EditorView, offset: number): Promise<Tooltip | null> {
  const text = view.state.doc.toString();
  const found = await send<Hover | null>("/api/definitions/hover", { text, offset }).catch(() => null);
  if (found === null || text !== view.state.doc.toString()) return null;
  return {
    pos: found.from,
    end: found.to,
    above: true,
    create: () => {
      const dom = document.createElement("div");
      const title = document.createElement("b");
      title.textContent = found.title;
      dom.append(title, ` ${found.text}`);
      dom.className = "hover";
      return { dom };
    },
  };
}

const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--fg)" },
  { tag: [tags.lineComment, tags.meta], color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.bracket, tags.squareBracket, tags.brace], color: "var(--muted)" },
]);

const mono = "ui-monospace, SFMono-Regular, Menlo, monospace";

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", color: "var(--fg)", backgroundColor: "var(--bg)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: mono, lineHeight: "20px" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--fg)" },
  ".cm-gutters": { backgroundColor: "var(--bg)", color: "var(--muted)", border: "none" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--panel) 70%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--fg)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    borderBottom: "2px wavy var(--bad)",
    textDecoration: "underline wavy var(--bad) 1px",
  },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn) 1px" },
  ".cm-lint-marker": { width: "8px", height: "8px", margin: "6px 2px", borderRadius: "4px", content: "none" },
  ".cm-lint-marker-error": { backgroundColor: "var(--bad)" },
  ".cm-lint-marker-warning": { backgroundColor: "var(--warn)" },
  ".cm-tooltip": {
    backgroundColor: "var(--bg)",
    color: "var(--fg)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    boxShadow: "0 4px 16px rgb(0 0 0 / 20%)",
    maxWidth: "min(480px, 90vw)",
    fontFamily: "system-ui, sans-serif",
    overflow: "hidden",
  },
  ".hover, .cm-completionInfo": { padding: "8px 12px", lineHeight: "20px" },
  ".cm-diagnostic": { padding: "8px 12px", whiteSpace: "pre-wrap", borderLeft: "3px solid var(--warn)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnosticSource": { color: "var(--muted)", opacity: "1", fontFamily: mono },
  ".cm-tooltip-autocomplete ul li": { padding: "3px 8px !important" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--bg)" },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "var(--bg)" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "12px" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
});
