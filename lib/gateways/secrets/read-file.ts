// Reads the start of a file on the host, and never more than asked.
import { open } from 'node:fs/promises';

/** The first `maxBytes` bytes at most, so that a reference to a huge file or a device costs nothing. Rejects as node:fs does. */
export async function readFileStart(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(maxBytes);
    let length = 0;
    while (length < maxBytes) {
      const { bytesRead } = await file.read(buffer, length, maxBytes - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}
