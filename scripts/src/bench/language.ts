import { type LanguageCost, measureLanguage } from '@hearth/core/testing'

/** What templates of growing size cost to parse, validate and plan: `npm run bench:language`. The last column should stay. */
const sizes = [1000, 2500, 5000, 10_000, 20_000]

// The first run is the compiler's.
measureLanguage(sizes[0] ?? 1000)
console.log('resources   parse s  validate s   plan s   total s   RSS MB   ms per resource')
for (const size of sizes) console.log(row(measureLanguage(size)))

function row({ resources, parseSeconds, validateSeconds, planSeconds, residentMegabytes }: LanguageCost): string {
  const total = parseSeconds + validateSeconds + planSeconds
  return [
    String(resources).padStart(9),
    parseSeconds.toFixed(2).padStart(9),
    validateSeconds.toFixed(2).padStart(11),
    planSeconds.toFixed(2).padStart(8),
    total.toFixed(2).padStart(9),
    residentMegabytes.toFixed(0).padStart(8),
    ((total * 1000) / resources).toFixed(3).padStart(17),
  ].join(' ')
}
