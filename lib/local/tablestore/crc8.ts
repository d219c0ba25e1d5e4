// The checksum of plainbuffer cells and rows: CRC-8 with polynomial 0x07, start 0, no reflection, no final xor.

const POLYNOMIAL = 0x07;

const TABLE: Uint8Array = Uint8Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80 ? ((crc << 1) ^ POLYNOMIAL) & 0xff : crc << 1;
  return crc;
});

/** Continues `crc` over the bytes. */
export function crc8(crc: number, bytes: Uint8Array): number {
  let result = crc;
  for (const byte of bytes) result = crc8Byte(result, byte);
  return result;
}

/** Continues `crc` over one byte. */
export function crc8Byte(crc: number, byte: number): number {
  return TABLE[(crc ^ byte) & 0xff] ?? 0; // the index is always inside the table
}
