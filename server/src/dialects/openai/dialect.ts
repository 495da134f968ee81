import type { ClientRequest, Dialect, Operation } from '../dialect.ts'
import type { DialectServices } from '../services.ts'
import { serveTranslated } from '../translate/serve-translated.ts'
import { chatCompletions } from './chat/chat-completions.ts'
import { answerEmbeddings } from './embeddings/embeddings-answer.ts'
import { renderFailure } from './errors.ts'
import { answerModelGet, answerModelList } from './models/models-answer.ts'
import type { OpenAiServices } from './services.ts'

/** OpenAI's format under `/v1` and `/hf/v1`, translated. */
export function createOpenAiDialect(services: DialectServices): Dialect {
  const openAi: OpenAiServices = { label: 'openai', ...services }
  return {
    name: 'openai',
    operations: [...operationsOf(openAi, '/v1'), ...operationsOf(openAi, '/hf/v1')],
    renderFailure,
  }
}

function operationsOf(services: OpenAiServices, base: '/v1' | '/hf/v1'): Operation[] {
  // Gemini clients list models under /v1 too.
  const shared = base === '/v1' ? { credential: 'openai' as const } : {}
  return [
    post(`${base}/chat/completions`, serveChat(services)),
    post(`${base}/embeddings`, (request) => answerEmbeddings(services, request)),
    {
      methods: ['GET'],
      paths: [`${base}/models`],
      ...shared,
      body: 'none',
      serve: (request) => answerModelList(services, request),
    },
    {
      methods: ['GET'],
      paths: [`${base}/models/*`],
      ...shared,
      body: 'none',
      serve: (request) => answerModelGet(services, request, idIn(request, `${base}/models/`)),
    },
  ]
}

export const post = (path: string, serve: Operation['serve']): Operation => ({
  methods: ['POST'],
  paths: [path],
  body: 'whole',
  serve,
})

export function serveChat(services: OpenAiServices): Operation['serve'] {
  const served = { translation: chatCompletions(services), dialect: services.label }
  return (request) => serveTranslated(services, request, served)
}

/** The decoded rest of a path after the prefix. */
export const idIn = ({ path }: ClientRequest, prefix: string): string =>
  decodeURIComponent(path.slice(prefix.length))
