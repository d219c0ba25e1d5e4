// Which names tables and columns may have.

/** "Tablestore, Naming": a letter or an underscore first, then letters, digits and underscores, at most 255 characters. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

export function isTableName(name: string): boolean {
  return NAME.test(name);
}

export function isColumnName(name: string): boolean {
  return NAME.test(name);
}
