#!/usr/bin/env -S node --enable-source-maps --max-semi-space-size=32 --heap-growing-percent=150
// Requests and batches are short-lived: with more room for young objects the daemon spends a third as long on garbage.
// The old ones may become 2.5 times as many before they are looked through, not four times, which costs no time that shows.
import '../dist/hearth.js'
