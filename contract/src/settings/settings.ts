import { z } from 'zod'
import { poolSettings } from './pool-settings.ts'
import { about } from './setting-facts.ts'
import {
  addressOrRange,
  databaseName,
  flag,
  headersOf,
  listOf,
  lowerCase,
  mapOf,
  maybeProxyAddress,
  numberIn,
  proxyAddress,
  text,
  timeZone,
  wholeNumberIn,
} from './setting-forms.ts'
import { defaultSafety, safetySetting } from './safety-settings.ts'

const atStart = about('server', { live: false })
const database = about('database', { live: false })
const secretDatabase = about('database', { live: false, secret: true })
const access = about('access', { secret: true })
const keyRows = about('keys', { secret: true, asRows: true })
const upstream = about('upstream')
const proxies = about('upstream', { secret: true, addresses: true })
const retry = about('retry')
const models = about('models')
const keys = about('keys')
const stream = about('stream')
const history = about('history')

/** Every setting, once. Environment, database, admin API and documentation are made from this table. */
export const settingsSchema = z.object({
  host: atStart('HOST', text().min(1).default('0.0.0.0'), 'The address to listen on.'),
  port: atStart(
    'PORT',
    wholeNumberIn(0, 65_535).default(8000),
    'The port to listen on; 0 takes a free one.',
  ),
  dataDir: atStart('DATA_DIR', text().min(1).default('./data'), 'The folder of the database.'),
  databaseType: database(
    'DATABASE_TYPE',
    z.preprocess(databaseName, z.enum(['auto', 'sqlite', 'mysql', 'postgresql'])).default('auto'),
    'The kind of database; auto is sqlite unless DATABASE_URL, MYSQL_HOST or MYSQL_SOCKET names a server. mysql is MariaDB, too.',
  ),
  databaseUrl: secretDatabase(
    'DATABASE_URL',
    text().default(''),
    'A database server in one line, instead of the MYSQL_ settings: postgresql://user:password@host:5432/database or mysql://…, with ?sslmode=require or verify-full for TLS.',
  ),
  sqliteDatabase: database(
    'SQLITE_DATABASE',
    text()
      .regex(/^(?!\.+$)[\w.-]+$/, 'must be a file name')
      .default('gemini-balance.db'),
    'The database file inside DATA_DIR.',
  ),
  mysqlHost: database('MYSQL_HOST', text().default(''), 'The host of a MySQL or MariaDB server.'),
  mysqlPort: database('MYSQL_PORT', wholeNumberIn(1, 65_535).default(3306), 'Its port.'),
  mysqlUser: database('MYSQL_USER', text().default(''), 'The user to enter as.'),
  mysqlPassword: secretDatabase('MYSQL_PASSWORD', z.string().default(''), 'That user’s password.'),
  mysqlDatabase: database(
    'MYSQL_DATABASE',
    text().default(''),
    'The database there; it must exist.',
  ),
  mysqlSocket: database(
    'MYSQL_SOCKET',
    text().default(''),
    'A socket of this machine to reach the server by, instead of host and port.',
  ),
  resetSettings: database(
    'RESET_SETTINGS',
    listOf(text().min(1)).default([]),
    'Settings to take out of the database at this start, so that the environment or the default counts again: for a value that locks you out.',
  ),
  encryptionKey: about('database', { live: false, secret: true })(
    'ENCRYPTION_KEY',
    text()
      .regex(/^$|^.{16,}$/, 'must be 16 characters or more')
      .default(''),
    'What keys and other secrets in the database are encrypted with; without it they are stored as they are. For a database in use: gemini-balance keys encrypt.',
  ),

  logLevel: about('server')(
    'LOG_LEVEL',
    z
      .preprocess(
        lowerCase,
        z.enum([
          'trace',
          'debug',
          'info',
          'warning',
          'warn',
          'error',
          'critical',
          'fatal',
          'silent',
        ]),
      )
      .default('info'),
    'How much the log says.',
  ),
  shutdownGraceSeconds: about('server')(
    'SHUTDOWN_GRACE_SECONDS',
    numberIn(0, 3600).default(30),
    'How long streams may go on after SIGTERM, in seconds.',
  ),
  maxRequestBodyMb: about('server')(
    'MAX_REQUEST_BODY_MB',
    numberIn(1, 2048).default(100),
    'The largest request body, in MiB.',
  ),

  authToken: access(
    'AUTH_TOKEN',
    text().default(''),
    'The admin token, always a valid client token too. Without one, it is generated at the first start.',
  ),
  allowedTokens: access(
    'ALLOWED_TOKENS',
    listOf(text().min(1)).default([]),
    'The tokens clients may use.',
  ),
  metricsToken: access(
    'METRICS_TOKEN',
    text().default(''),
    'A token that opens /metrics and nothing else. Empty: only the admin token does.',
  ),

  adminSessionExpire: about('access')(
    'ADMIN_SESSION_EXPIRE',
    wholeNumberIn(300, 2_592_000).default(86_400),
    'Seconds after a login until an admin must log in again, whatever was done in between.',
  ),
  trustedProxies: about('access')(
    'TRUSTED_PROXIES',
    listOf(addressOrRange).default([]),
    'Addresses and ranges (10.0.0.0/8) of the proxies in front: what they say in X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host is believed; of others it is not.',
  ),

  baseUrl: upstream(
    'BASE_URL',
    z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .default('https://generativelanguage.googleapis.com/v1beta'),
    "Google's address: origin, an optional prefix, and the version for the gateway's own calls.",
  ),
  customHeaders: about('upstream', { secret: true })(
    'CUSTOM_HEADERS',
    headersOf().default({}),
    'Headers added to every call to Google.',
  ),
  timeOut: upstream(
    'TIME_OUT',
    numberIn(1, 3600).default(300),
    'Seconds a request may take to its first byte, all attempts together, and a stream may be silent.',
  ),
  proxies: proxies(
    'PROXIES',
    listOf(proxyAddress).default([]),
    'Proxies to reach Google by: http, https or socks5, with user and password where they want them. Empty: directly.',
  ),
  proxiesUseConsistencyHashByApiKey: upstream(
    'PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY',
    flag().default(true),
    'Whether a key leaves by the same proxy each time, as long as that works; else each call takes one at random.',
  ),
  httpsProxy: about('upstream', { live: false, secret: true, addresses: true })(
    'HTTPS_PROXY',
    maybeProxyAddress.default(''),
    'The proxy that this machine uses for https addresses, where PROXIES names none.',
  ),
  noProxy: about('upstream', { live: false })(
    'NO_PROXY',
    listOf(text()).default([]),
    'Hosts that HTTPS_PROXY is not used for, and all below them; * is every host.',
  ),
  connectTimeout: upstream(
    'CONNECT_TIMEOUT',
    numberIn(1, 120).default(10),
    'Seconds until a connection to Google must stand.',
  ),

  maxRetries: retry(
    'MAX_RETRIES',
    wholeNumberIn(0, 10).default(3),
    'Attempts, in all, that may fail through no fault of a key: 5xx, time-outs, empty answers. 0 means 1.',
  ),
  maxKeySwitches: retry(
    'MAX_KEY_SWITCHES',
    wholeNumberIn(0, 1000).default(32),
    'Dead or exhausted keys that one request may skip.',
  ),
  queueMaxWaitMs: retry(
    'QUEUE_MAX_WAIT_MS',
    wholeNumberIn(0, 600_000).default(3000),
    'Milliseconds a request may wait for quota to come back; 0 answers at once.',
  ),

  apiKeys: keyRows(
    'API_KEYS',
    listOf(text().min(1)).default([]),
    'Gemini keys. Those named here for the first time are added to the stored ones at a start.',
  ),
  maxFailures: keys(
    'MAX_FAILURES',
    wholeNumberIn(1, 100).default(3),
    'Unknown refusals in a row after which a key cools down.',
  ),
  checkIntervalHours: keys(
    'CHECK_INTERVAL_HOURS',
    numberIn(0, 720).default(1),
    'Hours between checks of keys that failed; 0 is never.',
  ),
  keyVerificationBatchSize: keys(
    'KEY_VERIFICATION_BATCH_SIZE',
    wholeNumberIn(1, 50).default(20),
    'Keys that a verification of many asks Google about at one time.',
  ),
  testModel: keys(
    'TEST_MODEL',
    text().min(1).default('gemini-3.1-flash-lite'),
    'The model that keys are tested with.',
  ),

  ...poolSettings,

  modelListTtlSeconds: models(
    'MODEL_LIST_TTL_SECONDS',
    numberIn(1, 86_400).default(600),
    "Seconds for which Google's list of models is kept.",
  ),
  filteredModels: models(
    'FILTERED_MODELS',
    listOf(text().min(1)).default([
      'gemini-1.0-pro-vision-latest',
      'gemini-pro-vision',
      'chat-bison-001',
      'text-bison-001',
      'embedding-gecko-001',
    ]),
    'Models that are hidden and refused.',
  ),
  searchModels: models(
    'SEARCH_MODELS',
    listOf(text().min(1)).default(['gemini-3.8-flash', 'gemini-2.5-flash', 'gemini-2.5-pro']),
    'Models offered with the suffix -search.',
  ),
  imageModels: models(
    'IMAGE_MODELS',
    listOf(text().min(1)).default([]),
    'Models offered with the suffix -image.',
  ),
  thinkingModels: models(
    'THINKING_MODELS',
    listOf(text().min(1)).default([]),
    'Models offered with the suffix -non-thinking.',
  ),
  thinkingBudgetMap: models(
    'THINKING_BUDGET_MAP',
    mapOf(wholeNumberIn(-1, 1_000_000)).default({}),
    'Thinking budget by model; -1 is dynamic.',
  ),
  showThinkingProcess: models(
    'SHOW_THINKING_PROCESS',
    flag().default(true),
    'Ask for thoughts where a thinking budget is set.',
  ),
  toolsCodeExecutionEnabled: models(
    'TOOLS_CODE_EXECUTION_ENABLED',
    flag().default(false),
    'Add code execution to requests.',
  ),
  urlContextEnabled: models(
    'URL_CONTEXT_ENABLED',
    flag().default(false),
    'Add URL context to requests.',
  ),
  urlContextModels: models(
    'URL_CONTEXT_MODELS',
    listOf(text().min(1)).default([
      'gemini-3.8-flash',
      'gemini-2.5-pro',
      'gemini-2.5-flash',
      'gemini-2.5-flash-lite',
    ]),
    'Models that URL context is added for.',
  ),
  safetySettings: models(
    'SAFETY_SETTINGS',
    listOf(safetySetting).default([
      ...defaultSafety,
      { category: 'HARM_CATEGORY_CIVIC_INTEGRITY', threshold: 'BLOCK_NONE' },
    ]),
    'Safety settings of requests that bring none.',
  ),

  createImageModel: models(
    'CREATE_IMAGE_MODEL',
    text().default('gemini-3.1-flash-image'),
    'The image model that OpenAI clients chat with as `<model>-chat`; empty: none.',
  ),
  fakeStreamEnabled: stream(
    'FAKE_STREAM_ENABLED',
    flag().default(false),
    'Answer streams of OpenAI clients out of one whole answer of Google.',
  ),
  fakeStreamEmptyDataIntervalSeconds: stream(
    'FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS',
    numberIn(1, 60).default(5),
    'Seconds between empty chunks while a fake stream waits for its answer.',
  ),
  showSearchLink: models(
    'SHOW_SEARCH_LINK',
    flag().default(true),
    'Append the links that a search brought to answers for OpenAI clients.',
  ),
  streamOptimizerEnabled: stream(
    'STREAM_OPTIMIZER_ENABLED',
    flag().default(false),
    'Write the text of streams to OpenAI clients in small pieces at an even pace.',
  ),
  streamMinDelay: stream(
    'STREAM_MIN_DELAY',
    numberIn(0, 1).default(0.016),
    'Seconds between the pieces of a long text.',
  ),
  streamMaxDelay: stream(
    'STREAM_MAX_DELAY',
    numberIn(0, 1).default(0.024),
    'Seconds between the pieces of a short text.',
  ),
  streamShortTextThreshold: stream(
    'STREAM_SHORT_TEXT_THRESHOLD',
    wholeNumberIn(1, 10_000).default(10),
    'Characters up to which a text of the stream counts as short.',
  ),
  streamLongTextThreshold: stream(
    'STREAM_LONG_TEXT_THRESHOLD',
    wholeNumberIn(1, 10_000).default(50),
    'Characters from which a text of the stream counts as long, and is written by STREAM_CHUNK_SIZE.',
  ),
  streamChunkSize: stream(
    'STREAM_CHUNK_SIZE',
    wholeNumberIn(1, 1000).default(5),
    'Characters of a piece of a long text; shorter texts are written one by one.',
  ),
  streamKeepAliveSeconds: stream(
    'STREAM_KEEP_ALIVE_SECONDS',
    numberIn(0, 600).default(15),
    'Seconds of silence after which dialects that know comments send one; 0 is never.',
  ),

  timezone: history(
    'TIMEZONE',
    timeZone().default('Asia/Shanghai'),
    'The time zone (IANA) in which days begin: those of statistics, of client tokens’ limits, and of the nightly deletion at three.',
  ),
  errorLogRecordRequestBody: history(
    'ERROR_LOG_RECORD_REQUEST_BODY',
    flag().default(false),
    'Keep the first 32 KiB of what was asked with each error.',
  ),
  autoDeleteErrorLogsEnabled: history(
    'AUTO_DELETE_ERROR_LOGS_ENABLED',
    flag().default(true),
    'Delete errors that are older than AUTO_DELETE_ERROR_LOGS_DAYS, once a day.',
  ),
  autoDeleteErrorLogsDays: history(
    'AUTO_DELETE_ERROR_LOGS_DAYS',
    wholeNumberIn(1, 3650).default(7),
    'Days for which errors are kept.',
  ),
  autoDeleteRequestLogsEnabled: history(
    'AUTO_DELETE_REQUEST_LOGS_ENABLED',
    flag().default(false),
    'Delete rows of the request log that are older than AUTO_DELETE_REQUEST_LOGS_DAYS, once a day. Statistics stay.',
  ),
  autoDeleteRequestLogsDays: history(
    'AUTO_DELETE_REQUEST_LOGS_DAYS',
    wholeNumberIn(1, 3650).default(30),
    'Days for which the request log is kept.',
  ),
  auditLogDays: history(
    'AUDIT_LOG_DAYS',
    wholeNumberIn(0, 36_500).default(730),
    'Days until what admins did is forgotten; 0: never.',
  ),
})

export type Settings = z.output<typeof settingsSchema>
export type SettingName = keyof Settings
