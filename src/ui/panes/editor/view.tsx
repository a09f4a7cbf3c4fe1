/** The learner's editor: CodeMirror with vim keys over a file of the world. Loaded when first asked for. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, defaultHighlightStyle, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { Vim, vim } from '@replit/codemirror-vim';
import { tags } from '@lezer/highlight';
import { useEffect, useRef, useState } from 'react';
import { answerEditor, useSession } from '../../session.ts';
import './editor.css';

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--term-4)' },
  { tag: tags.string, color: 'var(--term-2)' }, { tag: tags.comment, color: 'var(--term-dim)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--term-5)' }, { tag: [tags.keyword, tags.meta], color: 'var(--term-6)' },
]);

export function EditorDialog() {
  const request = useSession(state => state.editor);
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const saved = useRef<string | undefined>(undefined);
  const [dirty, setDirty] = useState(false);

  useEffect(() => {
    if (!host.current || !request) return;
    saved.current = undefined;
    setDirty(false);
    const text = (): string => view.current?.state.doc.toString() ?? '';
    const write = (): void => { saved.current = text(); setDirty(false); };
    // `undefined` says that nothing was written: kubectl then prints that the edit was cancelled.
    const quit = (): void => answerEditor(saved.current);
    if (request.flavour === 'vim') {
      Vim.defineEx('write', 'w', write);
      Vim.defineEx('quit', 'q', quit);
      Vim.defineEx('wq', 'wq', () => { write(); quit(); });
      Vim.defineEx('xit', 'x', () => { write(); quit(); });
      Vim.defineEx('qall', 'qa', quit);
      Vim.defineEx('cquit', 'cq', () => answerEditor(undefined));
      Vim.defineAction('drydockSaveQuit', () => { write(); quit(); });
      Vim.mapCommand('ZZ', 'action', 'drydockSaveQuit', {}, { context: 'normal' });
    }
    const nano = keymap.of([
      { key: 'Ctrl-o', run: () => { write(); return true; }, preventDefault: true }, { key: 'Ctrl-s', run: () => { write(); return true; }, preventDefault: true },
      { key: 'Ctrl-x', run: () => { quit(); return true; }, preventDefault: true },
    ]);
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: request.content,
        extensions: [
          ...(request.flavour === 'vim' ? [vim({ status: true })] : [nano]), lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), indentUnit.of('  '), EditorState.tabSize.of(2),
          keymap.of([indentWithTab, ...defaultKeymap, ...historyKeymap]), /\.(ya?ml)$|^\/tmp\//.test(request.path) || /^(apiVersion|kind|#)/m.test(request.content) ? yaml() : [],
          syntaxHighlighting(COLOURS), syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
          EditorView.contentAttributes.of({ 'aria-label': `Editing ${request.path}` }),
          EditorView.updateListener.of(update => { if (update.docChanged) setDirty(true); }),
        ],
      }),
    });
    view.current = editor;
    editor.focus();
    return () => { editor.destroy(); view.current = undefined; };
  }, [request]);

  if (!request) return null;
  return (
    <div className="veil">
      <div className="dialog editor" role="dialog" aria-modal="true" aria-label={`Editor: ${request.path}`}>
        <div className="ph"><b className="mono">{request.path}</b>{dirty && <span className="small c-warn">not written</span>}<span className="sp" /><span className="small c-3">{request.flavour === 'vim' ? ':w writes · :wq writes and leaves · :q! leaves' : 'Ctrl-O writes · Ctrl-X leaves'}</span></div>
        <div ref={host} className="cm-host" />
        <div className="foot">
          <button type="button" className="btn quiet" onClick={() => answerEditor(undefined)}>Leave without writing</button>
          <button type="button" className="btn prime" onClick={() => answerEditor(view.current?.state.doc.toString() ?? request.content)}>Write and leave</button>
        </div>
      </div>
    </div>
  );
}
