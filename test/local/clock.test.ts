import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { CLOCK_FILE, makeOffsetClock } from '../../lib/local/clock';
import type { JournalRecord } from '../../lib/local/kinds';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-clock-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the world clock', () => {
  test('is the host clock plus an offset that grows, journalled before it is applied and told in a file', () => {
    const records: JournalRecord[] = [];
    const clock = makeOffsetClock({ hostNow: () => 1_000, dataFolder: folder });
    clock.attach({ append: (batch) => records.push(...batch), close: () => undefined });

    clock.advance(500);
    clock.advance(250);

    expect(clock.now()).toBe(1_750);
    expect(records.map((record) => record.data)).toEqual([{ offsetMs: 500 }, { offsetMs: 750 }]);
    expect(JSON.parse(readFileSync(join(folder, CLOCK_FILE), 'utf8'))).toEqual({ offsetMs: 750 });
  });

  test('never goes back when the host clock does', () => {
    let host = 5_000;
    const clock = makeOffsetClock({ hostNow: () => host, dataFolder: undefined });
    const before = clock.now();

    host = 4_000;

    expect(clock.now()).toBe(before);
  });

  test('stays where it was when the journal cannot be written', () => {
    const clock = makeOffsetClock({ hostNow: () => 0, dataFolder: undefined });
    clock.attach({
      append: () => {
        throw new Error('disk full');
      },
      close: () => undefined,
    });

    expect(() => clock.advance(10)).toThrow('disk full');
    expect(clock.offsetMs()).toBe(0);
  });

  test.each([-1, 0.5, Number.NaN])('refuses to move by %p', (ms) => {
    const clock = makeOffsetClock({ hostNow: () => 0, dataFolder: undefined });

    expect(() => clock.advance(ms)).toThrow(RangeError);
  });

  test('is rebuilt by its snapshot, and refuses a record it cannot read', () => {
    const clock = makeOffsetClock({ hostNow: () => 0, dataFolder: undefined });
    clock.advance(42);
    const reborn = makeOffsetClock({ hostNow: () => 0, dataFolder: undefined });

    for (const record of clock.owner.snapshot()) reborn.owner.apply(record);

    expect(reborn.offsetMs()).toBe(42);
    expect(() => reborn.owner.apply({ offset: 1 })).toThrow(RangeError);
  });
});

describe('the clock shim', () => {
  const TWO_DAYS_MS = 172_800_000;

  /** Runs a program under the preloaded shim and returns what it printed as JSON. */
  const run = (program: string, clockFile: string | undefined): unknown => {
    const shim = join(folder, 'clock-shim.cjs');
    buildSync({ entryPoints: ['lib/local/clock-shim.ts'], bundle: true, platform: 'node', format: 'cjs', outfile: shim });
    const env = { ...process.env, ...(clockFile === undefined ? {} : { KEEPER_CLOCK_FILE: clockFile }) };
    return JSON.parse(execFileSync(process.execPath, ['--require', shim, '--eval', program], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
  };

  const writeOffset = (offsetMs: unknown): string => {
    const file = join(folder, CLOCK_FILE);
    writeFileSync(file, JSON.stringify({ offsetMs }));
    return file;
  };

  // performance.timeOrigin is the host's time of the child's start, which no shim touches.
  const HOST = 'performance.timeOrigin + performance.now()';

  test('shifts every way to ask for the time, and nothing else', () => {
    const program = `
      const ahead = (ms) => Math.round((ms - (${HOST})) / 3600000);
      class Stamp extends Date { year() { return this.getUTCFullYear(); } }
      console.log(JSON.stringify({
        now: ahead(Date.now()), constructed: ahead(new Date().getTime()), text: ahead(new Date(Date()).getTime()), subclass: ahead(new Stamp().getTime()),
        given: new Date(0).toISOString(), utc: Date.UTC(1970, 0, 2), parsed: Date.parse('1970-01-01T00:00:01Z'), copied: new Date(new Date(5)).getTime(),
        instance: new Date() instanceof Date, sub: new Stamp() instanceof Date && new Stamp() instanceof Stamp, method: new Stamp(0).year(),
        constructor: new Date().constructor === Date, tag: Object.prototype.toString.call(new Date()), name: Date.name, length: Date.length,
      }));`;

    expect(run(program, writeOffset(TWO_DAYS_MS))).toEqual({
      now: 48,
      constructed: 48,
      text: 48,
      subclass: 48,
      given: '1970-01-01T00:00:00.000Z',
      utc: 86_400_000,
      parsed: 1_000,
      copied: 5,
      instance: true,
      sub: true,
      method: 1970,
      constructor: true,
      tag: '[object Date]',
      name: 'Date',
      length: 7,
    });
  });

  test('reads the offset once: time moves between processes only', () => {
    const file = writeOffset(TWO_DAYS_MS);
    const program = `
      require('node:fs').writeFileSync(process.env.KEEPER_CLOCK_FILE, JSON.stringify({ offsetMs: 0 }));
      console.log(Math.round((Date.now() - (${HOST})) / 3600000));`;

    expect(run(program, file)).toBe(48);
  });

  test('does nothing without the variable', () => {
    expect(run(`console.log(Math.abs(Math.round((Date.now() - (${HOST})) / 3600000)))`, undefined)).toBe(0);
  });

  test('stops a process whose clock file is unreadable, rather than let it sign with the wrong time', () => {
    expect(() => run('console.log(1)', join(folder, 'missing.json'))).toThrow();
    expect(() => run('console.log(1)', writeOffset('soon'))).toThrow(/holds no offsetMs/);
  });
});
