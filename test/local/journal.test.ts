// The journal on a real disk: replay, torn ends, broken files, compaction, failed writes, kill -9 and the one-process lock.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { JOURNAL_FILE, makeMemoryJournal, openJournal } from '../../lib/local/journal';
import type { Journal, JournalOwner, JournalRecord, JournalStream } from '../../lib/local/kinds';

interface ListOwner extends JournalOwner {
  items: unknown[];
}

/** An owner whose state is the list of everything it was told. */
function makeList(stream: JournalStream = 'tablestore'): ListOwner {
  const owner: ListOwner = {
    stream,
    items: [],
    apply: (data) => {
      owner.items.push(data);
    },
    snapshot: () => owner.items,
  };
  return owner;
}

let folder: string;
let path: string;
const open: Journal[] = [];

function openHere(owners: readonly JournalOwner[] = [makeList()], options?: Parameters<typeof openJournal>[2]): Journal {
  const journal = openJournal(folder, owners, options);
  open.push(journal);
  return journal;
}

/** What a fresh start finds in the folder. */
function replayed(): unknown[] {
  const list = makeList();
  openJournal(folder, [list]).close();
  return list.items;
}

const record = (data: unknown, stream: JournalStream = 'tablestore'): JournalRecord => ({ stream, data });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-journal-'));
  path = join(folder, JOURNAL_FILE);
});

afterEach(() => {
  for (const journal of open.splice(0)) journal.close();
  rmSync(folder, { recursive: true });
});

describe('what is appended', () => {
  test('is there at the next start, in its order, each stream with its owner', () => {
    const journal = openHere([makeList('rds'), makeList('tablestore')]);
    journal.append([record('a', 'rds'), record({ b: [1, null] })]);
    journal.append([record('c')]);
    journal.close();
    const rds = makeList('rds');
    const tablestore = makeList('tablestore');

    openHere([rds, tablestore]);

    expect(rds.items).toEqual(['a']);
    expect(tablestore.items).toEqual([{ b: [1, null] }, 'c']);
  });

  test('is one line per batch, after a line with the version', () => {
    openHere().append([record('a\nb'), record('c')]);

    expect(readFileSync(path, 'utf8').split('\n')).toEqual([
      '{"format":"rds-backup-keeper-journal","version":1}',
      '[{"stream":"tablestore","data":"a\\nb"},{"stream":"tablestore","data":"c"}]',
      '',
    ]);
  });

  test('can be larger than one read', () => {
    const large = 'ü'.repeat(1_500_000);
    const journal = openHere();
    journal.append([record(large)]);
    journal.append([record('after')]);
    journal.close();

    expect(replayed()).toEqual([large, 'after']);
  });

  test('may be nothing, which leaves the file as it is', () => {
    const journal = openHere();
    const before = statSync(path).size;

    journal.append([]);

    expect(statSync(path).size).toBe(before);
  });
});

describe('a torn end', () => {
  const BATCH = '[{"stream":"tablestore","data":"torn"}]\n';

  test.each(Array.from({ length: BATCH.length - 1 }, (_, index) => index + 1))(
    'of %i bytes is left out, and the next batch follows the last whole one',
    (bytes) => {
      const journal = openHere();
      journal.append([record('whole')]);
      journal.close();
      appendFileSync(path, BATCH.slice(0, bytes));

      const second = openHere();
      second.append([record('next')]);
      second.close();

      expect(replayed()).toEqual(['whole', 'next']);
    },
  );

  test('that reads as a line but not as JSON is left out too', () => {
    openHere().append([record('whole')]);
    open.splice(0).map((journal) => journal.close());
    appendFileSync(path, '\u0000\u0000\u0000\n');

    expect(replayed()).toEqual(['whole']);
  });

  test('in the very first line is an empty journal', () => {
    writeFileSync(path, '{"format":"rds-ba');

    expect(replayed()).toEqual([]);
  });
});

describe('a file that cannot be trusted', () => {
  const VERSION = '{"format":"rds-backup-keeper-journal","version":1}\n';

  test.each([
    {
      name: 'an unreadable line with others behind it',
      content: `${VERSION}[{"stream":\n[]\n`,
      code: 'journal-broken',
      message: 'line 2: the line is not valid JSON',
    },
    { name: 'a line that is no batch', content: `${VERSION}{}\n`, code: 'journal-broken', message: 'line 2: the line is not a batch of records' },
    { name: 'a record without a stream', content: `${VERSION}[{"data":1}]\n`, code: 'journal-broken', message: 'line 2: a record has no stream' },
    {
      name: 'a stream that nothing owns',
      content: `${VERSION}[]\n[{"stream":"moon","data":1}]\n`,
      code: 'journal-broken',
      message: 'line 3: nothing here owns the stream "moon"',
    },
    {
      name: 'another version',
      content: '{"format":"rds-backup-keeper-journal","version":2}\n',
      code: 'journal-version',
      message: 'is not a journal of version 1',
    },
    { name: 'another file altogether', content: '[1]\n[2]\n', code: 'journal-version', message: 'is not a journal of version 1' },
  ])('$name is an error that names the file, and the folder is free again', ({ content, code, message }) => {
    writeFileSync(path, content);

    expect(() => openHere()).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(new RegExp(`${path}.*${message}`)), hint: expect.any(String) }),
    );

    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(readdirSync(folder)).toEqual([JOURNAL_FILE]);
  });

  test('a record that its owner cannot read names the line and the reason', () => {
    openHere().append([record('x')]);
    open.splice(0).map((journal) => journal.close());
    const owner: JournalOwner = {
      ...makeList(),
      apply: () => {
        throw new RangeError('not a change');
      },
    };

    expect(() => openHere([owner])).toThrow(expect.objectContaining({ code: 'journal-broken', message: expect.stringContaining('line 2: not a change') }));
  });
});

