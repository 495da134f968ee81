import {
  describeSettings,
  replacedSettings,
  type SettingDescription,
  type SettingGroup,
} from '@gemini-balance/contract'

const groupTitles = {
  server: 'Server',
  database: 'Database',
  access: 'Who may call',
  upstream: 'Google',
  retry: 'Attempts and waiting',
  keys: 'Keys',
  pool: 'The pool of proven keys',
  models: 'Models and additions',
  stream: 'Streams',
  history: 'Logs and statistics',
} satisfies Record<SettingGroup, string>

const introduction = `# Settings

Each setting has a default. The environment, or a file \`.env\` in the working directory, gives it another value; the
environment wins over the file. What the environment names is stored in the database at the first start that sees it, and from
then on the stored value counts: it is changed with \`PUT /api/config\` while the gateway runs, and \`POST /api/config/reset\`
takes the value of the environment, or the default, again. Those marked *start* are read from the environment alone, at each start.

\`API_KEYS\` is different: keys are rows of a table of their own, and a start adds those that the environment names for the first
time. A key that was deleted does not come back.

A list is a JSON array or items between commas; a map is a JSON object; true is \`true\`, \`1\`, \`yes\` or \`on\`.

A start names lines of \`.env\` that are no assignment and names that are no setting, with the setting that is probably meant.
`

/** Variables of the Python program that set nothing here. */
function replacedPart(): string {
  const items = replacedSettings.map(
    ({ names, instead }) => `- ${names.map((name) => `\`${name}\``).join(', ')}: ${instead}`,
  )
  return ['## Not settings', '', notSettings, '', ...items, ''].join('\n')
}

const notSettings =
  'Variables of the Python program, and common ones, that are not used. A start names those that it finds.'

/** The text of `docs/settings.md`. */
export function settingsPage(): string {
  const groups = groupsOf(describeSettings())
  const parts = groups.map(([group, settings]) => `## ${groupTitles[group]}\n\n${table(settings)}`)
  return [introduction, ...parts, replacedPart()].join('\n')
}

/** The text of `.env.example`: every setting, commented out, at its default. */
export function environmentExample(): string {
  const groups = groupsOf(describeSettings())
  const parts = groups.map(([group, settings]) =>
    [`# --- ${groupTitles[group]} ---`, ...settings.map(exampleOf)].join('\n\n'),
  )
  return `# Copy this file to .env and change what should differ from the defaults. docs/settings.md says more.\n\n${parts.join('\n\n')}\n`
}

function groupsOf(settings: readonly SettingDescription[]): [SettingGroup, SettingDescription[]][] {
  const groups = new Map<SettingGroup, SettingDescription[]>()
  for (const setting of settings) {
    groups.set(setting.group, [...(groups.get(setting.group) ?? []), setting])
  }
  return [...groups]
}

function table(settings: readonly SettingDescription[]): string {
  const rows = settings.map(
    (setting) =>
      `| \`${setting.env}\` | ${valuesOf(setting)} | ${defaultOf(setting)} | ${helpOf(setting)} |`,
  )
  return ['| name | value | default | meaning |', '|---|---|---|---|', ...rows, ''].join('\n')
}

function valuesOf({ kind, bounds }: SettingDescription): string {
  return bounds === undefined ? kind : `${kind}: ${bounds}`
}

function defaultOf({ defaultText }: SettingDescription): string {
  return defaultText === '' ? 'empty' : `\`${defaultText}\``
}

function helpOf({ help, live, secret }: SettingDescription): string {
  return [help, ...(live ? [] : ['*start*']), ...(secret === true ? ['*secret*'] : [])].join(' ')
}

function exampleOf(setting: SettingDescription): string {
  return `# ${setting.help} (${valuesOf(setting)})\n#${setting.env}=${quoted(setting.defaultText)}`
}

/** JSON has quotes and may have a `#`, so in a `.env` file it needs single quotes. */
function quoted(text: string): string {
  return /["#\s]/.test(text) ? `'${text}'` : text
}
