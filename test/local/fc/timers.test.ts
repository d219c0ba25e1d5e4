import { instant, plusMs } from '../../../lib/base/instant';
import { closeLabs, type FunctionSpec, type Lab, makeLab, text } from './engine-fixture';

afterEach(closeLabs);

const ECHO = 'exports.handler = async (event) => event;';

function timer(cron: string, name = 'tick', isEnabled = true): NonNullable<FunctionSpec['timers']>[number] {
  return { name, cron, isEnabled, payload: '{"kind":"timer"}' };
}

function at(text: string) {
  return instant(Date.parse(text));
}

/** The occurrences that were delivered, in order. */
function delivered({ engine }: Lab): readonly string[] {
  return engine.records().map((record) => `${record.function} ${JSON.parse(text(record)).triggerTime}`);
}

describe('a timer', () => {
  test('delivers its occurrence, its name and its payload as text, as an asynchronous event', async () => {
    const lab = makeLab({ functions: { work: { source: ECHO, timers: [timer('0 0/5 * * * *')] } } });

    await lab.engine.passTime(at('2026-11-21T01:05:00Z'));

    expect(lab.engine.records()).toMatchObject([{ type: 'timer', at: at('2026-11-21T01:05:00Z') }]);
    expect(text(lab.engine.records()[0])).toBe('{"triggerTime":"2026-11-21T01:05:00Z","triggerName":"tick","payload":"{\\"kind\\":\\"timer\\"}"}');
  });

  test('is tried again like every asynchronous event, with the same occurrence', async () => {
    const source = 'exports.handler = async (event, context) => { if (context.retryCount === 0) throw event.toString(); return event; };';
    const lab = makeLab({ functions: { work: { source, timers: [timer('0 0 * * * *')], async: { maxRetries: 1 } } } });

    await lab.engine.passTime(at('2026-11-21T02:30:00Z'));

    expect(lab.engine.records().map((record) => [record.at - at('2026-11-21T02:00:00Z'), record.ok])).toEqual([
      [0, false],
      [1_000, true],
    ]);
    expect(text(lab.engine.records()[1])).toContain('"triggerTime":"2026-11-21T02:00:00Z"');
  });

  test('that is disabled does not fire', async () => {
    const lab = makeLab({ functions: { work: { source: ECHO, timers: [timer('0 * * * * *', 'tick', false)] } } });

    await lab.engine.passTime(at('2026-11-21T03:00:00Z'));

    expect(lab.engine.records()).toEqual([]);
    expect(lab.engine.nextAt()).toBeUndefined();
  });

  test('does not catch up: after a jump of the clock, the newest occurrence alone is delivered', async () => {
    const lab = makeLab({ functions: { work: { source: ECHO, timers: [timer('0 0 * * * *')] } } });

    lab.clock.advance(5.5 * 3_600_000);
    await lab.engine.runDue();

    expect(delivered(lab)).toEqual(['work 2026-11-21T06:00:00Z']);
    expect(lab.engine.nextAt()).toBe(at('2026-11-21T07:00:00Z'));
  });

  test('can be fired by hand, as one that fires twice', async () => {
    const lab = makeLab({ functions: { work: { source: ECHO, timers: [timer('0 0 * * * *')] } } });
    await lab.engine.passTime(at('2026-11-21T02:00:00Z'));

    const known = lab.engine.fireTimer('work', 'tick', at('2026-11-21T02:00:00Z'));
    await lab.engine.runDue();

    expect(known).toBe(true);
    expect(delivered(lab)).toEqual(['work 2026-11-21T02:00:00Z', 'work 2026-11-21T02:00:00Z']);
    expect([lab.engine.fireTimer('work', 'other'), lab.engine.fireTimer('nobody', 'tick')]).toEqual([false, false]);
  });

  test('can be kept from firing', async () => {
    const lab = makeLab({ functions: { work: { source: ECHO, timers: [timer('0 0 * * * *')] } } });
    lab.engine.faults.add({ kind: 'miss', function: 'work', skip: 1 });

    await lab.engine.passTime(at('2026-11-21T04:00:00Z'));

    expect(delivered(lab)).toEqual(['work 2026-11-21T02:00:00Z', 'work 2026-11-21T04:00:00Z']);
  });

  test('fires while its last invocation is still at work', async () => {
    const source = 'exports.handler = async (event) => { await new Promise((resolve) => setTimeout(resolve, 100)); return event; };';
    const lab = makeLab({ functions: { work: { source, timers: [timer('0 0 * * * *')] } } });
    lab.clock.advance(3_600_000);
    const first = lab.engine.runDue();

    lab.clock.advance(3_600_000);
    await Promise.all([first, lab.engine.runDue()]);

    expect([...delivered(lab)].sort()).toEqual(['work 2026-11-21T02:00:00Z', 'work 2026-11-21T03:00:00Z']);
  });

  test('with a schedule that is none is refused when the engine is made', () => {
    expect(() => makeLab({ functions: { work: { source: ECHO, timers: [timer('* * * * *')] } } })).toThrow(
      expect.objectContaining({ code: 'fc-cron-invalid' }),
    );
  });
});

