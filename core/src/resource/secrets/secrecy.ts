import type { Secrecy } from '../../template/index.js'
import type { Secrets } from './secrets.js'

/** Notes what goes into values. */
export class NotedSecrecy implements Secrecy {
  private noted = false

  constructor(private readonly secrets: Pick<Secrets, 'digestOf'>) {}

  note(): void {
    this.noted = true
  }

  taken(): boolean {
    const { noted } = this
    this.noted = false
    return noted
  }

  digestOf(value: unknown): string {
    return this.secrets.digestOf(value)
  }
}
