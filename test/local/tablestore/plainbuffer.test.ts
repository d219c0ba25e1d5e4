// The plainbuffer codec against bytes that the official SDK sent, and against its own description.
import fc from 'fast-check';
import { crc8 } from '../../../lib/local/tablestore/crc8';
import { decodeRow, decodeVariant, encodeRows, encodeVariant } from '../../../lib/local/tablestore/plainbuffer';
import type { CellValue } from '../../../lib/local/tablestore/values';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

test('the checksum is CRC-8/SMBus: its published check value is F4', () => {
  expect(crc8(0, Buffer.from('123456789', 'latin1'))).toBe(0xf4);
});

const HEADER = '75000000';
const KEY_A = '01 03 04 01000000 61 05 06000000 03 01000000 62 0a 0b'; // a = "b"

describe('reading what the SDK sends', () => {
  const a = { name: 'a', value: { type: 'string', value: 'b' } };

  test.each([
    {
      name: 'a key of text and a negative integer',
      hex: `${HEADER} ${KEY_A} 03 04 01000000 6e 05 09000000 00 feffffffffffffff 0a 9f 09 ce`,
      row: { key: [a, { name: 'n', value: { type: 'integer', value: -2n } }], attributes: [], isDelete: false },
    },
    {
      name: 'borders, with the zeros that the SDK leaves behind the row',
      hex: `${HEADER} 01 03 04 01000000 61 05 01000000 09 0a df 03 04 01000000 6e 05 01000000 0a 0a 15 09 7e 0000`,
      row: {
        key: [
          { name: 'a', value: { type: 'inf-min' } },
          { name: 'n', value: { type: 'inf-max' } },
        ],
        attributes: [],
        isDelete: false,
      },
    },
    {
      name: 'columns of every other type, one with a version',
      hex: `${HEADER} ${KEY_A} 02
        03 04 01000000 73 05 06000000 03 01000000 78 07 e803000000000000 0a e4
        03 04 01000000 64 05 09000000 01 000000000000f83f 0a ba
        03 04 01000000 74 05 02000000 02 01 0a e1
        03 04 01000000 79 05 07000000 07 02000000 01 02 0a 54 09 79`.replaceAll('\n', ''),
      row: {
        key: [a],
        attributes: [
          { name: 's', value: { type: 'string', value: 'x' }, timestamp: 1000n },
          { name: 'd', value: { type: 'double', value: 1.5 } },
          { name: 't', value: { type: 'boolean', value: true } },
          { name: 'y', value: { type: 'binary', value: Buffer.of(1, 2) } },
        ],
        isDelete: false,
      },
    },
    {
      name: 'an update: the operation stands before the version, its checksum after it',
      hex: `${HEADER} ${KEY_A} 02
        03 04 01000000 6e 05 09000000 00 0300000000000000 06 04 0a 11
        03 04 01000000 67 06 01 0a 99
        03 04 01000000 6f 06 03 07 e803000000000000 0a ed 09 f7 0000000000`.replaceAll('\n', ''),
      row: {
        key: [a],
        attributes: [
          { name: 'n', value: { type: 'integer', value: 3n }, operation: 'increment' },
          { name: 'g', operation: 'delete-all-versions' },
          { name: 'o', operation: 'delete-one-version', timestamp: 1000n },
        ],
        isDelete: false,
      },
    },
    { name: 'a delete marker', hex: `${HEADER} ${KEY_A} 08 09 90`, row: { key: [a], attributes: [], isDelete: true } },
  ])('$name', ({ hex, row }) => {
    expect(decodeRow(bytes(hex))).toEqual(row);
  });
});

describe('refusing what is no row', () => {
  test.each([
    { name: 'another header', hex: `76000000 ${KEY_A} 09 97`, message: 'mismatch header' },
    { name: 'nothing at all', hex: '', message: 'length is shorter than expect' },
    { name: 'a row that ends in the middle', hex: `${HEADER} 01 03 04 05000000 61`, message: 'length is shorter than expect' },
    { name: 'a wrong checksum of a cell', hex: `${HEADER} ${KEY_A.slice(0, -2)}0c 09 97`, message: 'checksum is mismatch, 12:11' },
    { name: 'a wrong checksum of the row', hex: `${HEADER} ${KEY_A} 09 98`, message: 'checksum is mismatch' },
    { name: 'no checksum of the row', hex: `${HEADER} ${KEY_A}`, message: 'row is not end with checksum tag' },
    { name: 'bytes other than zeros behind the row', hex: `${HEADER} ${KEY_A} 09 97 00 01`, message: "can't be parsed" },
    { name: 'an unknown type of value', hex: `${HEADER} 01 03 04 01000000 61 05 01000000 42 0a 29`, message: 'unknown variant type' },
  ])('$name', ({ hex, message }) => {
    expect(() => decodeRow(bytes(hex))).toThrow(expect.objectContaining({ code: 'OTSParameterInvalid', message: expect.stringContaining(message) }));
  });
});

describe('writing answers', () => {
  test('a row without columns has the bytes that the SDK sends for the same row', () => {
    const row = { key: [{ name: 'a', value: { type: 'string', value: 'b' } as const }], attributes: [] };

    expect(encodeRows([row])).toEqual(bytes(`${HEADER} ${KEY_A} 09 97`));
  });

  test('a column with a version has the bytes that the SDK sends for the same column', () => {
    const row = {
      key: [{ name: 'a', value: { type: 'string', value: 'b' } as const }],
      attributes: [
        { name: 's', value: { type: 'string', value: 'x' } as const, timestampMs: 1000 },
        { name: 'd', value: { type: 'double', value: 1.5 } as const },
        { name: 't', value: { type: 'boolean', value: true } as const },
        { name: 'y', value: { type: 'binary', value: Buffer.of(1, 2) } as const },
      ],
    };

    expect(encodeRows([row])).toEqual(
      bytes(
        `${HEADER} ${KEY_A} 02 03 04 01000000 73 05 06000000 03 01000000 78 07 e803000000000000 0a e4 03 04 01000000 64 05 09000000 01 000000000000f83f 0a ba
         03 04 01000000 74 05 02000000 02 01 0a e1 03 04 01000000 79 05 07000000 07 02000000 01 02 0a 54 09 79`.replaceAll('\n', ''),
      ),
    );
  });

  test('many rows share one header, and no rows are no bytes', () => {
    const row = { key: [{ name: 'a', value: { type: 'string', value: 'b' } as const }], attributes: [] };

    expect(encodeRows([row, row])).toEqual(bytes(`${HEADER} ${KEY_A} 09 97 ${KEY_A} 09 97`));
    expect(encodeRows([])).toHaveLength(0);
  });
});

test('every value survives its encoding', () => {
  const value: fc.Arbitrary<CellValue> = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((integer): CellValue => ({ type: 'integer', value: integer })),
    fc.double({ noNaN: true }).map((double): CellValue => ({ type: 'double', value: double })),
    fc.boolean().map((yes): CellValue => ({ type: 'boolean', value: yes })),
    fc.string({ unit: 'grapheme' }).map((text): CellValue => ({ type: 'string', value: text })),
    fc.uint8Array().map((binary): CellValue => ({ type: 'binary', value: Buffer.from(binary) })),
  );

  fc.assert(
    fc.property(value, (before) => {
      expect(decodeVariant(encodeVariant(before))).toEqual(before);
    }),
  );
});
