// The order of the test files: those that wait for processes of their own come first, so that nothing long is left for the end of a run that knows no times yet.
const { default: Sequencer } = require('@jest/test-sequencer');

const FIRST = [
  /scenarios\/function-compute\/day\b/,
  /cli\/processes\b/,
  /scenarios\/(function-compute|kill|cap|hygiene|fan-out)\b/,
  /properties\b/,
  /scenarios\//,
];

function rankOf({ path }) {
  const rank = FIRST.findIndex((pattern) => pattern.test(path.replaceAll('\\', '/')));
  return rank < 0 ? FIRST.length : rank;
}

module.exports = class extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rankOf(a) - rankOf(b));
  }
};
