import type { Part } from '../wire/request.ts'

/** One transparent pixel. */
export const pngBase64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

/** 0.1 s of silence: 16-bit samples at 24 kHz, without a header. */
export const speechBase64 = Buffer.alloc(4800).toString('base64')

export const codeExecutionParts: readonly Part[] = [
  { executableCode: { language: 'PYTHON', code: 'print(6 * 7)\n' } },
  { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '42\n' } },
]

export function groundingMetadata(text: string): object {
  return {
    webSearchQueries: ['fake gemini'],
    searchEntryPoint: { renderedContent: '<div>fake gemini</div>' },
    groundingChunks: [{ web: { uri: 'https://example.com/', title: 'example.com' } }],
    groundingSupports: [
      {
        // Google counts UTF-8 bytes here, not characters.
        segment: { startIndex: 0, endIndex: Buffer.byteLength(text), text },
        groundingChunkIndices: [0],
        confidenceScores: [0.9],
      },
    ],
  }
}
