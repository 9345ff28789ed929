/** Columns as wide as their longest cell; the last one is not padded. Pure. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]?.length ?? 0)))
  return [header, ...rows].map(row => lineOf(row, widths)).join('\n')
}

const lineOf = (row: readonly string[], widths: readonly number[]): string =>
  row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')
