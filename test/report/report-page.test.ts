import { createHash } from 'node:crypto';
import { REPORT_FORMS } from '../../lib/report';
import { MOST_INSTANCES } from '../../lib/report/bounds';
import { escapeHtml } from '../../lib/report/html';
import { PAGE_POLICY, PAGE_STYLE } from '../../lib/report/page-style';
import { aFleet, aHostileFleet, aJudged, aPosture, HOSTILE } from './fleet';

/** The tags of a page, without those of its head's style. */
const tagsOf = (page: string): readonly string[] => [...page.matchAll(/<\/?([a-z0-9]+)/gi)].map((match) => match[1] ?? '');

/** The row of an instance, tags and all. */
function rowOf(page: string, instanceId: string): string {
  return page.split('<tr>').find((row) => row.includes(`<th scope="row">${instanceId}<`)) ?? '';
}

test.each([
  {
    timezone: 'Asia/Shanghai',
    asOf: '2026-11-21 10:30 +08:00 <small>(2026-11-21 02:30 UTC)</small>',
    since: '2026-11-20 10:30 +08:00 <small>(2026-11-20 02:30 UTC)</small>',
    said: '<time datetime="2026-11-21T02:10:00Z">2026-11-21 10:10 +08:00 <small>(2026-11-21 02:10 UTC)</small></time><br><small>20 min ago</small>',
    from: '2026-11-14 10:30 +08:00',
  },
  {
    timezone: 'America/New_York',
    asOf: '2026-11-20 21:30 -05:00 <small>(2026-11-21 02:30 UTC)</small>',
    since: '2026-11-19 21:30 -05:00 <small>(2026-11-20 02:30 UTC)</small>',
    said: '<time datetime="2026-11-21T02:10:00Z">2026-11-20 21:10 -05:00 <small>(2026-11-21 02:10 UTC)</small></time><br><small>20 min ago</small>',
    from: '2026-11-13 21:30 -05:00',
  },
])('the page of a fleet, in $timezone', ({ timezone, asOf, since, said, from }) => {
  const page = REPORT_FORMS.html(aFleet({ timezone }));

  expect(page).toContain(`As of <time datetime="2026-11-21T02:30:00Z">${asOf}</time>. Policy <b>production</b>`);
  expect(page).toContain('<li class="tile unprotected"><b>1</b> unprotected</li>\n<li class="tile at-risk"><b>1</b> at risk</li>');
  expect(page).toContain('<p>4 instances. Open findings: 1 error, 1 warning, 0 notes.</p>');
  expect(page).toContain(`<caption>Every instance and how it stands; times in ${timezone} and UTC</caption>`);
  const atRisk = rowOf(page, 'rm-2');
  expect(atRisk).toContain('<small>mysql<br>main / cn-hangzhou</small></th>');
  expect(atRisk).toContain('<span class="badge at-risk">at risk</span><br>the slot of 2026-11-20T02:00:00Z was missed</td>');
  expect(atRisk).toContain('nightly: <span class="word bad">missed</span><br><small>backup set 1001 was made for this slot</small>');
  expect(atRisk).toContain(
    '<span class="word error">error</span> the slot of 2026-11-20T02:00:00Z was missed<br><small>run: keeper run extra-backup<br>since ',
  );
  expect(atRisk).toContain(since);
  expect(atRisk).toContain(`<td>${said}</td>`);
  const measured = rowOf(page, 'rm-1');
  expect(measured).toContain(`Here: <time datetime="2026-11-14T02:30:00Z">${from}`);
  expect(measured).toContain('7 copies, lag 1 h 30 min (median) to 3 h<br>There: ');
  expect(measured).toContain('Achieved RPO 1 d 2 h<br>Copy 14377 cannot be restored: the key is gone<br>');
  expect(rowOf(page, 'rm-4')).toContain('<td><span class="nothing">not known</span></td>\n<td><span class="nothing">not known</span></td>');
  expect(page).toContain('<caption>Copies that no policy looks after</caption>');
  expect(page).toContain('<td>partial<br><small>CreateBackup is denied</small></td>\n<td>already-done 1, missed 1</td>');
  expect(page).toContain('<td>running</td>');
});

