/**
 * Measures parts of the host in this process, for benches and tests.
 * Nothing of the host imports it.
 * Start at `language.ts`.
 */
export { type LanguageCost, measureLanguage } from './language.js'
export { type JudgedRequest, judgeBy, type Verdicts } from './verdicts.js'
