const count = (keys, state) => keys.filter((key) => key.state === state).length

/** At most 80 columns wide. */
export function demoText({ url, token, model, keys, hasOpenAi }) {
  const ways = [
    ['curl', curl({ url, token, model })],
    ['Google’s SDK, after `npm install @google/genai`', googleSdk({ url, token, model })],
    hasOpenAi
      ? ['OpenAI’s SDK, after `npm install openai`', openAiSdk({ url, token, model })]
      : ['OpenAI’s SDK', 'This version does not serve /v1/chat/completions.'],
  ]
  return [
    '',
    `Gemini Balance at ${url}, token "${token}"`,
    `In front of a fake Gemini with ${keys.length} keys: ${count(keys, 'good')} good, ` +
      `${count(keys, 'dead')} dead, ${count(keys, 'exhausted')} exhausted.`,
    '',
    ...ways.flatMap(([title, text], index) => [`${index + 1}. ${title}`, '', indent(text), '']),
    'Calls to the fake Gemini are shown below. Ctrl+C stops the demo.',
    '',
  ].join('\n')
}

function indent(text) {
  return text.replaceAll(/^/gm, '   ')
}

function curl({ url, token, model }) {
  return `curl ${url}/v1beta/models/${model}:generateContent \\
  -H 'x-goog-api-key: ${token}' -H 'Content-Type: application/json' \\
  -d '{"contents":[{"parts":[{"text":"Hello"}]}]}'`
}

function googleSdk({ url, token, model }) {
  return `import { GoogleGenAI } from '@google/genai'
const httpOptions = { baseUrl: '${url}' }
const google = new GoogleGenAI({ apiKey: '${token}', httpOptions })
const question = { model: '${model}', contents: 'Hello' }
const answer = await google.models.generateContent(question)
console.log(answer.text)`
}

function openAiSdk({ url, token, model }) {
  return `import OpenAI from 'openai'
const openai = new OpenAI({ apiKey: '${token}', baseURL: '${url}/v1' })
const messages = [{ role: 'user', content: 'Hello' }]
const question = { model: '${model}', messages }
const answer = await openai.chat.completions.create(question)
console.log(answer.choices[0].message.content)`
}
