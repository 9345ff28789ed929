#!/usr/bin/env -S node --enable-source-maps --max-semi-space-size=32
// Requests and batches are short-lived: with more room for young objects the daemon spends a third as long on garbage.
import '../dist/hearth.js'
