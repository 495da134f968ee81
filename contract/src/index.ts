export { clientDialects, type ClientDialect } from './client-dialects.ts'
export { settingsJsonSchema, type JsonSchema } from './settings/settings-json-schema.ts'
export { describeSettings, type SettingDescription } from './settings/describe-settings.ts'
export {
  findSetting,
  readSettings,
  settingEntries,
  SettingsError,
  writeSetting,
  type SettingEntry,
  type SettingProblem,
} from './settings/read-settings.ts'
export { type SettingFacts, type SettingGroup } from './settings/setting-facts.ts'
export { settingsSchema, type SettingName, type Settings } from './settings/settings.ts'
export { type ProxyChecked, type SettingShown } from './endpoints/settings.ts'
export { proxyAddress } from './settings/setting-forms.ts'
export {
  endpoints,
  type EndpointAnswer,
  type EndpointInput,
  type EndpointName,
  type PlainEndpointName,
  type RawEndpointName,
} from './endpoints/endpoints.ts'
export { type Endpoint } from './endpoints/endpoint.ts'
export { openApiDocument } from './openapi.ts'
export { type JobShown } from './endpoints/jobs.ts'
export { type KeyFilter, type KeySort, type WhichKeys } from './endpoints/keys.ts'
export { type TokenShown } from './endpoints/tokens.ts'
export { type Period } from './endpoints/stats.ts'
