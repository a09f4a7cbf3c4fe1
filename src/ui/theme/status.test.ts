import { describe, expect, test } from 'vitest';
import { lookOf, toneOfWord, worstTone } from './status.ts';

describe('status grammar', () => {
  test.each([
    // STATUS                      READY   shape       colour
    ['Running',                    '1/1',  'ready',    'ok'],
    ['Running',                    '0/1',  'notready', 'warn'],
    ['Running',                    '1/2',  'notready', 'warn'],
    ['Pending',                    '0/1',  'pending',  'wait'],
    ['ContainerCreating',          '0/1',  'creating', 'wait'],
    ['Init:0/1',                   '0/1',  'creating', 'wait'],
    ['Init:CrashLoopBackOff',      '0/1',  'crash',    'bad'],
    ['CrashLoopBackOff',           '0/1',  'crash',    'bad'],
    ['OOMKilled',                  '0/1',  'crash',    'bad'],
    ['ExitCode:3',                 '0/1',  'crash',    'bad'],
    ['ImagePullBackOff',           '0/1',  'image',    'bad'],
    ['CreateContainerConfigError', '0/1',  'image',    'bad'],
    ['Terminating',                '1/1',  'term',     'gone'],
    ['Completed',                  '0/1',  'done',     'gone'],
    ['SomethingNew',               '0/1',  'unknown',  'gone'],
  ])('%s %s is a %s hull in %s', (status, ready, glyph, tone) => {
    expect(lookOf(status, ready)).toEqual({ glyph, tone });
  });

  test.each([
    ['CrashLoopBackOff', 'bad'], ['Warning', 'warn'], ['NotReady', 'bad'], ['Ready,SchedulingDisabled', 'warn'], ['NotReady,SchedulingDisabled', 'bad'],
    ['Running', undefined], ['Ready', undefined], ['orders', undefined],
  ])('in a terminal, %s is %s', (word, tone) => {
    expect(toneOfWord(word)).toBe(tone);
  });

  test('the worst state wins', () => {
    expect(worstTone(['ok', 'wait', 'warn'])).toBe('warn');
    expect(worstTone(['ok', 'gone'])).toBe('gone');
    expect(worstTone([])).toBe('ok');
  });
});
