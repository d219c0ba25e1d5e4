// A process of its own that writes to a journal until it is killed; bundled and started by the journal's test.
import { openJournal } from '../../lib/local/journal';
import type { JournalOwner } from '../../lib/local/kinds';

const [, , folder = '', mode = 'write'] = process.argv;
let last = 0;
const owner: JournalOwner = {
  stream: 'tablestore',
  apply: (data) => {
    last = Number(data);
  },
  snapshot: () => [last],
};

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  const journal = openJournal(folder, [owner]);
  report('open');
  if (mode === 'write') {
    for (;;) {
      last += 1;
      journal.append([
        { stream: 'tablestore', data: last },
        { stream: 'tablestore', data: last },
      ]);
      report(`acknowledged ${last}`);
    }
  }
  setInterval(() => report('holding'), 60_000); // "hold": keeps the folder until it is killed
} catch (error) {
  report(`refused ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}`);
}
