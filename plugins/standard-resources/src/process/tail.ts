/** The last bytes of what a stream brings, and no more. */
export class Tail {
  private readonly chunks: Buffer[] = []
  private length = 0

  constructor(private readonly most: number) {}

  add(chunk: Buffer): void {
    this.chunks.push(chunk)
    this.length += chunk.length
    while (this.length - (this.chunks[0]?.length ?? 0) >= this.most && this.chunks.length > 1) {
      this.length -= this.chunks.shift()?.length ?? 0
    }
  }

  /** As UTF-8; the first character may have lost its beginning, which is then left out. */
  get text(): string {
    const bytes = Buffer.concat(this.chunks)
    const cut = bytes.length > this.most
    let start = cut ? bytes.length - this.most : 0
    while (cut && start < bytes.length && ((bytes[start] as number) & 0xc0) === 0x80) start++
    return bytes.toString('utf8', start)
  }
}
