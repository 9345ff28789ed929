#!/usr/bin/env node
import '../dist/hearth-manage.js'
