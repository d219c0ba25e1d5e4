// Asks the host how much memory a process has had at most.
import { readFileSync } from 'node:fs';

const KB_PER_MB = 1024;

/** The peak of the resident memory in MB, rounded up; 0 where the host does not tell (only Linux does). */
export function peakMemoryMb(pid: number): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? 0 : Math.ceil(Number(kilobytes) / KB_PER_MB);
  } catch {
    return 0; // the process is gone, or the host has no /proc
  }
}
