#!/usr/bin/env node
import '../dist/interruption.js'

// All that is loaded here takes a while, in which an interruption is heeded already.
await import('../dist/hearth-manage.js')
