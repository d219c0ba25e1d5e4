import fc from 'fast-check';
import { canonicalJson, digestOf, shortHash } from '../../lib/base/hash';

test('keys are sorted at every depth, arrays keep their order', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }, 3], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1},3]}');
});

test('undefined members are left out', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test('a hash is the start of SHA-256 in hex', () => {
  const whole = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

  expect(shortHash('abc', 64)).toBe(whole);
  expect(shortHash('abc')).toBe(whole.slice(0, 16));
});

test('a digest names its algorithm', () => {
  expect(digestOf('abc')).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('the order of keys never changes a digest', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());

      expect(digestOf(turned)).toBe(digestOf(value));
    }),
  );
});

test('different values have different digests', () => {
  expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: 2 }));
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
});
