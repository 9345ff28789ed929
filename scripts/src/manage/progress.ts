/** Fewer are done before anybody reads the bar. */
const fewest = 10
const barWidth = 30
/** A terminal need not be told more often, in milliseconds. */
const redrawMs = 100

/** Tells a person at a terminal how far many things are, in one line that is written over; nobody else. */
export class Progress {
  private done = 0
  private drawn = Number.NEGATIVE_INFINITY
  private readonly shown: boolean
  private readonly began: number

  constructor(
    private readonly stream: { readonly isTTY?: boolean; write(text: string): unknown },
    private readonly total: number,
    private readonly now: () => number,
  ) {
    this.shown = stream.isTTY === true && total >= fewest
    this.began = now()
  }

  tick(): void {
    this.done += 1
    const now = this.now()
    if (!this.shown || (now - this.drawn < redrawMs && this.done < this.total)) return
    this.drawn = now
    this.stream.write(`\r${barOf(this.done, this.total, (now - this.began) / 1000)}`)
  }

  /** Leaves an empty line for what is printed next. */
  end(): void {
    if (this.shown) this.stream.write('\r\u001b[K')
  }
}

/** `[######……………]  40/200, 20 a second`. Pure. */
export function barOf(done: number, total: number, seconds: number): string {
  const filled = Math.round((done / total) * barWidth)
  const count = `${done}`.padStart(`${total}`.length)
  const rate = seconds > 0 ? `, ${Math.round(done / seconds)} a second` : ''
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${count}/${total}${rate}`
}
