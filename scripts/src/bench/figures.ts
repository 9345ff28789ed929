/** One line of the table, of one engine. */
export interface Figure {
  readonly name: string
  readonly engine: string
  readonly value: number
  readonly unit: string
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
export const p95 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * 0.95))] as number

/** @returns milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

export async function repeated(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = []
  for (let run = 0; run < times; run++) taken.push(await timed(work))
  return taken
}

const nameWidth = 56

/** A row for each name, a column for each engine. */
export function print(figures: readonly Figure[], engines: readonly string[]): void {
  const cell = (text: string): string => text.padStart(14)
  console.log(`${''.padEnd(nameWidth)}${engines.map(cell).join('')}`)
  for (const name of new Set(figures.map(figure => figure.name))) {
    const cells = engines.map(engine => {
      const figure = figures.find(one => one.name === name && one.engine === engine)
      return cell(figure === undefined ? '' : `${figure.value.toFixed(figure.value < 10 ? 2 : 0)} ${figure.unit}`)
    })
    console.log(`${name.padEnd(nameWidth)}${cells.join('')}`)
  }
}
