export const modelPath = '/v1beta/models/gemini-3.8-flash'

/** Addresses that are a 400, without a call to Google. */
export const refusedPaths = [
  `${modelPath}:generateContent%3Fkey=stranger`,
  `${modelPath}:generateContent%3fuserProject=stranger`,
  `${modelPath}:generateContent%26key=stranger`,
  `${modelPath}:generateContent%23`,
  `${modelPath}:generateContent%0d%0aX-Goog-User-Project:%20stranger`,
  `${modelPath}:generateContent%250d%250a`,
  `${modelPath}:generateContent%00`,
  `${modelPath}:generateContent%2f..%2f..%2ffiles`,
  `${modelPath}%0a:generateContent`,
  `${modelPath}%20:generateContent`,
  '/v1beta/models/..%2f..%2fv1beta%2ffiles:generateContent',
  '/v1beta/models/%3Fkey=stranger:generateContent',
  `/v1beta/models/${'x'.repeat(5000)}:generateContent`,
  '/v1beta/tunedModels/a%2fb%3fc:generateContent',
  `${modelPath}:${'a'.repeat(5000)}`,
]

/** Queries that never reach Google. */
export const droppedQueries = [
  'userProject=stranger',
  '$userProject=stranger',
  '%24userProject=stranger',
  'quotaUser=stranger',
  '$quotaUser=stranger',
  'access_token=stranger',
  'oauth_token=stranger',
  'bearer_token=stranger',
  'KEY=stranger',
  '%6bey=stranger',
  '$key=stranger',
  '$httpHeaders=Authorization%3A%20Bearer%20stranger',
  '$httpMethod=DELETE',
  'callback=stranger',
  'fields=%0d%0aX-Goog-User-Project:%20stranger',
  'fields=%00stranger',
]
