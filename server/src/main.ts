#!/usr/bin/env node
// Nothing else is imported here: an old Node would fail at its syntax before the check could speak.
import '../require-node.cjs'

void import('./app/start/run.ts')
