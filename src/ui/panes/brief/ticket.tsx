import type { ReactNode } from 'react';

/** `code`, **strong** and *stress* in our own short texts; anything else is plain. The long texts of a debrief use a real reader. */
export function inline(text: string): ReactNode[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/g).map((part, index) => {
    if (part.startsWith('`') && part.endsWith('`') && part.length > 2) return <code key={index}>{part.slice(1, -1)}</code>;
    if (part.startsWith('**') && part.length > 4) return <strong key={index}>{part.slice(2, -2)}</strong>;
    if (part.startsWith('*') && part.endsWith('*') && part.length > 2) return <em key={index}>{part.slice(1, -1)}</em>;
    return part;
  });
}

export interface TicketText { readonly who: string; readonly where: string; readonly body: string }

/** The pager line (`PAGE 03:14 · checkout`, or `PAGE 03:14 — text`) and what follows it. */
export function ticketText(ticket: string): TicketText {
  const text = ticket.trim();
  const newline = text.indexOf('\n');
  const first = (newline < 0 ? text : text.slice(0, newline)).replaceAll('**', '');
  const rest = newline < 0 ? '' : text.slice(newline + 1).trim();
  const dash = /^(.{3,40}?)\s+[—–]\s+(.+)$/.exec(first);
  if (dash) return { who: dash[1] ?? '', where: '', body: [dash[2], rest].filter(Boolean).join(' ') };
  const [who = '', where = ''] = first.split(/\s+·\s+/);
  return rest ? { who, where, body: rest } : { who: '', where: '', body: first };
}
