import { again, type Json, type Progress } from '@hearth/core/plugin'

/** Waits, holding nothing, until a time in milliseconds since the epoch; it stays the same, however often it is asked. */
export const park = (until: number, now: number): Progress => again({ until }, { afterMs: until - now })

/** Until when a step is parked that comes again; undefined: it has just begun. */
export const parked = (cursor: Json | undefined): number | undefined => (cursor as { until: number } | undefined)?.until