describe('the passing of time', () => {
  test('goes from moment to moment, in the order of time, then of acceptance, then of the manifest', async () => {
    const lab = makeLab({
      functions: { b: { source: ECHO, timers: [timer('0 0/30 * * * *')] }, a: { source: ECHO, timers: [timer('@every 20m'), timer('0 0 2 * * *', 'other')] } },
      maxParallel: 1,
    });
    lab.engine.enqueue('a', Buffer.from('{"triggerTime":"queued"}'), { delayMs: 3_600_000 });

    await lab.engine.passTime(at('2026-11-21T02:10:00Z'));

    expect(delivered(lab)).toEqual([
      'a 2026-11-21T01:20:00Z',
      'b 2026-11-21T01:30:00Z',
      'a 2026-11-21T01:40:00Z',
      'a queued',
      'b 2026-11-21T02:00:00Z',
      'a 2026-11-21T02:00:00Z',
      'a 2026-11-21T02:00:00Z',
    ]);
    expect(lab.clock.now()).toBe(at('2026-11-21T02:10:00Z'));
  });

  test('does not move the clock while something runs', async () => {
    const moments: number[] = [];
    const lab: Lab = makeLab({
      functions: {
        work: { source: 'exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 30)); };', timers: [timer('0 * * * * *')] },
      },
      onStart: () => moments.push(lab.clock.now()),
      onRecord: () => moments.push(lab.clock.now()),
    });

    await lab.engine.passTime(plusMs(lab.clock.now(), 180_000));

    expect(moments.map((moment) => (moment - at('2026-11-21T01:00:00Z')) / 60_000)).toEqual([1, 1, 2, 2, 3, 3]);
  });

  test('asked for twice happens one after the other, and never goes back', async () => {
    const lab = makeLab({ functions: { work: { source: ECHO, timers: [timer('0 0 * * * *')] } } });

    await Promise.all([lab.engine.passTime(at('2026-11-21T03:00:00Z')), lab.engine.passTime(at('2026-11-21T02:00:00Z'))]);

    expect(delivered(lab)).toEqual(['work 2026-11-21T02:00:00Z', 'work 2026-11-21T03:00:00Z']);
    expect(lab.clock.now()).toBe(at('2026-11-21T03:00:00Z'));
  });

  test('carries a day of five hundred invocations in one instance', async () => {
    const lab = makeLab({ functions: { work: { source: 'let calls = 0; exports.handler = async () => ++calls;', timers: [timer('0 0/3 * * * *')] } } });

    await lab.engine.passTime(at('2026-11-22T00:59:00Z'));

    expect(lab.engine.records()).toHaveLength(479);
    expect(text(lab.engine.records().at(-1))).toBe('479');
  });
});

test('the pump delivers what is due by itself, until it is stopped', async () => {
  let told: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    told = resolve;
  });
  const lab = makeLab({ functions: { work: { source: ECHO } }, onRecord: () => told() });

  lab.engine.startPump();
  lab.engine.enqueue('work', Buffer.from('{}'));
  await ended;
  lab.engine.stopPump();

  expect(lab.engine.records()).toHaveLength(1);
});
