// Finds nesting that is too deep before the text is composed: the composer works recursively, and near the end of its stack the process dies for good.
import { type CST, Parser } from 'yaml';

type Token = CST.Token | null | undefined;

/** Works through the parser's tokens without recursion. */
export function isNestedDeeperThan(text: string, limit: number): boolean {
  for (const document of new Parser().parse(text)) {
    const open: { readonly token: Token; readonly depth: number }[] = [{ token: document, depth: 0 }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { token, depth } = next;
      if (token === null || token === undefined) continue;
      if (depth > limit) return true;
      for (const child of childrenOf(token)) open.push({ token: child, depth: depth + 1 });
    }
  }
  return false;
}

function childrenOf(token: CST.Token): readonly Token[] {
  if (token.type === 'document') return [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) => [item.key, item.value]);
}
