#!/usr/bin/env node
import '../dist/hearth.js'