test('an empty ledger has a page that says so', () => {
  const page = REPORT_FORMS.html(aFleet({ instances: [], leftovers: [], runs: [] }));

  expect(page).toContain('The ledger knows of no instance yet');
  expect(page).toContain('No run is in the ledger yet.');
  expect(page).not.toContain('<table>');
});

test('every table has a caption, and every cell of a head its scope', () => {
  const page = REPORT_FORMS.html(aFleet());

  expect(page.match(/<table>\n<caption>/g)).toHaveLength(3);
  expect(page.match(/<th(?! scope="(?:col|row)">)(?!ead)/g)).toBeNull();
});

test('hostile names stay text: a page has the same tags with and without them', () => {
  const harmless = aHostileFleet();
  const page = REPORT_FORMS.html(harmless);
  const replaced = JSON.parse(JSON.stringify(harmless).replaceAll(JSON.stringify(HOSTILE).slice(1, -1), 'harmless')) as typeof harmless; // the same shape

  expect(tagsOf(page)).toEqual(tagsOf(REPORT_FORMS.html(replaced)));
  expect(page).not.toMatch(/<script|<img/i);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\ufffd\ufffd[31m\ufffd\ufffd&lt;/td&gt;');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not be in it
  expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
});

test('white space of every kind becomes a space', () => {
  expect(escapeHtml('a\r\n\tb\u2028c')).toBe('a b c');
});

test('of 10,000 instances the worst 2,000 are shown, and the page says so', () => {
  const instances = Array.from({ length: 10_000 }, (_, index) =>
    aJudged({ instanceId: `rm-${String(index).padStart(5, '0')}`, posture: index === 9_999 ? 'unprotected' : 'protected', backups: undefined }),
  );

  const page = REPORT_FORMS.html(aFleet({ instances, leftovers: [] }));

  expect(page).toContain(`Only the first ${MOST_INSTANCES} of 10000 instances are shown, the worst first. The figures above are over all of them.`);
  expect(page).toContain('<li class="tile protected"><b>9999</b> protected</li>');
  expect(page.match(/<span class="badge /g)).toHaveLength(MOST_INSTANCES);
  expect(rowOf(page, 'rm-09999')).toContain('unprotected');
});

test('of instances with long words as many are shown as fit into one answer, and long words are cut', () => {
  const long = 'ä'.repeat(10_000);
  const backups = aPosture('missed', { findings: Array.from({ length: 10 }, (_, index) => ({ ...finding, id: `f-${index}`, message: long, remedy: long })) });
  const instances = Array.from({ length: 2_000 }, (_, index) => aJudged({ instanceId: `rm-${index}`, reason: long, backups }));

  const page = REPORT_FORMS.html(aFleet({ instances }));

  expect(Buffer.byteLength(page)).toBeLessThan(5_000_000);
  expect(page).toMatch(/Only the first \d+ of 2000 instances are shown/);
  expect(page).toContain(`${'ä'.repeat(499)}…<`);
});

const finding = { severity: 'error', rule: 'r', instanceId: 'rm-1', evidence: {} } as const;

test('a cut never leaves half a character', () => {
  const page = REPORT_FORMS.html(aFleet({ instances: [aJudged({ reason: `${'x'.repeat(498)}\u{1f600}\u{1f600}` })] }));

  expect(page).toContain(`${'x'.repeat(498)}…`);
});

test('a browser may apply the style of the page, and do nothing else', () => {
  const page = REPORT_FORMS.html(aFleet());
  const hash = createHash('sha256').update(PAGE_STYLE).digest('base64');

  expect(PAGE_POLICY).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
  expect(page).toContain(`<style>${PAGE_STYLE}</style>`);
  expect(page).toContain(`content="${escapeHtml(PAGE_POLICY)}"`);
  expect(page).not.toMatch(/<(?:script|link|img|iframe|form)|\son[a-z]+=|\sstyle=|href=|src=|url\(|@import/i);
});
