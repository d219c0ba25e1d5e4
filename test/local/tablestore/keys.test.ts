// The key encoding keeps the service's order, and the sorted map walks it.
import fc from 'fast-check';
import { encodeKey } from '../../../lib/local/tablestore/keys';
import { makeSortedMap } from '../../../lib/local/tablestore/sorted-map';
import { compareValues, INT64_MAX, INT64_MIN, type KeyBound, type KeyValue } from '../../../lib/local/tablestore/values';

const integer = (value: bigint): KeyValue => ({ type: 'integer', value });
const text = (value: string): KeyValue => ({ type: 'string', value });
const binary = (...values: number[]): KeyValue => ({ type: 'binary', value: Buffer.from(values) });

test.each<{ name: string; ascending: KeyBound[][] }>([
  {
    name: 'integers go by value, across the sign and to the ends of 64 bits',
    ascending: [[integer(INT64_MIN)], [integer(-2n)], [integer(-1n)], [integer(0n)], [integer(1n)], [integer(256n)], [integer(INT64_MAX)]],
  },
  {
    name: 'text goes by its bytes, a prefix first',
    ascending: [[text('')], [text('A')], [text('a')], [text('a\u0000')], [text('a\u0000b')], [text('ab')], [text('b')], [text('é')]],
  },
  { name: 'text beyond the basic plane follows its bytes, not its UTF-16 units', ascending: [[text('\uffee')], [text('\u{1f642}')]] },
  { name: 'binary goes by its bytes, zeros included', ascending: [[binary()], [binary(0)], [binary(0, 0)], [binary(0, 1)], [binary(0, 255)], [binary(1)]] },
  {
    name: 'the first column decides before the second',
    ascending: [
      [text('a'), integer(9n)],
      [text('aa'), integer(1n)],
      [text('b'), integer(0n)],
    ],
  },
  { name: 'the infinities lie outside every value', ascending: [[{ type: 'inf-min' }], [text('')], [text('\u{10ffff}')], [{ type: 'inf-max' }]] },
])('$name', ({ ascending }) => {
  const encoded = ascending.map(encodeKey);

  expect(encoded.toSorted()).toEqual(encoded);
  expect(new Set(encoded).size).toBe(encoded.length);
});

test('the order of two encoded keys is the order of their values', () => {
  const column = fc.oneof(
    { arbitrary: fc.string({ unit: 'binary' }).map(text), weight: 1 },
    { arbitrary: fc.string({ unit: fc.constantFrom('\u0000', '\u0001', 'a') }).map(text), weight: 2 },
  );

  fc.assert(
    fc.property(column, column, fc.bigInt({ min: -5n, max: 5n }), fc.bigInt({ min: -5n, max: 5n }), (left, right, one, two) => {
      const expected = compareValues(left, right) || compareValues(integer(one), integer(two));
      const a = encodeKey([left, integer(one)]);
      const b = encodeKey([right, integer(two)]);
      expect(a < b ? -1 : a > b ? 1 : 0).toBe(Math.sign(expected ?? Number.NaN));
    }),
  );
});

test('the sorted map agrees with a sorted list after any mix of writes, deletions and walks', () => {
  const key = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'));
  const action = fc.record({ kind: fc.constantFrom('set', 'set', 'set', 'delete', 'walk'), key, to: key });

  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const map = makeSortedMap<{ key: string }>();
      const model = new Map<string, { key: string }>();
      for (const { kind, key: at, to } of actions) {
        if (kind === 'set') {
          map.set(at, { key: at });
          model.set(at, { key: at });
        } else if (kind === 'delete') {
          map.delete(at);
          model.delete(at);
        } else {
          const sorted = [...model.keys()].sort();
          expect([...map.ascend(at, to)].map((value) => value.key)).toEqual(sorted.filter((name) => name >= at && name < to));
          expect([...map.descend(at, to)].map((value) => value.key)).toEqual(sorted.filter((name) => name <= at && name > to).reverse());
        }
      }
    }),
  );
});
