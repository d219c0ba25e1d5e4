// Keeps what an invocation prints, as far as a person would read it: a function that prints without end must not fill the host's memory.

const KEPT_CHARACTERS = 4 * 1024 * 1024;

export interface LogTail {
  add(line: string): void;
  /** The newest lines, oldest first; before them, how many are missing. */
  lines(): readonly string[];
}

export function makeLogTail(keptCharacters = KEPT_CHARACTERS): LogTail {
  const lines: string[] = [];
  let characters = 0;
  let dropped = 0;
  /** Half of it at once, so that it is seldom done. */
  const drop = (): void => {
    let count = 0;
    for (; characters > keptCharacters / 2 && count < lines.length - 1; count += 1) characters -= lines[count]?.length ?? 0;
    lines.splice(0, count);
    dropped += count;
  };
  return {
    add: (line) => {
      lines.push(line);
      characters += line.length;
      if (characters > keptCharacters) drop();
    },
    lines: () => (dropped === 0 ? lines : [`(${dropped} earlier lines are not kept)`, ...lines]),
  };
}
