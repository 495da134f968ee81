export { clientDialects, type ClientDialect } from './client-dialects.ts'
export { describeSettings, type SettingDescription } from './describe-settings.ts'
export {
  findSetting,
  readSettings,
  settingEntries,
  SettingsRefused,
  writeSetting,
  type SettingEntry,
  type SettingProblem,
} from './read-settings.ts'
export {
  type SettingFacts,
  type SettingGroup,
  type SettingName,
  type Settings,
} from './settings.ts'
export {
  endpoints,
  type Endpoint,
  type EndpointAnswer,
  type EndpointInput,
  type EndpointName,
  type SettingShown,
  type TokenShown,
} from './endpoints.ts'
