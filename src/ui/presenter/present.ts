/** Standing before others: larger type on and off, and the panel to break things with. */
import { PRESENTER_TEXT, remembered, say, show, useSession } from '../session.ts';

/** Breaking is for water that nobody is tested in. */
export function toggleBreaking(): void {
  const { source, breaking } = useSession.getState();
  if (source?.kind === 'scenario' && !breaking) say('Break things is for the sandbox: here something is broken already.');
  else show({ breaking: !breaking, smallPane: 'map' });
}

export function setPresenting(presenting: boolean): void {
  show({ presenting, terminalSize: presenting ? PRESENTER_TEXT : Number(remembered('terminal-size')) || undefined });
  setTimeout(() => window.dispatchEvent(new CustomEvent('drydock:fit')), 100);
}

export function togglePresenting(): void {
  const presenting = !useSession.getState().presenting;
  setPresenting(presenting);
  say(presenting ? 'Presenter: larger type. P puts it back.' : 'Back to the desk.');
}
