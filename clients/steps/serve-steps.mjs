/** Runs a step for each message of the test, and sends back its result or its error. */
export function serveSteps(steps) {
  const run = async ({ id, step, input }) => {
    try {
      process.send({ id, result: (await steps[step](input)) ?? null })
    } catch (error) {
      process.send({ id, error: describeError(error) })
    }
  }
  process.on('message', (message) => void run(message))
}

/** What a program can see of a client's error. */
function describeError(error) {
  const { status, statusCode, code, param, message, headers, responseHeaders } = error
  return {
    classes: classesOf(error),
    status: status ?? statusCode,
    code,
    param,
    message,
    retryAfter: headers?.get?.('retry-after') ?? responseHeaders?.['retry-after'],
  }
}

function classesOf(error) {
  const prototype = Object.getPrototypeOf(error)
  return prototype === null || prototype === Object.prototype
    ? []
    : [prototype.constructor.name, ...classesOf(prototype)]
}

/** Reads a stream's texts; `textOf` may give nothing for an element. */
export async function readTexts(stream, textOf) {
  const pieces = []
  for await (const element of stream) {
    const text = textOf(element)
    if (text) pieces.push(text)
  }
  return { text: pieces.join(''), pieces: pieces.length }
}

/** Reads a stream up to its first text, and calls `abort`. The stream must end then. */
export async function abortAtFirstText(stream, textOf, abort) {
  let hasText = false
  try {
    for await (const element of stream) {
      if (!textOf(element)) continue
      hasText = true
      abort()
    }
    return { hasText, error: null }
  } catch (error) {
    return { hasText, error: error.name }
  }
}
