export type ReplacedSetting = {
  readonly names: readonly string[]
  /** What takes its place, after the name and a colon. */
  readonly instead: string
  /** Other programs use the names too, so only a `.env` file means us by them. */
  readonly isCommon?: true
}

/** Variables of the Python program, and common ones, that are no settings here. */
export const replacedSettings: readonly ReplacedSetting[] = [
  {
    names: ['VERTEX_API_KEYS', 'VERTEX_EXPRESS_BASE_URL'],
    instead: 'Vertex AI is not supported yet. Only the keys of API_KEYS are used.',
  },
  {
    names: ['PAID_KEY'],
    instead: 'Add the key to API_KEYS. Paid projects are recognized by their quotas.',
  },
  { names: ['CONCURRENT_VERIFICATIONS'], instead: 'KEY_VERIFICATION_BATCH_SIZE replaces it.' },
  {
    names: ['GEMINI_QUOTA_RESET_HOUR'],
    instead: 'Daily quotas return at midnight in Google’s time zone, without a setting.',
  },
  {
    names: ['KEY_VALIDATION_GRACE_PERIOD_MINUTES'],
    instead: 'KEY_TTL_HOURS alone says how long a proven key stays in the pool.',
  },
  {
    names: ['URL_NORMALIZATION_ENABLED'],
    instead: 'Addresses that clients mistype are always corrected.',
  },
  {
    names: ['TTS_MODEL', 'TTS_VOICE_NAME', 'TTS_SPEED'],
    instead: 'Name the model and the voice in a generateContent request.',
  },
  {
    names: [
      'UPLOAD_PROVIDER',
      'SMMS_SECRET_TOKEN',
      'PICGO_API_KEY',
      'PICGO_API_URL',
      'CLOUDFLARE_IMGBED_URL',
      'CLOUDFLARE_IMGBED_AUTH_CODE',
      'CLOUDFLARE_IMGBED_UPLOAD_FOLDER',
      'OSS_ENDPOINT',
      'OSS_ENDPOINT_INNER',
      'OSS_ACCESS_KEY',
      'OSS_ACCESS_KEY_SECRET',
      'OSS_BUCKET_NAME',
      'OSS_REGION',
    ],
    instead: 'Images are part of the answer. No image host is needed.',
  },
  {
    names: [
      'FILES_CLEANUP_ENABLED',
      'FILES_CLEANUP_INTERVAL_HOURS',
      'FILES_USER_ISOLATION_ENABLED',
    ],
    instead: 'The Files API is not supported yet.',
  },
  {
    names: ['GITHUB_REPO_OWNER', 'GITHUB_REPO_NAME'],
    instead: 'The gateway does not look for new versions.',
  },
  { names: ['ENABLE_TTS'], instead: 'It has no effect.' },
  { names: ['TZ'], instead: 'TIMEZONE is the time zone of statistics.', isCommon: true },
  {
    names: ['HTTP_PROXY', 'ALL_PROXY'],
    instead: 'Set PROXIES or HTTPS_PROXY.',
    isCommon: true,
  },
  {
    names: ['GEMINI_API_KEY', 'GEMINI_API_KEYS', 'GOOGLE_API_KEY', 'GOOGLE_GEMINI_API_KEY'],
    instead: 'Set API_KEYS.',
    isCommon: true,
  },
]
