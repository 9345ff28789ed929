import { type Json, type JsonMap, pythonText, type SoftwareDeployment } from '@hearth/core/plugin'

/** What a server that has carried a config out may always say. */
export const standardOutputs = ['deploy_stdout', 'deploy_stderr', 'deploy_status_code'] as const

interface Outcome extends Pick<SoftwareDeployment, 'status' | 'statusReason' | 'outputValues'> {
  /** How it ended, for an event: `succeeded`, `failed`, `failed (<code>)`. */
  readonly told: string
}

/** What a signal means to a deployment (heat/engine/service_software_config.py). Pure. */
export function outcomeOf(details: Json | undefined, outputs: readonly JsonMap[], before: JsonMap | null): Outcome {
  const said = typeof details === 'object' && details !== null && !Array.isArray(details) ? details : {}
  const values: JsonMap = { ...before }
  const wrong: string[] = []
  for (const { name, error_output } of outputs) {
    const value = Object.hasOwn(said, name as string) ? said[name as string] : undefined
    if (value === undefined) continue
    values[name as string] = value
    if (error_output === true) wrong.push(`${name as string} : ${pythonText(value)}`)
  }
  for (const name of standardOutputs) values[name] = said[name] ?? null
  const code = values.deploy_status_code ?? null
  const exited = code !== null && Number(code) !== 0
  if (exited) wrong.push(`deploy_status_code : Deployment exited with non-zero status code: ${pythonText(code)}`)
  if (wrong.length === 0) {
    return { status: 'COMPLETE', statusReason: 'Outputs received', outputValues: values, told: 'succeeded' }
  }
  const told = exited ? `failed (${pythonText(code)})` : 'failed'
  return { status: 'FAILED', statusReason: wrong.join(', '), outputValues: values, told }
}
