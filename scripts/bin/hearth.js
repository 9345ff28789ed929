#!/usr/bin/env -S node --max-semi-space-size=64 --heap-growing-percent=80
// Requests and batches are short-lived: with more room for young objects the daemon spends far less time on garbage. The
// old ones may become 1.8 times as many before they are looked through, not four times: that is where the room comes from.
import '../dist/hearth.js'
