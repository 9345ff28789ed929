import type { HotVersion } from '../../plugin/template-format.js'

/** Added to the error of a template that uses what only a later version has. @param what came later. */
export const cameWith = (date: HotVersion, what = 'it'): string => ` (${what} came with heat_template_version ${date})`

/** The same for a template of any format: only HOT has versions to go to. */
export const laterHint = ({ key }: { readonly key: string }, date: HotVersion, what?: string): string =>
  key === 'heat_template_version' ? cameWith(date, what) : ''
