import type { JsonMap } from '../plugin/index.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import { readJson, writeJson } from '../template/index.js'

/** What users gave to the language, encrypted without changing a number in it. */

export const sealTree = (secrets: Secrets, tree: object): string => secrets.sealText(writeJson(tree))

/** @throws as `Secrets.open`. */
export const openTree = (secrets: Secrets, sealed: string): JsonMap => treeIn(secrets.openText(sealed))

/** What was stored as text of JSON. */
export const treeIn = (text: string): JsonMap => readJson(text, { written: true, floats: true }) as JsonMap
