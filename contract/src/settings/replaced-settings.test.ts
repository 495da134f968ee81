import { expect, test } from 'vitest'
import { settingEntries } from './read-settings.ts'
import { replacedSettings } from './replaced-settings.ts'

/** All variables that the Python program and its image read. */
const variablesOfPythonProgram = `
DATABASE_TYPE SQLITE_DATABASE MYSQL_HOST MYSQL_PORT MYSQL_USER MYSQL_PASSWORD MYSQL_DATABASE MYSQL_SOCKET
API_KEYS ALLOWED_TOKENS AUTH_TOKEN ADMIN_SESSION_EXPIRE BASE_URL VERTEX_API_KEYS VERTEX_EXPRESS_BASE_URL CUSTOM_HEADERS
URL_NORMALIZATION_ENABLED MAX_FAILURES MAX_RETRIES TIME_OUT PROXIES PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY TEST_MODEL
IMAGE_MODELS SEARCH_MODELS FILTERED_MODELS TOOLS_CODE_EXECUTION_ENABLED URL_CONTEXT_ENABLED URL_CONTEXT_MODELS
SHOW_SEARCH_LINK SHOW_THINKING_PROCESS THINKING_MODELS THINKING_BUDGET_MAP SAFETY_SETTINGS TTS_MODEL TTS_VOICE_NAME
TTS_SPEED PAID_KEY CREATE_IMAGE_MODEL UPLOAD_PROVIDER SMMS_SECRET_TOKEN PICGO_API_KEY PICGO_API_URL
CLOUDFLARE_IMGBED_URL CLOUDFLARE_IMGBED_AUTH_CODE CLOUDFLARE_IMGBED_UPLOAD_FOLDER OSS_ENDPOINT OSS_ENDPOINT_INNER
OSS_ACCESS_KEY OSS_ACCESS_KEY_SECRET OSS_BUCKET_NAME OSS_REGION STREAM_OPTIMIZER_ENABLED STREAM_MIN_DELAY
STREAM_MAX_DELAY STREAM_SHORT_TEXT_THRESHOLD STREAM_LONG_TEXT_THRESHOLD STREAM_CHUNK_SIZE FAKE_STREAM_ENABLED
FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS CHECK_INTERVAL_HOURS KEY_VERIFICATION_BATCH_SIZE CONCURRENT_VERIFICATIONS
GEMINI_QUOTA_RESET_HOUR TIMEZONE TZ VALID_KEY_POOL_ENABLED VALID_KEY_POOL_SIZE KEY_TTL_HOURS POOL_MIN_THRESHOLD
EMERGENCY_REFILL_COUNT POOL_MAINTENANCE_INTERVAL_MINUTES KEY_VALIDATION_GRACE_PERIOD_MINUTES PRO_MODELS
PRO_MODEL_MAX_USAGE NON_PRO_MODEL_MAX_USAGE GITHUB_REPO_OWNER GITHUB_REPO_NAME LOG_LEVEL
ERROR_LOG_RECORD_REQUEST_BODY AUTO_DELETE_ERROR_LOGS_ENABLED AUTO_DELETE_ERROR_LOGS_DAYS
AUTO_DELETE_REQUEST_LOGS_ENABLED AUTO_DELETE_REQUEST_LOGS_DAYS FILES_CLEANUP_ENABLED FILES_CLEANUP_INTERVAL_HOURS
FILES_USER_ISOLATION_ENABLED ENABLE_TTS
`
  .trim()
  .split(/\s+/)

const settings = new Set(settingEntries.map(({ env }) => env))
const replaced = replacedSettings.flatMap(({ names }) => names)

test('every variable of the Python program is a setting, or has a sentence that says what replaces it', () => {
  expect(new Set(variablesOfPythonProgram).size).toBe(88)
  for (const name of variablesOfPythonProgram) {
    expect([name, settings.has(name) !== replaced.includes(name)]).toEqual([name, true])
  }
})

test('a replaced variable is no setting, is listed once, and its sentences are short', () => {
  expect(new Set(replaced).size).toBe(replaced.length)
  expect(replaced.filter((name) => settings.has(name))).toEqual([])
  for (const { instead } of replacedSettings) {
    expect(instead).toMatch(/\.$/)
    for (const sentence of instead.split('. ')) {
      expect(sentence.split(' ').length).toBeLessThanOrEqual(20)
    }
  }
})

test('a replacement that names a setting names one that exists', () => {
  for (const { instead } of replacedSettings) {
    for (const [name] of instead.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b|\bPROXIES\b/g)) {
      expect(settings.has(name)).toBe(true)
    }
  }
})
