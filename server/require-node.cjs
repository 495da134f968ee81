// Ends the process where Node is too old. Old syntax only: it runs before anything that an old Node cannot read.
'use strict'

/** The lowest major and minor version, as in package.json. */
var lowest = [20, 19]

/** One sentence, or undefined where the version will do. */
function nodeProblem(version) {
  var parts = version.split('.').map(Number)
  if (parts[0] > lowest[0] || (parts[0] === lowest[0] && parts[1] >= lowest[1])) return undefined
  return (
    'This is Node ' +
    version +
    ', and Gemini Balance needs ' +
    lowest.join('.') +
    ' or newer: install it from https://nodejs.org and start again.'
  )
}

var problem = nodeProblem(process.versions.node)
if (problem !== undefined) {
  process.stderr.write(problem + '\n')
  process.exit(1)
}

module.exports = { nodeProblem: nodeProblem }
