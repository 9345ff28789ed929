import type { Notifications } from './database.js'
import type { Owner, Schedule } from './schedule.js'

interface Listener {
  readonly owner: Owner
  readonly channel: string
  readonly heard: (payload: string) => void
  deafUntil: number
}

/** What processes tell each other by the database: each hears of it as an event of its own, or later if it is deaf. */
export class Broadcast implements Notifications {
  private listeners: Listener[] = []

  constructor(private readonly schedule: Schedule) {}

  tell(channel: string, payload: string): void {
    for (const { channel: own, owner, heard, deafUntil } of this.listeners) {
      if (own !== channel) continue
      const deaf = deafUntil - this.schedule.now
      // A listener that was away asks everybody to look once it is back.
      const event = { owner, label: 'notified', fire: () => heard(deaf > 0 ? '' : payload) }
      if (deaf > 0) this.schedule.after(deaf, event)
      else this.schedule.add(event)
    }
  }

  listen(owner: Owner, channel: string, heard: (payload: string) => void): () => Promise<void> {
    const listener: Listener = { owner, channel, heard, deafUntil: 0 }
    this.listeners.push(listener)
    return async () => {
      this.listeners = this.listeners.filter(one => one !== listener)
    }
  }

  /** Whatever this process is told in so many milliseconds is lost. */
  deafen(owner: Owner, ms: number): void {
    for (const one of this.listeners) if (one.owner === owner) one.deafUntil = this.schedule.now + ms
  }

  forget(owner: Owner): void {
    this.listeners = this.listeners.filter(one => one.owner !== owner)
  }
}
