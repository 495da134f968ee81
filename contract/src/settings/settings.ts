import { z } from 'zod'
import { connectionSettings } from './connection-settings.ts'
import { keySettings } from './key-settings.ts'
import { mediaSettings } from './media-settings.ts'
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
const upstream = about('upstream')
const proxies = about('upstream', { secret: true, addresses: true })
const retry = about('retry')
const models = about('models')
const stream = about('stream')
const history = about('history')

/** All settings. Environment, database, admin API and documentation are made from this table. */
export const settingsSchema = z.object({
  host: atStart(
    'HOST',
    text().default(''),
    'The address to listen on. Empty: all addresses (0.0.0.0) in a container or where a token is set, otherwise this machine only (127.0.0.1).',
  ),
  port: atStart(
    'PORT',
    wholeNumberIn(0, 65_535).default(8000),
    'The port to listen on; 0 is any free port.',
  ),
  dataDir: atStart('DATA_DIR', text().min(1).default('./data'), 'The folder of the database.'),
  databaseType: database(
    'DATABASE_TYPE',
    z.preprocess(databaseName, z.enum(['auto', 'sqlite', 'mysql', 'postgresql'])).default('auto'),
    'The kind of database; auto is sqlite unless DATABASE_URL, MYSQL_HOST or MYSQL_SOCKET names a server. mysql includes MariaDB.',
  ),
  databaseUrl: secretDatabase(
    'DATABASE_URL',
    text().default(''),
    'The address of a database server, instead of the MYSQL_ settings: postgresql://user:password@host:5432/database or mysql://…, with ?sslmode=require or verify-full for TLS.',
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
    'The database on the server; it must exist.',
  ),
  mysqlSocket: database(
    'MYSQL_SOCKET',
    text().default(''),
    'The Unix socket of the server, instead of host and port.',
  ),
  resetSettings: database(
    'RESET_SETTINGS',
    listOf(text().min(1)).default([]),
    'Settings to remove from the database at this start, so that the environment or the default applies. Use it when a value locks you out.',
  ),
  encryptionKey: about('database', { live: false, secret: true })(
    'ENCRYPTION_KEY',
    text()
      .regex(/^$|^.{16,}$/, 'must be 16 characters or more')
      .default(''),
    'The key that encrypts API keys and other secrets in the database. Without it, they are stored in plain text. To encrypt a database in use, run npm start -- keys encrypt.',
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
    'The level of the log.',
  ),
  logFormat: atStart(
    'LOG_FORMAT',
    z.preprocess(lowerCase, z.enum(['auto', 'text', 'json'])).default('auto'),
    'The form of the log: text for eyes, or a JSON object a line; auto is text on a terminal and JSON elsewhere.',
  ),
  shutdownGraceSeconds: about('server')(
    'SHUTDOWN_GRACE_SECONDS',
    numberIn(0, 3600).default(30),
    'Seconds for which streams may continue after SIGTERM.',
  ),
  maxRequestBodyMb: about('server')(
    'MAX_REQUEST_BODY_MB',
    numberIn(1, 2048).default(100),
    'The largest request body, in MiB.',
  ),
  ...connectionSettings,

  authToken: access(
    'AUTH_TOKEN',
    text().default(''),
    'The admin token. It is also a client token. Without one, the first start generates one.',
  ),
  allowedTokens: access(
    'ALLOWED_TOKENS',
    listOf(text().min(1)).default([]),
    'The tokens of clients.',
  ),
  metricsToken: access(
    'METRICS_TOKEN',
    text().default(''),
    'A token for /metrics only. Empty: /metrics takes the admin token only.',
  ),

  adminSessionExpire: about('access')(
    'ADMIN_SESSION_EXPIRE',
    wholeNumberIn(300, 2_592_000).default(86_400),
    'Seconds from the login to the end of a session, with or without activity.',
  ),
  trustedProxies: about('access')(
    'TRUSTED_PROXIES',
    listOf(addressOrRange).default([]),
    'Addresses and ranges (10.0.0.0/8) of the reverse proxies. X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host of other senders are ignored.',
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
    'Seconds until the first byte of an answer, over all attempts, and seconds that a stream may be silent.',
  ),
  proxies: proxies(
    'PROXIES',
    listOf(proxyAddress).default([]),
    'Proxies for calls to Google: http, https or socks5, with user and password where they need them. Empty: no proxy.',
  ),
  proxiesUseConsistencyHashByApiKey: upstream(
    'PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY',
    flag().default(true),
    'Use the same proxy for all calls with a key, as long as it works. Otherwise each call takes one at random.',
  ),
  httpsProxy: about('upstream', { live: false, secret: true, addresses: true })(
    'HTTPS_PROXY',
    maybeProxyAddress.default(''),
    'The proxy for https addresses where PROXIES is empty.',
  ),
  noProxy: about('upstream', { live: false })(
    'NO_PROXY',
    listOf(text()).default([]),
    'Hosts that are called without HTTPS_PROXY, with their subdomains; * is every host.',
  ),
  connectTimeout: upstream(
    'CONNECT_TIMEOUT',
    numberIn(1, 120).default(10),
    'Seconds within which a connection to Google must open.',
  ),
  ...mediaSettings,

  maxRetries: retry(
    'MAX_RETRIES',
    wholeNumberIn(0, 10).default(3),
    'Attempts of a request that may fail without fault of a key: 5xx, timeouts, empty answers. 0 means 1.',
  ),
  maxKeySwitches: retry(
    'MAX_KEY_SWITCHES',
    wholeNumberIn(0, 1000).default(32),
    'Dead or exhausted keys that one request may skip.',
  ),
  queueMaxWaitMs: retry(
    'QUEUE_MAX_WAIT_MS',
    wholeNumberIn(0, 600_000).default(3000),
    'Milliseconds that a request may wait for quota; 0 answers at once.',
  ),

  ...keySettings,
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
    'Request thoughts where a thinking budget or effort is set.',
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
    'Models that get URL context.',
  ),
  safetySettings: models(
    'SAFETY_SETTINGS',
    listOf(safetySetting).default([
      ...defaultSafety,
      { category: 'HARM_CATEGORY_CIVIC_INTEGRITY', threshold: 'BLOCK_NONE' },
    ]),
    'Safety settings of requests without any.',
  ),

  createImageModel: models(
    'CREATE_IMAGE_MODEL',
    text().default('gemini-3.1-flash-image'),
    'The image model that OpenAI clients use as `<model>-chat`; empty: none.',
  ),
  fakeStreamEnabled: stream(
    'FAKE_STREAM_ENABLED',
    flag().default(false),
    'Make the streams of OpenAI clients from one complete answer of Google.',
  ),
  fakeStreamEmptyDataIntervalSeconds: stream(
    'FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS',
    numberIn(1, 60).default(5),
    'Seconds between empty chunks while a fake stream waits for its answer.',
  ),
  showSearchLink: models(
    'SHOW_SEARCH_LINK',
    flag().default(true),
    'Append the links of a search to answers for OpenAI clients.',
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
    'The most characters of a short text.',
  ),
  streamLongTextThreshold: stream(
    'STREAM_LONG_TEXT_THRESHOLD',
    wholeNumberIn(1, 10_000).default(50),
    'The fewest characters of a long text, which is written in pieces of STREAM_CHUNK_SIZE.',
  ),
  streamChunkSize: stream(
    'STREAM_CHUNK_SIZE',
    wholeNumberIn(1, 1000).default(5),
    'Characters in a piece of a long text; shorter texts are written character by character.',
  ),
  streamKeepAliveSeconds: stream(
    'STREAM_KEEP_ALIVE_SECONDS',
    numberIn(0, 600).default(15),
    'Seconds of silence after which a stream sends a comment, in dialects that have comments; 0 is never.',
  ),

  timezone: history(
    'TIMEZONE',
    timeZone().default('Asia/Shanghai'),
    'The time zone (IANA) of statistics, of limits of client tokens, and of the deletion at three in the morning.',
  ),
  errorLogRecordRequestBody: history(
    'ERROR_LOG_RECORD_REQUEST_BODY',
    flag().default(false),
    'Keep the first 32 KiB of the request body with each error.',
  ),
  autoDeleteErrorLogsEnabled: history(
    'AUTO_DELETE_ERROR_LOGS_ENABLED',
    flag().default(true),
    'Delete errors that are older than AUTO_DELETE_ERROR_LOGS_DAYS, once a day.',
  ),
  autoDeleteErrorLogsDays: history(
    'AUTO_DELETE_ERROR_LOGS_DAYS',
    wholeNumberIn(1, 3650).default(7),
    'Days after which errors are deleted.',
  ),
  autoDeleteRequestLogsEnabled: history(
    'AUTO_DELETE_REQUEST_LOGS_ENABLED',
    flag().default(false),
    'Delete rows of the request log that are older than AUTO_DELETE_REQUEST_LOGS_DAYS, once a day. Statistics stay.',
  ),
  autoDeleteRequestLogsDays: history(
    'AUTO_DELETE_REQUEST_LOGS_DAYS',
    wholeNumberIn(1, 3650).default(30),
    'Days after which rows of the request log are deleted.',
  ),
  auditLogDays: history(
    'AUDIT_LOG_DAYS',
    wholeNumberIn(0, 36_500).default(730),
    'Days after which rows of the audit log are deleted; 0 is never.',
  ),
})

export type Settings = z.output<typeof settingsSchema>
export type SettingName = keyof Settings
