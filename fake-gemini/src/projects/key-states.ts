import type { FakeKeyState } from '../options.ts'
import { debugInfo, errorInfo, help, localized } from '../wire/google-error.ts'
import type { ErrorDetail, GoogleError } from '../wire/google-error.ts'

/** Values that Google quotes in error messages. */
export type RefusalDetails = { key: string; projectNumber: string; rpc: string }

type Row = {
  errorFor(call: RefusalDetails): Omit<GoogleError, 'verdict'>
  /** `GET models` still works: a list of models does not prove that a key can generate. */
  listsModels?: boolean
  /** The Files API still works: it costs nothing. */
  usesFiles?: boolean
}

function invalidKey(message: string): Row {
  return {
    errorFor: () => ({
      code: 400,
      message,
      status: 'INVALID_ARGUMENT',
      details: [errorInfo('API_KEY_INVALID'), localized(message)],
    }),
  }
}

function denied(message: string, details?: readonly ErrorDetail[]): Omit<GoogleError, 'verdict'> {
  const error = { code: 403, message, status: 'PERMISSION_DENIED' }
  return details ? { ...error, details } : error
}

function exhausted(message: string): Row {
  return {
    errorFor: () => ({ code: 429, message, status: 'RESOURCE_EXHAUSTED' }),
    listsModels: true,
    usesFiles: true,
  }
}

const wrongCredentials =
  'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.'

export function wrongCredentialType(rpc: string): GoogleError {
  return {
    code: 401,
    message: wrongCredentials,
    status: 'UNAUTHENTICATED',
    details: [errorInfo('ACCESS_TOKEN_TYPE_UNSUPPORTED', { method: rpc })],
    verdict: 'credentials:wrong-type',
  }
}

function serviceDisabled({ projectNumber }: RefusalDetails): Omit<GoogleError, 'verdict'> {
  const activationUrl = `https://console.developers.google.com/apis/api/generativelanguage.googleapis.com/overview?project=${projectNumber}`
  const message = `Generative Language API has not been used in project ${projectNumber} before or it is disabled. Enable it by visiting ${activationUrl} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`
  return denied(message, [
    errorInfo('SERVICE_DISABLED', {
      consumer: `projects/${projectNumber}`,
      activationUrl,
      serviceTitle: 'Generative Language API',
    }),
    localized(message),
    help('Google developers console API activation', activationUrl),
  ])
}

export const keyStates: Readonly<Record<Exclude<FakeKeyState, 'ok'>, Row>> = {
  invalid: invalidKey('API key not valid. Please pass a valid API key.'),
  expired: invalidKey('API key expired. Please renew the API key.'),
  deleted: invalidKey('API Key not found. Please pass a valid API key.'),
  leaked: {
    errorFor: () => denied('Your API key was reported as leaked. Please use another API key.'),
  },
  suspended: {
    // Google quotes the whole key here; logging or forwarding this text leaks it.
    errorFor: ({ key, projectNumber }) =>
      denied(`Permission denied: Consumer 'api_key:${key}' has been suspended.`, [
        errorInfo('CONSUMER_SUSPENDED', {
          consumer: `projects/${projectNumber}`,
          containerInfo: `api_key:${key}`,
        }),
      ]),
  },
  'service-disabled': { errorFor: serviceDisabled },
  blocked: {
    errorFor: ({ projectNumber, rpc }) =>
      denied(`Requests to this API generativelanguage.googleapis.com method ${rpc} are blocked.`, [
        errorInfo('API_KEY_SERVICE_BLOCKED', {
          consumer: `projects/${projectNumber}`,
          methodName: rpc,
          apiName: 'generativelanguage.googleapis.com',
        }),
      ]),
    listsModels: true,
  },
  'legacy-rejected': { errorFor: ({ rpc }) => wrongCredentialType(rpc) },
  unauthenticated: {
    errorFor: () => ({ code: 401, message: wrongCredentials, status: 'UNAUTHENTICATED' }),
  },
  'prepay-depleted': exhausted(
    'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.',
  ),
  'spending-cap': exhausted(
    'Your project has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/spend to manage your project spend cap.',
  ),
  'project-denied': {
    errorFor: () => denied('Your project has been denied access. Please contact support.'),
  },
  location: {
    errorFor: () => ({
      code: 400,
      message: 'User location is not supported for the API use.',
      status: 'FAILED_PRECONDITION',
      details: [
        debugInfo('[ORIGINAL ERROR] generic::failed_precondition: User location is not supported.'),
      ],
    }),
  },
  'free-tier-country': {
    errorFor: () => ({
      code: 400,
      message:
        'Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio.',
      status: 'FAILED_PRECONDITION',
    }),
    listsModels: true,
    usesFiles: true,
  },
  'bare-429': exhausted('Resource has been exhausted (e.g. check quota).'),
  'server-error': {
    errorFor: () => ({
      code: 500,
      message:
        'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
      status: 'INTERNAL',
    }),
    listsModels: true,
    usesFiles: true,
  },
}
