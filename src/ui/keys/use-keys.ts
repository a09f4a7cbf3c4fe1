import { useEffect } from 'react';
import { show, useSession } from '../session.ts';
import { isMac } from '../top-bar.tsx';
import { ACTIONS, isTyping, keyName } from './keymap.ts';

/** Listens for the keys of the page while it is mounted. */
export function useKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { dialog, editor, singleKeys } = useSession.getState();
      if (event.key === 'Escape' && dialog) {
        show({ dialog: undefined });
        event.preventDefault();
        return;
      }
      const { breaking } = useSession.getState();
      if (event.key === 'Escape' && breaking && !(event.target instanceof HTMLElement && event.target.closest('.xterm'))) {
        show({ breaking: false });
        event.preventDefault();
        return;
      }
      if (dialog || editor || event.defaultPrevented) return;
      const inTerminal = event.target instanceof HTMLElement && event.target.closest('.xterm') !== null;
      const name = keyName(event, isMac, inTerminal);
      const typing = isTyping(event.target);
      const free = name.startsWith('⌘') || name === 'F6';
      if (name === '' || (!free && (typing || !singleKeys))) return;
      // In the terminal every plain key belongs to the shell, and so does undo.
      if (inTerminal && (!free || name === '⌘Z' || name === '⌘0')) return;
      if (typing && name === '⌘Z') return;
      // Space and Enter press the focused control; they do not also pause.
      if (name === 'Space' && event.target instanceof HTMLElement && event.target.closest('button, a, [role="slider"], summary')) return;
      const action = ACTIONS.find(entry => entry.keys.includes(name));
      if (!action) return;
      event.preventDefault();
      action.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
