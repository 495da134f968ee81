export type ErrorFacts = {
  readonly status: 400 | 401 | 403 | 404 | 405 | 410 | 413 | 415 | 429 | 500 | 502 | 503 | 504
  /** What happened, and what to do. An answer may say it more exactly. */
  readonly sentence: string
}

/** Every error of the gateway, the same in every interface. A code is API: it is never renamed and never used again for something else. */
export const errors = {
  unauthorized: {
    status: 401,
    sentence:
      'The request has no credential. Log in, or send the admin token (AUTH_TOKEN) as Authorization: Bearer.',
  },
  wrong_token: {
    status: 401,
    sentence:
      'This is not the admin token. Send the value of AUTH_TOKEN; client tokens do not open this path.',
  },
  cross_origin: {
    status: 403,
    sentence:
      'The request comes from a page of another origin. Behind a proxy that changes Host, set TRUSTED_PROXIES and send X-Forwarded-Host.',
  },
  too_many_attempts: {
    status: 429,
    sentence: 'This address sent too many wrong tokens. Wait as long as Retry-After says.',
  },
  not_found: { status: 404, sentence: 'Nothing is served at this path. Check the address.' },
  method_not_allowed: {
    status: 405,
    sentence: 'The path does not take this method. Use one of those in the Allow header.',
  },
  malformed_request: {
    status: 400,
    sentence: 'The request is not valid HTTP. Check the program that sent it.',
  },
  invalid_body: { status: 400, sentence: 'The body cannot be read. Send JSON.' },
  body_too_large: { status: 413, sentence: 'The body is too large. Send less at a time.' },
  unsupported_encoding: {
    status: 415,
    sentence:
      'The Content-Encoding of the request is not supported. Use gzip, deflate, br or identity.',
  },
  invalid_input: {
    status: 400,
    sentence: 'A field has a value that cannot be used. Correct the field that the message names.',
  },
  pool_disabled: {
    status: 400,
    sentence: 'The key pool is switched off. Set VALID_KEY_POOL_ENABLED to use it.',
  },
  too_many_jobs: {
    status: 429,
    sentence: 'Too many jobs are running. Wait until one ends, or cancel one.',
  },
  too_many_streams: {
    status: 429,
    sentence: 'Too many pages watch the live events. Close one of them.',
  },
  gone: {
    status: 410,
    sentence: 'This path does nothing any more. Use what the message names.',
  },
  internal_error: { status: 500, sentence: 'The gateway failed. Read its log for the reason.' },
  database_unavailable: {
    status: 503,
    sentence: 'The database is not available. Check later whether your change was made.',
  },
  models_unavailable: {
    status: 503,
    sentence: 'Google returned no list of models. The log of the gateway says why.',
  },

  unknown_token: {
    status: 401,
    sentence: 'The gateway does not know this token. Send one of its client tokens.',
  },
  token_disabled: {
    status: 401,
    sentence: 'This token is disabled. Ask the operator of the gateway to enable it.',
  },
  token_expired: {
    status: 401,
    sentence: 'This token has expired. Ask the operator of the gateway for a new one.',
  },
  dialect_not_allowed: {
    status: 403,
    sentence: 'This token may not use this API. Ask the operator of the gateway to allow it.',
  },
  model_not_allowed: {
    status: 403,
    sentence: 'This token may not use this model. Ask the operator of the gateway to allow it.',
  },
  token_limit_reached: {
    status: 429,
    sentence:
      'This token has reached a limit that the operator set. Wait as long as Retry-After says.',
  },
  model_not_supported: {
    status: 400,
    sentence: 'The gateway does not serve this model. Choose one from the list of models.',
  },
  model_not_found: {
    status: 404,
    sentence: 'This model does not exist. Choose one from the list of models.',
  },
  model_unavailable: {
    status: 404,
    sentence: 'No project of the gateway has this model. Choose one from the list of models.',
  },
  media_busy: {
    status: 503,
    sentence:
      'The gateway fetches as many remote files as it may. Try again later, or send the file as a data URL.',
  },
  no_keys: {
    status: 503,
    sentence: 'The gateway has no keys. Its operator adds them as API_KEYS.',
  },
  no_key_alive: {
    status: 503,
    sentence: 'No key of the gateway works. Its operator sees why on the page of keys.',
  },
  no_key_allowed: {
    status: 503,
    sentence: 'No key of the gateway may be used for this model. Its operator can allow one.',
  },
  all_keys_tried: {
    status: 503,
    sentence: 'All keys were tried, and none could serve the request. Try again later.',
  },
  no_key_succeeded: {
    status: 503,
    sentence: 'No key could serve the request. Try again later.',
  },
  quota_exhausted: {
    status: 429,
    sentence: 'All keys are out of quota for this model. Wait as long as Retry-After says.',
  },
  model_overloaded: {
    status: 503,
    sentence: 'Google has no capacity for this model now. Wait as long as Retry-After says.',
  },
  upstream_unreachable: {
    status: 503,
    sentence: 'The gateway cannot reach Google now. Wait as long as Retry-After says.',
  },
  location_refused: {
    status: 503,
    sentence:
      'Google does not serve the location of the gateway. Its operator can set PROXIES to send calls from elsewhere.',
  },
  connection_failed: {
    status: 503,
    sentence: 'The connection to Google failed. Wait as long as Retry-After says.',
  },
  upstream_timeout: {
    status: 504,
    sentence: 'Google did not answer in time. Try again.',
  },
  upstream_incomplete: {
    status: 502,
    sentence: 'The answer of Google is not complete. Try again.',
  },
  not_json: {
    status: 502,
    sentence:
      'The answer of the model is not the JSON that the request asks for. Try again, or use Gemini 3.',
  },
  stream_cut: {
    status: 503,
    sentence:
      'The connection to Google broke before the answer was complete. Wait as long as Retry-After says.',
  },
  google_error: {
    status: 500,
    sentence: 'Google answered with an error. Its own status and message are passed on.',
  },
} as const satisfies Record<string, ErrorFacts>

export type ErrorCode = keyof typeof errors

export const errorCodes: readonly ErrorCode[] = Object.keys(errors).filter(
  (code): code is ErrorCode => code in errors,
)
