/** A name that gives up its middle when room is short: pods are told apart by their ends. */
export function Middle({ text }: { text: string }) {
  const cut = text.lastIndexOf('-');
  if (cut <= 0 || text.length - cut > 12) return <span className="middle"><span>{text}</span></span>;
  return <span className="middle"><span>{text.slice(0, cut)}</span><span>{text.slice(cut)}</span></span>;
}