describe('compaction', () => {
  /** An owner that remembers the last value only. */
  function makeLast(): JournalOwner & { value: unknown } {
    const owner: JournalOwner & { value: unknown } = {
      stream: 'tablestore',
      value: undefined,
      apply: (data) => {
        owner.value = data;
      },
      snapshot: () => [owner.value],
    };
    return owner;
  }

  const grow = (journal: Journal, from: number, count: number): void => {
    for (let value = from; value < from + count; value += 1) journal.append([record(value)]);
  };

  test('rewrites a file that has grown as the state it stands for', () => {
    const journal = openHere([makeLast()]);
    grow(journal, 1, 100);
    journal.close();
    const before = statSync(path).size;

    openHere([makeLast()], { compactAfterBytes: 1_000 }).close();

    expect(statSync(path).size).toBeLessThan(before / 10);
    expect(replayed()).toEqual([100]);
    expect(readdirSync(folder)).toEqual([JOURNAL_FILE]);
  });

  test('leaves a small file alone, and waits until a large one has doubled', () => {
    const big = { ...makeLast(), snapshot: () => Array.from({ length: 100 }, () => 'x'.repeat(50)) };
    const journal = openHere([makeLast()]);
    grow(journal, 1, 100);
    journal.close();
    openHere([makeLast()], { compactAfterBytes: 1_000_000 }).close();
    expect(replayed()).toHaveLength(100);
    openHere([big], { compactAfterBytes: 1_000 }).close();
    const compacted = statSync(path).size;

    const second = openHere([big], { compactAfterBytes: 1_000 });
    grow(second, 1, 50);
    second.close();
    openHere([big], { compactAfterBytes: 1_000 }).close();

    expect(statSync(path).size).toBeGreaterThan(compacted);
  });

  test('goes on with appends after the snapshot', () => {
    const journal = openHere([makeLast()]);
    grow(journal, 1, 100);
    journal.close();

    const second = openHere([makeLast()], { compactAfterBytes: 1_000 });
    grow(second, 101, 2);
    second.close();

    expect(replayed()).toEqual([100, 101, 102]);
  });

  test('a draft that a crash left behind does no harm', () => {
    openHere().append([record('kept')]);
    open.splice(0).map((journal) => journal.close());
    writeFileSync(`${path}.new`, 'half a snap');

    expect(replayed()).toEqual(['kept']);
  });
});

describe('a disk that fails', () => {
  const full = (): never => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  const sync = (): void => undefined;

  test.each<{ name: string; disk: NonNullable<Parameters<typeof openJournal>[2]>['disk'] }>([
    { name: 'refuses the write', disk: { writeSync: full, fdatasyncSync: sync } },
    { name: 'takes half of it', disk: { writeSync: (fd, bytes, offset) => (offset > 0 ? full() : writeSync(fd, bytes, 0, 10)), fdatasyncSync: sync } },
    { name: 'takes it but cannot make it durable', disk: { writeSync, fdatasyncSync: full } },
  ])('and $name: the batch is gone for good, and no other is taken', ({ disk }) => {
    openHere().append([record('before')]);
    open.splice(0).map((journal) => journal.close());
    const journal = openHere([makeList()], { ...(disk && { disk }) });

    expect(() => journal.append([record('lost')])).toThrow(
      expect.objectContaining({
        code: 'journal-failed',
        message: expect.stringContaining('no space left on device'),
        hint: expect.stringContaining('free some space'),
      }),
    );
    expect(() => journal.append([record('later')])).toThrow(expect.objectContaining({ code: 'journal-failed' }));
    journal.close();

    expect(replayed()).toEqual(['before']);
  });

  test('a write that is taken piece by piece is whole in the end', () => {
    const journal = openHere([makeList()], { disk: { writeSync: (fd, bytes, offset) => writeSync(fd, bytes, offset, 1), fdatasyncSync: sync } });
    journal.append([record('bit by bit')]);
    journal.close();

    expect(replayed()).toEqual(['bit by bit']);
  });

  test('a folder that cannot be made is an error that names it', () => {
    writeFileSync(path, '');

    expect(() => openJournal(join(path, 'below'), [])).toThrow(
      expect.objectContaining({ code: 'data-folder-unwritable', message: expect.stringContaining(join(path, 'below')), hint: expect.any(String) }),
    );
  });
});

