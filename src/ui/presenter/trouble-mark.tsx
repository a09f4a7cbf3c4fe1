/** One small picture a trouble, drawn with one pen. */
const PATHS: Readonly<Record<string, string>> = {
  'kill-node': 'M6 2v4M10 2v4M4 6h8v3a4 4 0 0 1-8 0ZM8 13v2',
  'cut-zone': 'M1 8h4M11 8h4M5 4l2 8M9 4l2 8',
  'exhaust-subnet': 'M2.5 2.5h4v4h-4ZM9.5 2.5h4v4h-4ZM2.5 9.5h4v4h-4ZM9.5 9.5h4v4h-4ZM9.5 9.5l4 4',
  'wrong-image': 'M2.5 3.5h11v9h-11ZM5.5 5.5l5 5M10.5 5.5l-5 5',
  'bad-config': 'M2 4h7M2 8h4M2 12h7M13 4l-3 4 3 4',
  'memory-leak': 'M3 13V9M6.5 13V6.5M10 13V4M13.5 13V2',
  'slow-start': 'M8 2.5a5.5 5.5 0 1 0 .01 0M8 5v3.4l2.4 1.6',
  'dns-down': 'M8 2.5a5.5 5.5 0 1 0 .01 0M6.3 6.4a1.8 1.8 0 1 1 2.4 1.8c-.5.2-.7.5-.7 1M8 11.3v.2',
  'stop-pod': 'M4.5 4.5h7v7h-7Z',
  'drain-node': 'M2.5 5h11v6h-11ZM5.5 8h5M8.8 6.4 10.5 8 8.8 9.6',
};

export function TroubleMark({ id }: { id: string }) {
  return <span className="trouble-mark"><svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"><path d={PATHS[id] ?? 'M8 2v12'} /></svg></span>;
}
