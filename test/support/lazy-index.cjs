// A jest transformer for the indexes of generated SDKs: a model's file is loaded when it is first asked for, not all 1,500 by every test file.

/** `var A_1 = require("./A")` becomes a function, and the getters of the exports call it; nothing else is touched. */
function process(source) {
  const lazy = source.replace(/^var (\w+_\d+) = (require\("[^"]+"\));$/gm, 'const $1 = () => $2;');
  return { code: lazy.replace(/get: function \(\) \{ return (\w+_\d+)\./g, 'get: function () { return $1().') };
}

module.exports = { process };
