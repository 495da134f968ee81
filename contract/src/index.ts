export { clientDialects, type ClientDialect } from './client-dialects.ts'
export { settingsJsonSchema, type JsonSchema } from './settings-json-schema.ts'
export { describeSettings, type SettingDescription } from './describe-settings.ts'
export {
  findSetting,
  readSettings,
  settingEntries,
  SettingsError,
  writeSetting,
  type SettingEntry,
  type SettingProblem,
} from './read-settings.ts'
export { type SettingFacts, type SettingGroup } from './setting-facts.ts'
export { settingsSchema, type SettingName, type Settings } from './settings.ts'
export { type ProxyChecked, type SettingShown } from './config-endpoints.ts'
export { proxyAddress } from './setting-forms.ts'
export {
  endpoints,
  type EndpointAnswer,
  type EndpointInput,
  type EndpointName,
  type PlainEndpointName,
  type RawEndpointName,
} from './endpoints.ts'
export { type Endpoint } from './endpoint-shapes.ts'
export { openApiDocument } from './openapi.ts'
export { type JobShown } from './job-endpoints.ts'
export { type KeyFilter, type KeySort, type WhichKeys } from './key-endpoints.ts'
export { type TokenShown } from './token-endpoints.ts'
export { type Period } from './history-endpoints.ts'
