// How the page looks, on screens and on paper, and what a browser lets it do: nothing.

export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #c9ced6; --soft: #f4f6f8; --dim: #5a6472; --good: #12683a; --bad: #a3161c; --wait: #8a5200; --idle: #4a5563; }
@media (prefers-color-scheme: dark) { :root { --line: #3b434e; --soft: #1d2229; --dim: #a2acba; --good: #6fd39b; --bad: #ff9a93; --wait: #f2b45f; --idle: #b6c0cc; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1.5rem; max-width: 110rem; }
h1 { font-size: 1.5rem; margin: 0; }
header p { margin: .25rem 0 1rem; }
small, caption, .nothing { color: var(--dim); }
small { font-size: .85em; }
time small, tbody th small { white-space: nowrap; }
code { font-size: .9em; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; list-style: none; padding: 0; margin: 0; }
.tile { border: 1px solid var(--line); border-left: .3rem solid currentcolor; border-radius: .25rem; padding: .4rem 1rem; min-width: 8rem; }
.tile b { display: block; font-size: 1.6rem; line-height: 1.2; }
.protected, .good { color: var(--good); }
.at-risk, .waiting, .warning { color: var(--wait); }
.unprotected, .bad, .error { color: var(--bad); }
.unknown, .idle, .active, .info { color: var(--idle); }
.badge { display: inline-block; border: 1px solid currentcolor; border-radius: 1rem; padding: 0 .6rem; font-weight: 600; white-space: nowrap; }
.word { font-weight: 600; }
.note { border: 1px solid var(--line); background: var(--soft); padding: .5rem .75rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
caption { text-align: left; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; border-top: 1px solid var(--line); padding: .5rem .6rem; font-weight: 400; overflow-wrap: anywhere; min-width: 6rem; }
thead th { font-weight: 600; background: var(--soft); }
tbody th { font-weight: 600; }
tbody th small { font-weight: 400; }
td ul { list-style: none; padding: 0; margin: 0; }
td li + li { margin-top: .4rem; }
@media print { :root { color-scheme: light; } body { font-size: 10px; padding: 0; max-width: none; } thead { display: table-header-group; } tr { break-inside: avoid; } }
`;

/** Of PAGE_STYLE: a browser applies no other. A test keeps the two together. */
const STYLE_HASH = 'sha256-Z9vErJHENhPZ0Hquqg0Tyt6Z1Bu/7iNnWO5N0OVJ3NQ=';

/** Content-Security-Policy of the page: its own style, and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;