test('a closed journal takes nothing', () => {
  const journal = openHere();
  journal.close();
  journal.close();
  const memory = makeMemoryJournal();
  memory.append([record('x')]);
  memory.close();

  expect(() => journal.append([record('x')])).toThrow(expect.objectContaining({ code: 'journal-closed' }));
  expect(() => memory.append([record('x')])).toThrow(expect.objectContaining({ code: 'journal-closed' }));
});

describe('other processes', () => {
  let tools: string;
  let worker: string;
  const children: ChildProcess[] = [];

  beforeAll(() => {
    tools = mkdtempSync(join(tmpdir(), 'keeper-journal-worker-'));
    worker = join(tools, 'worker.cjs');
    buildSync({ entryPoints: [join(__dirname, 'journal-worker.ts')], outfile: worker, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
  });
  afterAll(() => rmSync(tools, { recursive: true }));
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  interface Worker {
    readonly pid: number | undefined;
    /** Resolves with the first line that passes. */
    line(passes: (line: string) => boolean): Promise<string>;
    /** Kills it at once; resolves with everything it had printed. */
    kill(): Promise<readonly string[]>;
  }

  function start(mode: 'write' | 'hold'): Worker {
    const child = spawn(process.execPath, [worker, folder, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const seen: string[] = [];
    const waiting = new Set<(line: string) => void>();
    const lines = createInterface({ input: child.stdout });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    lines.on('line', (line) => {
      seen.push(line);
      for (const tell of waiting) tell(line);
    });
    return {
      pid: child.pid,
      line: (passes) =>
        new Promise((resolve) => {
          const tell = (line: string): void => {
            if (!passes(line)) return;
            waiting.delete(tell);
            resolve(line);
          };
          waiting.add(tell);
          for (const line of seen) tell(line);
        }),
      kill: async () => {
        child.kill('SIGKILL');
        await ended;
        return seen;
      },
    };
  }

  test('a process killed in the middle of many writes loses nothing that it acknowledged, and none of its batches is half there', async () => {
    let acknowledged = 0;
    for (const stopAt of [1_000, 2_000, 3_000]) {
      const writer = start('write');
      await writer.line((line) => line === `acknowledged ${stopAt}`);
      const lines = await writer.kill();
      acknowledged = Number(lines.findLast((line) => /^acknowledged \d+$/.test(line))?.split(' ')[1]);
    }

    const items = replayed();

    expect(acknowledged).toBeGreaterThanOrEqual(3_000);
    expect(items.length).toBeGreaterThanOrEqual(2 * acknowledged);
    expect(items).toEqual(Array.from({ length: items.length }, (_, index) => Math.floor(index / 2) + 1));
    expect(items.length % 2).toBe(0);
  });

  test('a folder belongs to one process: another is refused with the name of the first, and let in once that is dead', async () => {
    const holder = start('hold');
    await holder.line((line) => line === 'open');

    expect(() => openHere()).toThrow(
      expect.objectContaining({
        code: 'data-folder-locked',
        message: `the data folder ${folder} is in use by process ${holder.pid}`,
        hint: expect.any(String),
      }),
    );
    expect(await start('hold').line(() => true)).toBe('refused data-folder-locked');
    await holder.kill();

    openHere().append([record('mine')]);
  });

  test('of several processes that find a dead one’s lock, one gets the folder', async () => {
    const dead = start('hold');
    await dead.line((line) => line === 'open');
    await dead.kill();

    const first = await Promise.all([start('hold'), start('hold'), start('hold'), start('hold')].map((rival) => rival.line(() => true)));

    expect(first.toSorted()).toEqual(['open', 'refused data-folder-locked', 'refused data-folder-locked', 'refused data-folder-locked']);
  });

  test('a second journal in the same process is refused as well', () => {
    openHere();

    expect(() => openHere()).toThrow(expect.objectContaining({ code: 'data-folder-locked' }));
  });

  test.each([
    { name: 'nothing', lock: '' },
    { name: 'a process that is not there', lock: '{"pid":4194304999,"start":null}' },
    { name: 'this process in an earlier life', lock: JSON.stringify({ pid: process.pid, start: 'earlier-boot:1' }) },
    { name: 'this process without its start', lock: JSON.stringify({ pid: process.pid, start: null }) },
  ])('a lock that names $name is taken over', ({ lock }) => {
    writeFileSync(join(folder, 'journal.lock'), lock);

    openHere().close();

    expect(readdirSync(folder)).toEqual([JOURNAL_FILE]);
  });
});
