// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MapTable } from '../map/table.tsx';
import { connect, open, receive, useSession } from '../session.ts';
import { fakeDebrief, fakeLink, fakeOpening, fakeScenario } from '../testing/fake-link.ts';
import { DebriefPage } from '../pages/debrief.tsx';
import { Dialogs } from '../keys/dialogs.tsx';
import { BriefPane } from './brief/view.tsx';
import { InspectorPane } from './inspector/view.tsx';
import { TimelineStrip } from './timeline/view.tsx';
import { act } from 'react';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let link = fakeLink();
const opened = (scenario = fakeScenario()): void => {
  open({ kind: 'scenario', key: 'q7f2' });
  fakeOpening(scenario).forEach(receive);
  link.sent.length = 0;
};

beforeEach(() => {
  link = fakeLink();
  connect(link);
  opened();
});
afterEach(cleanup);

describe('brief', () => {
  test('shows the page, the promises with marks in words, and guards', () => {
    render(<BriefPane />);
    expect(screen.getByText('PAGE 03:14')).toBeTruthy();
    expect(screen.getByText('1 of 4')).toBeTruthy();
    const rows = screen.getAllByRole('listitem').map(row => row.textContent ?? '');
    expect(rows.find(row => row.includes('No restart'))).toContain('un-ticked 3×');
    expect(rows.find(row => row.includes('orders available'))).toContain('does not hold');
    expect(screen.getByText('probes still bite')).toBeTruthy();
  });

  test('an answer goes to the world, an empty one does not', () => {
    render(<BriefPane />);
    const field = screen.getByLabelText('Which setting does the dead container miss?');
    fireEvent.submit(field);
    fireEvent.change(field, { target: { value: ' DATABASE_HOST ' } });
    fireEvent.submit(field);
    expect(link.sent).toEqual([{ type: 'input', input: { type: 'answer', objective: 'name', text: 'DATABASE_HOST' } }]);
  });

  test('a hint is asked for, with its price before', () => {
    act(() => opened(fakeScenario({ hints: { total: 3, shown: [], nextPrice: 'costs nothing', offered: false } })));
    render(<BriefPane />);
    expect(screen.getByText('costs nothing')).toBeTruthy();
    fireEvent.click(screen.getByText('A hint, when you want one'));
    expect(link.sent).toEqual([{ type: 'input', input: { type: 'hint' } }]);
  });

  test('a broken guard opens to a row with its reason', () => {
    act(() => opened(fakeScenario({ guards: [{ id: 'g', title: 'probes still bite', holds: false, reason: 'readinessProbe of `orders` removed', brokenAtMs: 1_795_404_000_000 }] })));
    render(<BriefPane />);
    expect(screen.getByText(/of/, { selector: '.broken small' }).textContent).toContain('readinessProbe of orders removed');
  });

  test('an un-ticked promise flashes once', () => {
    const { container } = render(<BriefPane />);
    const objectives = fakeScenario().objectives.map(objective => (objective.id === 'calm' ? { ...objective, state: 'open' as const, untickedCount: 4 } : objective));
    act(() => fakeOpening(fakeScenario({ objectives })).slice(1).forEach(receive));
    expect(container.querySelectorAll('.unticked').length).toBe(1);
  });
});

describe('inspector', () => {
  test('without a selection it says what will stand here', () => {
    render(<InspectorPane />);
    expect(screen.getByText(/Select anything/)).toBeTruthy();
  });

  test('the chain ends where the API ends, and a line is placed, not run', () => {
    useSession.setState({ selected: 'Pod/shop/orders-7c9d8f6b5-2xkqp', inspectorTab: 'why' });
    render(<InspectorPane />);
    expect(screen.getByText('The API knows no more than this')).toBeTruthy();
    fireEvent.click(screen.getByLabelText('Place at the prompt: kubectl logs orders-7c9d8f6b5-2xkqp --previous'));
    expect(link.sent).toEqual([{ type: 'place', terminal: 't1', line: 'kubectl logs orders-7c9d8f6b5-2xkqp --previous' }]);
  });

  test('an object that went says so', () => {
    useSession.setState({ selected: 'Pod/shop/left-behind' });
    render(<InspectorPane />);
    expect(screen.getByText('left-behind')).toBeTruthy();
  });

  test('fields can be searched', () => {
    useSession.setState({ selected: 'Node//ip-10-20-0-11', inspectorTab: 'fields' });
    render(<InspectorPane />);
    fireEvent.change(screen.getByLabelText('Find a field or a value'), { target: { value: 'kubeletversion' } });
    expect(screen.getAllByRole('definition').map(entry => entry.textContent)).toEqual(['v1.34.2-eks-3025e55']);
  });
});

describe('time', () => {
  test('clock, speed and step', () => {
    render(<TimelineStrip />);
    expect(screen.getByRole('timer').textContent).toContain('03:14:41');
    fireEvent.click(screen.getByLabelText('Ten times'));
    fireEvent.click(screen.getByText('Step'));
    expect(link.sent).toEqual([{ type: 'speed', speed: 10 }, { type: 'next-event' }]);
  });
});

describe('map as a table', () => {
  test('has the words of kubectl and selects', () => {
    render(<MapTable view="where" />);
    const name = screen.getByRole('button', { name: 'orders-7c9d8f6b5-2xkqp' });
    const row = name.closest('tr');
    expect(row && within(row).getAllByRole('cell').map(cell => cell.textContent)).toEqual(['orders-7c9d8f6b5-2xkqp', 'CrashLoopBackOff', '0/1', '7', 'shop', 'ip-10-20-0-11', 'eu-west-1a']);
    fireEvent.click(name);
    expect(useSession.getState().selected).toBe('Pod/shop/orders-7c9d8f6b5-2xkqp');
  });
});

describe('debrief', () => {
  test('the points stay hidden until one has answered', () => {
    act(() => opened(fakeDebrief()));
    render(<DebriefPage scenarioKey="q7f2" />);
    expect(screen.getByText('The mistake was a day old.')).toBeTruthy();
    expect(screen.queryAllByRole('checkbox').length).toBe(0);
    fireEvent.click(screen.getByText('I said it. Show the points'));
    const [first] = screen.getAllByRole('checkbox');
    if (first) fireEvent.click(first);
    expect(screen.getByText('1 of 4')).toBeTruthy();
  });
});

describe('palette', () => {
  test('finds an object by name and selects it', async () => {
    useSession.setState({ dialog: 'palette' });
    render(<Dialogs />);
    const field = screen.getByRole('combobox');
    fireEvent.change(field, { target: { value: 'pod orders 9hvtl' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    await new Promise(resolve => setTimeout(resolve, 5));
    expect(useSession.getState().selected).toBe('Pod/shop/orders-7c9d8f6b5-9hvtl');
    expect(useSession.getState().dialog).toBeUndefined();
  });

  test('a typed line is offered for placing', () => {
    useSession.setState({ dialog: 'palette' });
    render(<Dialogs />);
    fireEvent.change(screen.getByRole('combobox'), { target: { value: 'kubectl get nodes' } });
    expect(screen.getAllByRole('option')[0]?.textContent).toBe('kubectl get nodesplace at the prompt');
  });
});
